using System.Globalization;

namespace BinarySync.Campaign;

/// <summary>The most memory that this process has had at one time, as the kernel counts it.</summary>
internal static class ProcessMemory
{
    public const long Limit = 96 << 20;

    /// <summary>VmHWM in bytes; 0 where the system does not say.</summary>
    public static long Peak()
    {
        const string Status = "/proc/self/status";
        string? line = File.Exists(Status)
            ? File.ReadLines(Status).FirstOrDefault(text => text.StartsWith("VmHWM:", StringComparison.Ordinal))
            : null;
        return line is null
            ? 0
            : long.Parse(line.Split(':')[1].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) << 10;
    }

    /// <summary>
    /// Collects what earlier cases, and the making of this one, have left: each program is a process of its own, and the memory that a
    /// message takes is not to be hidden in, nor counted with, another one's garbage.
    /// </summary>
    public static void ReleaseGarbage()
    {
        const long MostLeft = 8 << 20;
        if (GC.GetTotalMemory(forceFullCollection: false) > MostLeft)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }

    public static void RequireBelowLimit()
    {
        if (Peak() is var peak && peak > Limit)
        {
            throw new MutationViolation($"the process has had {peak >> 20} MiB of memory; {Limit >> 20} MiB are allowed");
        }
    }
}

using BinarySync.Storage.Native;

namespace BinarySync.Storage.Usage;

/// <summary>
/// What the kernel tells in /proc and /sys. Nothing here throws because something is missing there: containers often see
/// neither, and then there is nothing to tell.
/// </summary>
/// <param name="processes">The root of /proc.</param>
/// <param name="system">The root of /sys.</param>
internal sealed class KernelView(string processes = "/proc", string system = "/sys")
{
    public IReadOnlyList<MountEntry> Mounts() => MountEntry.ParseAll(ReadText(Path.Combine(processes, "self/mountinfo")));

    public IReadOnlyList<SwapEntry> Swaps() => SwapEntry.ParseAll(ReadText(Path.Combine(processes, "swaps")));

    /// <summary>The directory of a device, symbolic links resolved; null where there is none.</summary>
    public string? DirectoryOf(DeviceNumber device)
    {
        string path = Path.Combine(system, "dev/block", device.ToString());
        try
        {
            return Directory.Exists(path) ? Directory.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The directories of all loop devices that have a backing file.</summary>
    public IEnumerable<string> LoopDirectories() =>
        Entries(Path.Combine(system, "block"))
            .Where(path => Path.GetFileName(path).StartsWith("loop", StringComparison.Ordinal)
                && File.Exists(Path.Combine(path, "loop/backing_file")));

    public static DeviceNumber? NumberIn(string directory) =>
        DeviceNumber.TryParse(ReadText(Path.Combine(directory, "dev")), out DeviceNumber number) ? number : null;

    /// <summary>Empty where the file is missing or cannot be read.</summary>
    public static string ReadText(string path)
    {
        try
        {
            return PathText.Decode(File.ReadAllBytes(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>The entries of a directory in a fixed order; none where it is missing.</summary>
    public static IReadOnlyList<string> Entries(string directory)
    {
        try
        {
            string[] entries = Directory.GetFileSystemEntries(directory);
            Array.Sort(entries, StringComparer.Ordinal);
            return entries;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

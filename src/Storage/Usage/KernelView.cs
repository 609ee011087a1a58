using BinarySync.Storage.Native;

namespace BinarySync.Storage.Usage;

/// <summary>
/// What the kernel tells in /proc and /sys. Nothing here throws because something is missing there: containers often see neither.
/// <see cref="KernelSight"/> finds out whether nothing means none.
/// </summary>
/// <param name="processes">The root of /proc.</param>
/// <param name="system">The root of /sys.</param>
internal sealed class KernelView(string processes = "/proc", string system = "/sys")
{
    public string MountsPath => Path.Combine(processes, "self/mountinfo");

    public string SwapsPath => Path.Combine(processes, "swaps");

    /// <summary>The directories in which devices are found by number, and by name.</summary>
    public IReadOnlyList<string> DeviceDirectories => [Path.Combine(system, "dev/block"), Path.Combine(system, "block")];

    public IReadOnlyList<MountEntry> Mounts() => MountEntry.ParseAll(ReadText(MountsPath));

    public IReadOnlyList<SwapEntry> Swaps() => SwapEntry.ParseAll(ReadText(SwapsPath));

    /// <summary>The path at which a device is found by its number.</summary>
    public string PathOf(DeviceNumber device) => Path.Combine(system, "dev/block", device.ToString());

    /// <summary>The directory of a device, symbolic links resolved; null if there is none.</summary>
    public string? DirectoryOf(DeviceNumber device)
    {
        string path = PathOf(device);
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

    /// <summary>The directories of all processes that can be seen.</summary>
    public IEnumerable<string> ProcessDirectories() =>
        Entries(processes).Where(path => Path.GetFileName(path).All(char.IsAsciiDigit));

    public static DeviceNumber? NumberIn(string directory) =>
        DeviceNumber.TryParse(ReadText(Path.Combine(directory, "dev")), out DeviceNumber number) ? number : null;

    /// <summary>Empty if the file is missing or cannot be read.</summary>
    public static string ReadText(string path)
    {
        try
        {
            // Read to its end, wherever that is: files of /sys report the size of a page, those of /proc report nothing.
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using MemoryStream content = new();
            file.CopyTo(content);
            return PathText.Decode(content.GetBuffer().AsSpan(0, (int)content.Length));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>The entries of a directory in a fixed order; none if it is missing.</summary>
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

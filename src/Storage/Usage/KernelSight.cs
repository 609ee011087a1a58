using BinarySync.Storage.Native;

namespace BinarySync.Storage.Usage;

/// <summary>
/// Whether /proc and /sys can be believed if they name no user: a table that is missing, unreadable or not the kernel's names no user
/// either.
/// </summary>
internal static class KernelSight
{
    private const string NotThere = "is not there";
    private const string Strange = "is not what the kernel shows";

    /// <summary>The tables that could not be checked; none on a machine that shows everything.</summary>
    public static IReadOnlyList<UnseenTable> Unseen(KernelView kernel)
    {
        List<UnseenTable> unseen = [];
        string? mounts = WhyNoMounts(kernel.MountsPath);
        Add(unseen, UsageTable.Mounts, kernel.MountsPath, mounts);

        // A kernel that cannot swap has no list of swaps. So its absence is an answer, if /proc is there otherwise.
        if (mounts is not null || File.Exists(kernel.SwapsPath))
        {
            Add(unseen, UsageTable.Swaps, kernel.SwapsPath, WhyNoText(kernel.SwapsPath, "Filename"));
        }

        foreach (string directory in kernel.DeviceDirectories)
        {
            Add(unseen, UsageTable.Devices, directory, WhyNoDevices(directory));
        }

        return unseen;
    }

    private static void Add(List<UnseenTable> unseen, UsageTable table, string path, string? why)
    {
        if (why is not null)
        {
            unseen.Add(new UnseenTable(table, path, why));
        }
    }

    // If this can be read, the process file system itself is mounted. So an empty list is no list.
    private static string? WhyNoMounts(string path) =>
        WhyNoText(path, "") ?? (Posix.IsProcessFileSystem(path) ? null : Strange);

    // This need not be the kernel's own file system: containers get a list of their own swap, from a file system in user space.
    private static string? WhyNoText(string path, string beginning)
    {
        if (!File.Exists(path))
        {
            return NotThere;
        }

        string text = KernelView.ReadText(path);
        return text.Length == 0 ? "cannot be read" : text.StartsWith(beginning, StringComparison.Ordinal) ? null : Strange;
    }

    private static string? WhyNoDevices(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return NotThere;
        }

        if (!Posix.IsDeviceFileSystem(directory))
        {
            return Strange;
        }

        try
        {
            using IEnumerator<string> entries = Directory.EnumerateFileSystemEntries(directory).GetEnumerator();
            _ = entries.MoveNext();
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "cannot be read";
        }
    }
}

using System.Globalization;
using BinarySync.Storage.Native;

namespace BinarySync.Storage.Usage;

/// <summary>
/// Finds which process holds a lock on a file. The lock itself does not tell: it belongs to a descriptor. In /proc the kernel lists the
/// locks of each descriptor.
/// </summary>
internal static class LockHolder
{
    /// <summary>" (dtfile, process 1234)"; empty if it cannot be seen, as for another user's processes.</summary>
    /// <param name="kernel">Lists the processes.</param>
    /// <param name="file">The file that is locked.</param>
    public static string Of(KernelView kernel, FileStatus file)
    {
        string inode = string.Create(CultureInfo.InvariantCulture, $":{file.Inode} ");
        foreach (string process in kernel.ProcessDirectories())
        {
            foreach (string descriptor in KernelView.Entries(Path.Combine(process, "fdinfo")))
            {
                if (HasLock(descriptor, inode) && IsOpen(Path.Combine(process, "fd", Path.GetFileName(descriptor)), file))
                {
                    string name = KernelView.ReadText(Path.Combine(process, "comm")).TrimEnd('\n');
                    return $" ({name}, process {Path.GetFileName(process)})";
                }
            }
        }

        return string.Empty;
    }

    // "lock:	1: OFDLCK  ADVISORY  WRITE -1 fe:00:131074 0 EOF"
    private static bool HasLock(string descriptor, string inode) => KernelView.ReadText(descriptor)
        .Split('\n')
        .Any(line =>
            line.StartsWith("lock:", StringComparison.Ordinal) && IsRecordLock(line) && line.Contains(inode, StringComparison.Ordinal));

    // Those of flock(2) do not keep ours off.
    private static bool IsRecordLock(string line) =>
        line.Contains(" POSIX ", StringComparison.Ordinal) || line.Contains(" OFDLCK ", StringComparison.Ordinal);

    // The device that a lock names is not always the one of the file: a subvolume of btrfs has a number of its own.
    private static bool IsOpen(string link, FileStatus file) =>
        Posix.TryStatus(link, out FileStatus status) == 0 && status.IsSameNode(file);
}

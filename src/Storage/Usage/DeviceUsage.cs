using BinarySync.Storage.Disks;
using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Usage;

/// <summary>Who else might be changing a source while it is read.</summary>
public static class DeviceUsage
{
    /// <summary>
    /// The mount points at which a block device, one of its partitions or what stands on them is mounted read-write; for a
    /// regular file, those of the loop devices over it.
    /// </summary>
    /// <returns>
    /// Empty where there are none, where <paramref name="path"/> does not exist, and where the system does not tell
    /// (containers, other systems than Linux). Never throws for any of these.
    /// </returns>
    public static IReadOnlyList<string> WritableMounts(string path) =>
        Posix.IsSupported && Posix.TryStatus(path, out FileStatus status) == 0
            ? new UsageFinder(new KernelView()).WritableMounts(status)
            : [];

    /// <summary>
    /// True where another process holds a block device for itself alone, as one that patches it does. Not where the kernel itself does (a
    /// mount, swap, what is built on it).
    /// </summary>
    /// <returns>False as well of what is no block device, and where it cannot be asked. Never throws.</returns>
    public static bool IsHeldAlone(string path)
    {
        if (!Posix.IsSupported || Posix.TryStatus(path, out FileStatus status) != 0 || status.Type != NodeType.BlockDevice)
        {
            return false;
        }

        // Who wants it alone in the same moment is refused. So it is given back at once.
        int errno = Posix.TryOpen(path, OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.Exclusive, out SafeFileHandle? file);
        file?.Dispose();
        return errno == Errno.Busy && new UsageFinder(new KernelView()).UsesOfDevice(status.Node).Count == 0;
    }

    /// <summary>
    /// What could not be looked at of what would tell who uses a target: without it <see cref="StorageAccess.OpenTarget"/> opens the
    /// target unguarded only.
    /// </summary>
    /// <returns>
    /// Empty where all was seen, where <paramref name="path"/> does not exist, and on other systems than Linux. Never throws.
    /// </returns>
    public static IReadOnlyList<UnseenTable> UnseenOfTarget(string path) =>
        Posix.IsSupported && Posix.TryStatus(path, out FileStatus status) == 0 ? new UsageFinder(new KernelView()).Unseen(status) : [];

    /// <summary>As <see cref="UnseenOfTarget"/>, but only what would tell who may be changing a source: swap does not.</summary>
    public static IReadOnlyList<UnseenTable> UnseenOfSource(string path) =>
        [.. UnseenOfTarget(path).Where(unseen => unseen.Table is UsageTable.Mounts or UsageTable.Devices)];
}

using BinarySync.Storage.Disks;
using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Usage;

/// <summary>Other programs that might be changing a source while it is read.</summary>
public static class DeviceUsage
{
    /// <summary>
    /// The mount points at which a block device, one of its partitions or a device built on them is mounted read-write; for a regular file,
    /// those of the loop devices over it.
    /// </summary>
    /// <returns>
    /// Empty if there are none, if <paramref name="path"/> does not exist, or if the system does not tell (containers, systems other than
    /// Linux). Never throws for any of these.
    /// </returns>
    public static IReadOnlyList<string> WritableMounts(string path) =>
        Posix.IsSupported && Posix.TryStatus(path, out FileStatus status) == 0
            ? new UsageFinder(new KernelView()).WritableMounts(status)
            : [];

    /// <summary>
    /// True if another process holds a block device exclusively, as one that patches it does. Not if the kernel itself does (a mount, swap,
    /// a device built on it).
    /// </summary>
    /// <returns>Also false if it is no block device, or if it cannot be asked. Never throws.</returns>
    public static bool IsHeldAlone(string path)
    {
        if (!Posix.IsSupported || Posix.TryStatus(path, out FileStatus status) != 0 || status.Type != NodeType.BlockDevice)
        {
            return false;
        }

        // A process that wants it exclusively in the same moment is refused. So it is given back at once.
        int errno = Posix.TryOpen(path, OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.Exclusive, out SafeFileHandle? file);
        file?.Dispose();
        return errno == Errno.Busy && new UsageFinder(new KernelView()).UsesOfDevice(status.Node).Count == 0;
    }

    /// <summary>
    /// The checks for users of a target that were not possible. If there are any, <see cref="StorageAccess.OpenTarget"/> opens the target
    /// unguarded only.
    /// </summary>
    /// <returns>Empty if all was seen, if <paramref name="path"/> does not exist, and on systems other than Linux. Never throws.</returns>
    public static IReadOnlyList<UnseenTable> UnseenOfTarget(string path) =>
        Posix.IsSupported && Posix.TryStatus(path, out FileStatus status) == 0 ? new UsageFinder(new KernelView()).Unseen(status) : [];

    /// <summary>
    /// As <see cref="UnseenOfTarget"/>, but only the checks for programs that may change a source: swap is not one of them.
    /// </summary>
    public static IReadOnlyList<UnseenTable> UnseenOfSource(string path) =>
        [.. UnseenOfTarget(path).Where(unseen => unseen.Table is UsageTable.Mounts or UsageTable.Devices)];
}

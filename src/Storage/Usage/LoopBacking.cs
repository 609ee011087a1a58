using BinarySync.Storage.Native;

namespace BinarySync.Storage.Usage;

/// <summary>Which file or device a loop device stands on, told by inode: names move, and one file may have several.</summary>
internal static class LoopBacking
{
    /// <summary>Null where it cannot be found out, and for what is no loop device or stands on nothing.</summary>
    public static FileStatus? Of(BlockDevice loop) => Look(loop).Backing;

    /// <summary>True for a loop device that stands on something of which nobody knows here what it is.</summary>
    public static bool IsUnknown(BlockDevice loop) => Look(loop) is { Backing: null, IsAttached: true };

    private static (FileStatus? Backing, bool IsAttached) Look(BlockDevice loop)
    {
        if (loop.BackingFile is not { } path)
        {
            return (null, false);
        }

        // The device itself knows the inode. Its path in /sys is that of another mount namespace, perhaps, or was removed: another file
        // may have taken the name since. So the path serves only those who may not ask the device.
        int errno = Posix.TryLoopStatus(loop.Name, loop.Number, out FileStatus status);
        if (errno == 0)
        {
            return (status, true);
        }

        // Detached since it was listed.
        return errno == Errno.NoSuchDeviceOrAddress ? (null, false)
            : (Posix.TryStatus(path, out status) == 0 ? status : null, true);
    }
}

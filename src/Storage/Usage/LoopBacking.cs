using BinarySync.Storage.Native;

namespace BinarySync.Storage.Usage;

/// <summary>The file or device below a loop device, identified by inode: names move, and one file may have several.</summary>
internal static class LoopBacking
{
    /// <summary>Null if it cannot be found out, and for a device that is no loop device or has nothing below it.</summary>
    public static FileStatus? Of(BlockDevice loop) => Look(loop).Backing;

    /// <summary>True for a loop device whose file or device below cannot be identified here.</summary>
    public static bool IsUnknown(BlockDevice loop) => Look(loop) is { Backing: null, IsAttached: true };

    private static (FileStatus? Backing, bool IsAttached) Look(BlockDevice loop)
    {
        if (loop.BackingFile is not { } path)
        {
            return (null, false);
        }

        // The device itself knows the inode. Its path in /sys may come from another mount namespace, or was removed, and another file may
        // have taken the name since. So the path is used only if the device may not be asked.
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

using BinarySync.Storage.Native;

namespace BinarySync.Storage.Usage;

/// <summary>Which file or device a loop device stands on, told by inode: names move, and one file may have several.</summary>
internal static class LoopBacking
{
    /// <summary>Null where it cannot be found out.</summary>
    public static FileStatus? Of(BlockDevice loop)
    {
        if (loop.BackingFile is not { } path)
        {
            return null;
        }

        // A name that was removed is shown with " (deleted)" behind it. Another file may have taken the name since, so that
        // name tells nothing; but the file may live on under a hard link, and the loop device itself knows its inode.
        return Posix.TryStatus(path, out FileStatus status) == 0 ? status : Posix.TryLoopStatus(loop.Name);
    }
}

using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Disks;

/// <summary>
/// Finds the length of an open file or device, and does not take "nothing" for content. A device without a medium has 0 bytes. A file that
/// the system makes up while it is read says that it has 0 bytes. Either would make an empty master of something that is not empty.
/// </summary>
internal static class SizeEvidence
{
    /// <summary>The length in bytes.</summary>
    /// <exception cref="StorageException">
    /// <see cref="StorageError.NoMedium"/>, <see cref="StorageError.SizeUntrue"/>, or the length cannot be found.
    /// </exception>
    public static long LengthOf(SafeFileHandle file, in FileStatus status, string name)
    {
        if (status.Type == NodeType.BlockDevice)
        {
            long length = Posix.Length(file, name);
            return length > 0
                ? length
                : throw Failure.Of(StorageError.NoMedium, name, "is a device of 0 bytes: it has no medium, or nothing is attached to it");
        }

        DemandEnd(file, status.Size, name);
        return status.Size;
    }

    // Reads one byte at the reported end. If the file grows meanwhile, its size says so, and that is another matter.
    private static void DemandEnd(SafeFileHandle file, long size, string name)
    {
        Span<byte> one = stackalloc byte[1];
        int count = Posix.TryPeekAt(file, one, size, out int errno);

        // If reading a file of 0 bytes would wait for content, content is still to come.
        bool hasMore = count > 0 || (errno == Errno.TryAgain && size == 0);
        if (hasMore && Posix.Status(file, name).Size <= size)
        {
            throw Untrue(name, size);
        }

        // Some files of /proc cannot be read at this offset, or at all. If a file has 0 bytes and cannot be read, nobody knows that it is
        // empty.
        if (errno != 0 && size == 0)
        {
            throw Failure.System(errno, StorageError.ReadFailed, name, "read", size);
        }
    }

    /// <summary>An error for a file that has bytes behind its reported end.</summary>
    public static StorageException Untrue(string name, long size) =>
        Failure.Of(StorageError.SizeUntrue, name, $"reports {size} bytes but has more: its real size cannot be known");
}

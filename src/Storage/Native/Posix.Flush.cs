using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Native;

internal static partial class Posix
{
    /// <summary>
    /// fsync, called only here. Repeated only if a signal interrupted it: after an error the kernel marks the pages clean, and a second
    /// fsync would report success for data that was lost.
    /// </summary>
    /// <exception cref="StorageException"><see cref="StorageError.FlushFailed"/>.</exception>
    public static void Flush(SafeFileHandle file, string name)
    {
        int errno = TryFlush(file);
        if (errno != 0)
        {
            throw Failure.Flush(errno, name);
        }
    }

    /// <summary>
    /// As <see cref="Flush"/>, for files that may have nothing to flush: a pipe, a terminal, the directories of some file systems.
    /// </summary>
    public static void FlushWherePossible(SafeFileHandle file, string name)
    {
        // EROFS is an error: ext4 reports it when it has met an error, has stopped writing and lost the writes under way.
        int errno = TryFlush(file);
        if (errno is not (0 or Errno.Invalid or Errno.NotSupported))
        {
            throw Failure.Flush(errno, name);
        }
    }

    /// <summary>
    /// Makes the names in a directory durable. Not if the directory may be written but not read: it cannot be opened, and its names become
    /// durable with the next commit of the file system. Nor if a file system has no flush for directories. Every other failure is reported.
    /// </summary>
    /// <param name="name">For the message.</param>
    /// <exception cref="StorageException"><see cref="StorageError.FlushFailed"/>.</exception>
    public static void FlushDirectory(string directory, string name)
    {
        int errno = TryOpen(directory, OpenFlags.ReadOnly | OpenFlags.Directory, out SafeFileHandle? handle);
        if (errno == Errno.AccessDenied)
        {
            return;
        }

        if (errno != 0)
        {
            throw Failure.Flush(errno, name);
        }

        using (handle)
        {
            FlushWherePossible(handle!, name);
        }
    }

    private static int TryFlush(SafeFileHandle file)
    {
        while (Libc.Flush(file) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.Interrupted)
            {
                return errno;
            }
        }

        return 0;
    }
}

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Native;

internal static partial class Posix
{
    /// <summary>
    /// fsync, the one place of it. Repeated only where a signal interrupted it: after an error the kernel marks the pages
    /// clean, and a second fsync would report success for data that was lost.
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

    /// <summary>As <see cref="Flush"/> where there may be nothing to flush: a pipe, a terminal, some directories.</summary>
    public static void FlushWherePossible(SafeFileHandle file, string name)
    {
        int errno = TryFlush(file);
        if (errno is not (0 or Errno.Invalid or Errno.ReadOnly or Errno.NotSupported))
        {
            throw Failure.Flush(errno, name);
        }
    }

    /// <summary>Makes the names in a directory durable.</summary>
    /// <param name="name">For the message.</param>
    public static void FlushDirectory(string directory, string name)
    {
        // A directory that may be written but not read cannot be opened; its entries then go with the next commit of the file system.
        if (TryOpen(directory, OpenFlags.ReadOnly | OpenFlags.Directory, out SafeFileHandle? handle) != 0)
        {
            return;
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

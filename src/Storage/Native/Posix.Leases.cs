using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Native;

internal static unsafe partial class Posix
{
    private const int SetSignal = 10;
    private const int SetLease = 1024;
    private const int UrgentSignal = 23;

    /// <summary>
    /// True if any descriptor or mapping of a regular file may write to it; null if that cannot be asked (another owner, a file system
    /// without leases). A lease for reading is refused while there is a writer. It is given back at once: a process that opens the file for
    /// writing in that moment waits only so long.
    /// </summary>
    /// <param name="file">Opened for reading only.</param>
    public static bool? IsOpenForWriting(SafeFileHandle file)
    {
        // A process that opens the file in that moment has a signal sent to us. The default signal ends a process, this one does nothing.
        int descriptor = (int)file.DangerousGetHandle();
        if (Repeat(() => Libc.DescriptorCommand(descriptor, SetSignal, UrgentSignal)) != 0)
        {
            return null;
        }

        int errno = Repeat(() => Libc.DescriptorCommand(descriptor, SetLease, ReadLock));
        if (errno != 0)
        {
            return errno == Errno.TryAgain ? true : null;
        }

        _ = Repeat(() => Libc.DescriptorCommand(descriptor, SetLease, NoLock));
        return false;
    }

    /// <summary>True if another process has locked part of a file so that nobody else may read it: it writes there.</summary>
    public static bool IsLockedForWriting(SafeFileHandle file)
    {
        Libc.FileLock test = new() { Type = ReadLock };
        return Libc.Lock(file, TestLock, &test) == 0 && test.Type != NoLock;
    }
}

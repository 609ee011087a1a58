using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Native;

internal static unsafe partial class Posix
{
    // Open file description locks: they belong to the descriptor, not to the process. So closing another descriptor of the same file does
    // not drop them, and they conflict with the classic record locks of other programs.
    private const int TestLock = 36;
    private const int SetLock = 37;

    private const short ReadLock = 0;
    private const short WriteLock = 1;
    private const short NoLock = 2;

    /// <summary>Locks the whole file until it is closed. False if another process holds a lock on any part of it.</summary>
    /// <returns>Also true if the file system has no locks.</returns>
    /// <param name="start">The first byte that is locked.</param>
    /// <param name="length">Bytes; 0: to the end, wherever that will be.</param>
    public static bool TryLockForWriting(SafeFileHandle file, long start = 0, long length = 0) =>
        TrySetLock(file, WriteLock, start, length);

    /// <summary>
    /// As <see cref="TryLockForWriting"/> for a descriptor that may only read: returns false if a write lock could not be had (with
    /// <paramref name="allowsReaders"/>, a shared one), and else takes a shared lock.
    /// </summary>
    /// <param name="start">The first byte that is locked.</param>
    /// <param name="length">Bytes; 0: to the end, wherever that will be.</param>
    /// <param name="allowsReaders">True: other shared locks do not matter.</param>
    public static bool TryLockForReading(SafeFileHandle file, long start = 0, long length = 0, bool allowsReaders = false)
    {
        // Virtual machines take shared locks on single bytes for the things they may do. A shared lock of ours alone would not conflict
        // with them.
        Libc.FileLock test = new() { Type = allowsReaders ? ReadLock : WriteLock, Start = start, Length = length };
        if (Libc.Lock(file, TestLock, &test) == 0 && test.Type != NoLock)
        {
            return false;
        }

        return TrySetLock(file, ReadLock, start, length);
    }

    private static bool TrySetLock(SafeFileHandle file, short type, long start, long length)
    {
        Libc.FileLock wanted = new() { Type = type, Start = start, Length = length };
        while (Libc.Lock(file, SetLock, &wanted) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.Interrupted)
            {
                return errno is not (Errno.TryAgain or Errno.AccessDenied);
            }
        }

        return true;
    }
}

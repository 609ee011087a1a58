using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Native;

/// <summary>The mode of fallocate.</summary>
[Flags]
internal enum AllocationMode
{
    KeepSize = 0x01,
    PunchHole = 0x02,
    ZeroRange = 0x10,
}

internal static unsafe partial class Posix
{
    private const int SeekEnd = 2;
    private const int SeekToData = 3;
    private const int SeekToHole = 4;

    private const uint StartWriting = 2; // SYNC_FILE_RANGE_WRITE
    private const uint WriteAndWait = 7; // SYNC_FILE_RANGE_WRITE_AND_WAIT

    private const int AdviceSequential = 2;
    private const int AdviceDoNotNeed = 4;

    // _IO(0x12, ...): the direction bits of "none" are not zero on PowerPC.
    private static readonly uint _noDirection = RuntimeInformation.ProcessArchitecture == Architecture.Ppc64le ? 0x2000_0000u : 0;
    private static readonly nuint _getReadOnly = _noDirection | 0x125E; // BLKROGET
    private static readonly nuint _flushBuffers = _noDirection | 0x1261; // BLKFLSBUF
    private static readonly nuint _getLogicalSector = _noDirection | 0x1268; // BLKSSZGET

    /// <summary>fallocate; the error number, 0 if it worked.</summary>
    public static int TryAllocate(SafeFileHandle file, AllocationMode mode, long offset, long length)
    {
        int errno;
        do
        {
            errno = Libc.Allocate(file, (int)mode, offset, length) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        while (errno == Errno.Interrupted);

        return errno;
    }

    public static void Truncate(SafeFileHandle file, long length, string name)
    {
        while (Libc.Truncate(file, length) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.Interrupted)
            {
                throw Failure.System(errno, StorageError.WriteFailed, name, "set the length", length);
            }
        }
    }

    // These move the descriptor's own offset, which all threads share. That is harmless: every read and write of a storage gives its
    // offset, and none uses the descriptor's.

    /// <summary>The first byte of data from <paramref name="offset"/> on; the error number is 0 if it worked.</summary>
    public static long SeekData(SafeFileHandle file, long offset, out int errno) => Seek(file, offset, SeekToData, out errno);

    /// <summary>The first byte of a hole from <paramref name="offset"/> on; the end of the file counts as one.</summary>
    public static long SeekHole(SafeFileHandle file, long offset, out int errno) => Seek(file, offset, SeekToHole, out errno);

    /// <summary>The length of a regular file or block device, in bytes.</summary>
    public static long Length(SafeFileHandle file, string name)
    {
        long length = Seek(file, 0, SeekEnd, out int errno);
        return errno == 0 ? length : throw Failure.System(errno, StorageError.OpenFailed, name, "find the length");
    }

    /// <summary>The logical sector of a block device in bytes; 512 if it cannot be asked.</summary>
    public static int LogicalSector(SafeFileHandle device)
    {
        int sector = 0;
        return Libc.Control(device, _getLogicalSector, &sector) == 0 && sector >= 512 ? sector : 512;
    }

    /// <summary>True for a block device that refuses to be written, though it lets itself be opened for writing.</summary>
    public static bool IsReadOnly(SafeFileHandle device)
    {
        int value = 0;
        return Libc.Control(device, _getReadOnly, &value) == 0 && value != 0;
    }

    /// <summary>Tells the kernel to read ahead generously. Only advice: a failure changes nothing.</summary>
    public static void AdviseSequential(SafeFileHandle file) => _ = Libc.Advise(file, 0, 0, AdviceSequential);

    /// <summary>Asks the kernel to drop clean cached pages of the range. Only advice: a failure changes nothing.</summary>
    public static void DropCache(SafeFileHandle file, long offset, long length) =>
        _ = Libc.Advise(file, offset, length, AdviceDoNotNeed);

    /// <summary>
    /// Begins to write out the dirty pages of the range, and waits for nothing. Only advice: fsync reports a failure. This call neither
    /// replaces fsync nor takes an error from it (it does not read the errors of pages written before).
    /// </summary>
    public static void BeginWriteBack(SafeFileHandle file, long offset, long length) =>
        _ = Libc.BeginWriteBack(file, offset, length, StartWriting);

    private static long Seek(SafeFileHandle file, long offset, int whence, out int errno)
    {
        long position = Libc.Seek(file, offset, whence);
        errno = position >= 0 ? 0 : Marshal.GetLastPInvokeError();
        return position;
    }
}

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Native;

/// <summary>What the page cache holds, and reading without leaving anything there.</summary>
internal static unsafe partial class Posix
{
    private const nint CacheStatusCall = 451; // cachestat; the same on every architecture .NET runs on
    private const int DropAfterRead = 0x80; // RWF_DONTCACHE
    private const int AdviceWillNeed = 3; // POSIX_FADV_WILLNEED; the same on x64 and arm64

    /// <summary>
    /// The number of pages of a range that the page cache holds; -1 if the kernel does not say: before 6.5, and for files that this process
    /// may not write and does not own.
    /// </summary>
    /// <param name="length">At least 1: for the kernel, 0 means "to the end".</param>
    public static long CachedPages(SafeFileHandle file, long offset, long length)
    {
        Libc.CacheRange range = new() { Offset = (ulong)offset, Length = (ulong)length };
        Libc.CacheStatus status;
        return Libc.CacheStatusOf(CacheStatusCall, file, &range, &status, 0) == 0 ? (long)status.Cached : -1;
    }

    /// <summary>
    /// Begins to bring a range into the page cache, and waits for nothing. Only advice: whoever reads it is told of a failure.
    /// </summary>
    public static void BeginRead(SafeFileHandle file, long offset, long length) =>
        _ = Libc.Advise(file, offset, length, AdviceWillNeed);

    /// <summary>
    /// Writes out the dirty pages of a device or file and waits for that, without a flush of the disk's own cache: that would hang on a
    /// suspended mapping. An error is told to the process that wrote the pages.
    /// </summary>
    public static void WriteBackCache(SafeFileHandle file) => _ = Libc.BeginWriteBack(file, 0, 0, WriteAndWait);

    /// <summary>
    /// Drops the pages of a block device, dirty ones after they are written. Pages that another process has mapped stay. Only root may ask
    /// for that outright, which includes the file system on it; other users write the pages out, and give advice.
    /// </summary>
    public static void DropDeviceCache(SafeFileHandle device)
    {
        if (Libc.Control(device, _flushBuffers, null) != 0)
        {
            WriteBackCache(device);
            DropCache(device, 0, 0);
        }
    }

    /// <summary>
    /// As <see cref="TryReadAt(SafeFileHandle, Span{byte}, long, out int)"/>, but the pages that this brings into the page cache leave it
    /// at once. <see cref="Errno.NotSupported"/> before Linux 6.14, or if the file system does not do it (block devices, btrfs and tmpfs do
    /// not).
    /// </summary>
    public static int TryReadAtOnce(SafeFileHandle file, Span<byte> buffer, long offset, out int errno) =>
        TryReadWith(DropAfterRead, file, buffer, offset, out errno);

    /// <summary>
    /// As <see cref="TryReadAt(SafeFileHandle, Span{byte}, long, out int)"/>, for a probe that is not part of reading the content.
    /// </summary>
    public static int TryPeekAt(SafeFileHandle file, Span<byte> buffer, long offset, out int errno)
    {
        int count = TryReadWith(0, file, buffer, offset, out errno);
        return errno is Errno.NotImplemented or Errno.NotPermitted or Errno.NotSupported or Errno.Invalid
            ? TryReadAt(file, buffer, offset, out errno)
            : count;
    }

    private static int TryReadWith(int flags, SafeFileHandle file, Span<byte> buffer, long offset, out int errno)
    {
        fixed (byte* start = buffer)
        {
            Libc.Vector vector = new() { Start = start, Length = (nuint)buffer.Length };
            nint count;
            do
            {
                try
                {
                    count = Libc.ReadAt(file, &vector, 1, offset, flags);
                }
                catch (EntryPointNotFoundException)
                {
                    // A C library that does not have this call (musl before 1.2.5).
                    errno = Errno.NotImplemented;
                    return 0;
                }

                errno = count >= 0 ? 0 : Marshal.GetLastPInvokeError();
            }
            while (errno == Errno.Interrupted);

            return (int)Math.Max(count, 0);
        }
    }
}

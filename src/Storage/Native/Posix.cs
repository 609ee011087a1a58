using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Native;

/// <summary>
/// System calls with the result checked: interrupted calls are repeated, short counts are continued, an error number
/// becomes a <see cref="StorageException"/> in the system's own words.
/// </summary>
internal static unsafe partial class Posix
{
    /// <summary>True if all of this may be used: Linux with a 64-bit off_t.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Opens, always close-on-exec; the error number, 0 if it worked.</summary>
    /// <param name="mode">Permissions of a file that is created, before the umask.</param>
    public static int TryOpen(string path, int flags, out SafeFileHandle? file, uint mode = 0)
    {
        int descriptor;
        while ((descriptor = Libc.Open(path, flags | OpenFlags.CloseOnExec | OpenFlags.NoTerminal, mode)) < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.Interrupted)
            {
                file = null;
                return errno;
            }
        }

        descriptor = AboveStandard(descriptor, out int notMoved);
        file = notMoved == 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : null;
        return notMoved;
    }

    /// <summary>Opens an existing file.</summary>
    /// <exception cref="StorageException">
    /// <see cref="StorageError.NotFound"/>, <see cref="StorageError.IsDirectory"/>, <see cref="StorageError.InUse"/> or
    /// <see cref="StorageError.OpenFailed"/>.
    /// </exception>
    public static SafeFileHandle Open(string path, int flags)
    {
        int errno = TryOpen(path, flags, out SafeFileHandle? file);
        return errno == 0 ? file! : throw Failure.Open(errno, path, writes: (flags & (OpenFlags.WriteOnly | OpenFlags.ReadWrite)) != 0);
    }

    /// <summary>Reads at an offset until the buffer is full or the end is reached; the count of bytes read.</summary>
    public static int ReadAt(SafeFileHandle file, Span<byte> buffer, long offset, string name)
    {
        int done = 0;
        while (done < buffer.Length)
        {
            int count = TryReadAt(file, buffer[done..], offset + done, out int errno);
            if (errno != 0)
            {
                throw Failure.System(errno, StorageError.ReadFailed, name, "read", offset + done);
            }

            if (count == 0)
            {
                break;
            }

            done += count;
        }

        return done;
    }

    /// <summary>One read at an offset: the count, 0 at the end; the error number is 0 if it worked.</summary>
    public static int TryReadAt(SafeFileHandle file, Span<byte> buffer, long offset, out int errno)
    {
        fixed (byte* start = buffer)
        {
            nint count;
            do
            {
                count = Libc.ReadAt(file, start, (nuint)buffer.Length, offset);
                errno = count >= 0 ? 0 : Marshal.GetLastPInvokeError();
            }
            while (errno == Errno.Interrupted);

            return (int)Math.Max(count, 0);
        }
    }

    /// <summary>Random bytes from the kernel, up to 256; false if it gives none (before Linux 3.17).</summary>
    public static bool TryFillRandom(Span<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            nint count;
            do
            {
                count = Libc.GetRandom(start, (nuint)bytes.Length, 0);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);

            return count == bytes.Length;
        }
    }

    /// <summary>Writes everything at an offset.</summary>
    public static void WriteAt(SafeFileHandle file, ReadOnlySpan<byte> data, long offset, string name)
    {
        fixed (byte* start = data)
        {
            for (int done = 0; done < data.Length;)
            {
                nint count = Libc.WriteAt(file, start + done, (nuint)(data.Length - done), offset + done);
                done += Written(file, count, name, offset + done);
            }
        }
    }

    /// <summary>
    /// Reads the bytes that are there, at most the buffer; 0 at the end. Null if no byte is there yet and another process that shares the
    /// descriptor has made it non-blocking: <see cref="WaitReadable"/> waits.
    /// </summary>
    public static int? Read(SafeFileHandle file, Span<byte> buffer, string name)
    {
        fixed (byte* start = buffer)
        {
            nint count;
            while ((count = Libc.Read(file, start, (nuint)buffer.Length)) < 0)
            {
                int errno = Marshal.GetLastPInvokeError();
                if (errno == Errno.TryAgain)
                {
                    return null;
                }

                if (errno != Errno.Interrupted)
                {
                    throw Failure.System(errno, StorageError.ReadFailed, name, "read");
                }
            }

            return (int)count;
        }
    }

    /// <summary>Writes everything at the descriptor's position. Waits if the descriptor is non-blocking.</summary>
    public static void Write(SafeFileHandle file, ReadOnlySpan<byte> data, string name)
    {
        fixed (byte* start = data)
        {
            for (int done = 0; done < data.Length;)
            {
                done += Written(file, Libc.Write(file, start + done, (nuint)(data.Length - done)), name, offset: null);
            }
        }
    }

    private static int Written(SafeFileHandle file, nint count, string name, long? offset)
    {
        if (count > 0)
        {
            return (int)count;
        }

        // A count of 0 for a buffer that is not empty says nothing, and repeating it might never end. It is reported as a full disk.
        int errno = count == 0 ? Errno.NoSpace : Marshal.GetLastPInvokeError();
        if (errno == Errno.TryAgain && offset is null)
        {
            WaitWritable(file);
            return 0;
        }

        return errno == Errno.Interrupted ? 0 : throw Failure.System(errno, StorageError.WriteFailed, name, "write", offset);
    }

    /// <summary>Waits until a read would not block (data, the end, or an error to be reported). False if the time is up.</summary>
    public static bool WaitReadable(SafeFileHandle file, int milliseconds)
    {
        PollEntry entry = new() { Descriptor = (int)file.DangerousGetHandle(), Events = PollEntry.In };

        // An interrupted call is a short wait: the caller asks again.
        return Libc.Poll(&entry, 1, milliseconds) > 0;
    }

    /// <summary>Waits until a write would not block, or would report an error.</summary>
    public static void WaitWritable(SafeFileHandle file)
    {
        PollEntry entry = new() { Descriptor = (int)file.DangerousGetHandle(), Events = PollEntry.Out };
        _ = Libc.Poll(&entry, 1, -1);
    }
}

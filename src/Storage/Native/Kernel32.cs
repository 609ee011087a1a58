using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Native;

/// <summary>
/// Reading and writing on Windows where a handle stands, whatever it is: a file, a pipe or a console. What the framework offers takes an
/// offset, and refuses pipes.
/// </summary>
internal static unsafe partial class Kernel32
{
    private const string Name = "kernel32";
    private const int FromWin32 = unchecked((int)0x80070000);
    private const int HandleAtEnd = 38;
    private const int BrokenPipe = 109;

    /// <summary>Writes all of it.</summary>
    /// <exception cref="IOException">The system's error.</exception>
    public static void Write(SafeFileHandle file, ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            uint count;
            fixed (byte* bytes = data)
            {
                if (!WriteFile(file, bytes, (uint)data.Length, &count, 0))
                {
                    throw Failure();
                }
            }

            data = data[(int)count..];
        }
    }

    /// <summary>Reads what is there.</summary>
    /// <returns>Bytes; 0 at the end, which for a pipe is when nobody can write to it any more.</returns>
    /// <exception cref="IOException">The system's error.</exception>
    public static int Read(SafeFileHandle file, Span<byte> buffer)
    {
        uint count;
        fixed (byte* bytes = buffer)
        {
            if (ReadFile(file, bytes, (uint)buffer.Length, &count, 0))
            {
                return (int)count;
            }
        }

        return Marshal.GetLastPInvokeError() is HandleAtEnd or BrokenPipe ? 0 : throw Failure();
    }

    private static IOException Failure()
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException(Marshal.GetPInvokeErrorMessage(error), FromWin32 | error);
    }

    [LibraryImport(Name, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool ReadFile(SafeFileHandle file, byte* buffer, uint length, uint* count, nint overlapped);

    [LibraryImport(Name, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool WriteFile(SafeFileHandle file, byte* buffer, uint length, uint* count, nint overlapped);
}

using System.Runtime.InteropServices;
using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Files;

/// <summary>A flush whose result is checked, on every system. The base class library's own flush swallows the error of fsync.</summary>
internal static partial class PortableFlush
{
    private const int FullFlush = 51; // F_FULLFSYNC of macOS: there fsync alone stops at the drive's cache

    /// <summary>Returns only when all written bytes are durable.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.FlushFailed"/>.</exception>
    public static void Flush(SafeFileHandle file, string name)
    {
        if (OperatingSystem.IsWindows())
        {
            if (FlushFileBuffers(file) == 0)
            {
                throw Failure.Flush(Marshal.GetLastPInvokeError(), name);
            }
        }
        else if (!OperatingSystem.IsMacOS() || Libc.Command(file, FullFlush) != 0)
        {
            // Network file systems have no full flush; then plain fsync decides.
            Posix.Flush(file, name);
        }
    }

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int FlushFileBuffers(SafeFileHandle file);
}

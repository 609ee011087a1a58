using System.Runtime.InteropServices;

namespace BinarySync.Format;

/// <summary>
/// Whether the system has the library that .NET leaves cryptography to. Without OpenSSL on Linux, its first use ends the process.
/// </summary>
internal static class SystemCryptography
{
    // The libraries that .NET 10 looks for, in its order. Loading one here costs nothing more: it stays loaded, and is needed at once.
    private static readonly string[] _libraries = ["libssl.so.3", "libssl.so.1.1", "libssl.so.1.0.2", "libssl.so.1.0.0", "libssl.so.10"];

    public static bool IsThere { get; } = !OperatingSystem.IsLinux() || _libraries.Any(library => NativeLibrary.TryLoad(library, out _));
}

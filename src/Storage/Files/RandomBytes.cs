using System.Security.Cryptography;
using BinarySync.Storage.Native;

namespace BinarySync.Storage.Files;

/// <summary>
/// Random bytes that nobody can foresee, from the kernel. .NET asks OpenSSL for them, or reads a device; neither has to be there.
/// </summary>
public static class RandomBytes
{
    /// <summary>Fills a span.</summary>
    /// <param name="bytes">At most 256 bytes: so many come at once, and whole.</param>
    public static void Fill(Span<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, 256, nameof(bytes));
        if (!OperatingSystem.IsLinux() || !Posix.TryFillRandom(bytes))
        {
            RandomNumberGenerator.Fill(bytes);
        }
    }
}

using BinarySync.Format;

namespace BinarySync.Storage;

/// <summary>Names made from texts that are too long to be a name, or not fit to be one.</summary>
internal static class HashText
{
    private const int Digits = 32;

    /// <summary>The first 16 bytes of the SHA-256 of a text, as 32 hexadecimal digits.</summary>
    public static string Of(string text) => Of(PathText.Encode(text));

    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(ManagedSha256.Of(bytes))[..Digits];
}

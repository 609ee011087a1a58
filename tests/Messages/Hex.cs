using System.Text.RegularExpressions;

namespace BinarySync.Tests.Messages;

/// <summary>Bytes written down in tests: hex digits with what they mean beside them.</summary>
internal static partial class Hex
{
    /// <summary>Hex digits in any grouping; the rest of a line after <c>#</c> is the meaning.</summary>
    public static byte[] Bytes(string text) => Convert.FromHexString(NotDigits().Replace(text, ""));

    /// <summary>Pairs of digits with a space between.</summary>
    public static string Text(ReadOnlySpan<byte> bytes) =>
        string.Join(' ', Convert.ToHexString(bytes).Chunk(2).Select(pair => new string(pair)));

    [GeneratedRegex(@"#.*|\s+")]
    private static partial Regex NotDigits();
}

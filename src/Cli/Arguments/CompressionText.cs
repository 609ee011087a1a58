using System.Globalization;
using BinarySync.Format;

namespace BinarySync.Cli.Arguments;

/// <summary><c>none</c>, <c>lz4</c>, <c>lz4:1</c> to <c>lz4:12</c>, <c>brotli</c>, <c>brotli:1</c> to <c>brotli:11</c>.</summary>
internal static class CompressionText
{
    public const string Allowed = "none, lz4, lz4:1 to lz4:12, brotli, brotli:1 to brotli:11";

    public static bool TryParse(string text, out Compression compression)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? text : text[..colon];
        int level = 0;
        bool hasLevel = colon >= 0;
        compression = default;
        if (hasLevel && !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out level))
        {
            return false;
        }

        compression = name switch
        {
            "lz4" => hasLevel ? new Compression(FrameCodec.LZ4, level) : Compression.DefaultLZ4,
            "brotli" => new Compression(FrameCodec.Brotli, hasLevel ? level : Compression.DefaultBrotliLevel),
            _ => Compression.None,
        };
        return name switch
        {
            "none" => !hasLevel,
            "lz4" => compression.Level is >= 1 and <= Compression.MaxLZ4Level,
            "brotli" => compression.Level is >= 1 and <= Compression.MaxBrotliLevel,
            _ => false,
        };
    }
}

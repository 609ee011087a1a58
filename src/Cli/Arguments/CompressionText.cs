using System.Globalization;
using BinarySync.Format;

namespace BinarySync.Cli.Arguments;

/// <summary>The name of a codec, and if it has levels, one of them behind a colon: <c>none</c>, <c>lz4</c>, <c>lz4:1</c>.</summary>
internal static class CompressionText
{
    /// <summary>For an error: none, lz4, lz4:1 to lz4:12, ...</summary>
    public static string Allowed => string.Join(
        ", ",
        ContentCodec.All.Select(codec =>
            codec.MostLevel == 0 ? codec.Name : $"{codec.Name}, {codec.Name}:1 to {codec.Name}:{codec.MostLevel}"));

    /// <summary>For help: none|lz4[:1-12]|...</summary>
    public static string Choices =>
        string.Join('|', ContentCodec.All.Select(codec => codec.MostLevel == 0 ? codec.Name : $"{codec.Name}[:1-{codec.MostLevel}]"));

    public static bool TryParse(string text, out Compression compression)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        ContentCodec? codec = ContentCodec.Find(colon < 0 ? text : text[..colon]);
        int level = codec?.DefaultLevel ?? 0;
        bool isLevel = colon < 0
            || (int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out level)
                && level >= 1
                && level <= codec?.MostLevel);
        compression = codec is not null && isLevel ? new Compression(codec.Number, level) : default;
        return codec is not null && isLevel;
    }
}

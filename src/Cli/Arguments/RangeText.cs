using System.Globalization;
using BinarySync.Cli.Output;
using BinarySync.Format;

namespace BinarySync.Cli.Arguments;

/// <summary>Ranges as they are written on the command line.</summary>
internal static class RangeText
{
    /// <summary>FIRST-LAST (both included), FIRST- (to the end) or a single block number.</summary>
    public static bool TryParseBlocks(string text, out BlockRun range)
    {
        range = default;
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        if (!TryNumber(dash < 0 ? text : text[..dash], out long first) || first > FormatLimits.MaxSize)
        {
            return false;
        }

        string rest = dash < 0 ? text : text[(dash + 1)..];
        if (dash >= 0 && rest.Length == 0)
        {
            range = BlockRun.From(first);
            return true;
        }

        if (!TryNumber(rest, out long last) || last < first || last >= FormatLimits.MaxSize)
        {
            return false;
        }

        range = BlockRun.Between(first, last + 1);
        return true;
    }

    /// <summary>True for FIRST-LAST with a last block before the first one.</summary>
    public static bool IsTurnedRound(string text) =>
        text.Split('-') is [var first, var last] && TryNumber(first, out long from) && TryNumber(last, out long to) && to < from;

    /// <summary>True for OFFSET+LENGTH with a length of 0.</summary>
    public static bool IsWithoutBytes(string text) =>
        text.Split('+') is [var offset, var length] && SizeText.TryParse(offset, out _) && SizeText.TryParse(length, out long bytes)
        && bytes == 0;

    /// <summary>OFFSET+LENGTH, both sizes.</summary>
    public static bool TryParseBytes(string text, out (long Offset, long Length) range)
    {
        range = default;
        int plus = text.IndexOf('+', StringComparison.Ordinal);
        if (plus < 0 || !SizeText.TryParse(text[..plus], out long offset) || !SizeText.TryParse(text[(plus + 1)..], out long length))
        {
            return false;
        }

        range = (offset, length);
        return length > 0 && offset <= FormatLimits.MaxSize && length <= FormatLimits.MaxSize - offset;
    }

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

using System.Globalization;

namespace BinarySync.Cli.Output;

/// <summary>Sizes as people write and read them: <c>4096</c>, <c>4K</c>, <c>1M</c>, <c>4GiB</c>; always binary multiples.</summary>
internal static class SizeText
{
    private const string Units = "KMGTPE";

    /// <summary>Reads a size; false if it is not one or does not fit 63 bits.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        int digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
        {
            digits++;
        }

        string unit = text[digits..].ToUpperInvariant();
        int shift = 0;
        if (unit.Length > 0)
        {
            int index = Units.IndexOf(unit[0], StringComparison.Ordinal);
            string rest = unit[1..];
            if (index < 0)
            {
                return unit == "B" && long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out bytes);
            }

            if (rest is not ("" or "B" or "IB"))
            {
                return false;
            }

            shift = 10 * (index + 1);
        }

        if (!long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            || number > long.MaxValue >> shift)
        {
            return false;
        }

        bytes = number << shift;
        return true;
    }

    /// <summary>"512 B", "4 KiB", "58.6 MiB": three figures, and no fraction if the size is a whole number of units.</summary>
    public static string Format(long bytes)
    {
        if (bytes < 1024)
        {
            return $"{bytes} B";
        }

        int unit = -1;
        double value = bytes;
        while (value >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        // 1023.99 would print as 1024: that is one of the next unit.
        if (value >= 1023.95 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        bool isWhole = value == Math.Floor(value);
        string format = isWhole || value >= 100 ? "0" : value >= 10 ? "0.0" : "0.00";
        return string.Create(CultureInfo.InvariantCulture, $"{value.ToString(format, CultureInfo.InvariantCulture)} {Units[unit]}iB");
    }

    /// <summary>"4294967296 (4 GiB)", or "512 B" alone.</summary>
    public static string Exact(long bytes) => bytes < 1024 ? Format(bytes) : $"{bytes} ({Format(bytes)})";
}

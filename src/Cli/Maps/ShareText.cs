using System.Globalization;

namespace BinarySync.Cli.Maps;

/// <summary>Shares in percent: a part that exists is never 0, and a part that is not the whole is never 100.</summary>
internal static class ShareText
{
    public static string Of(long part, long whole)
    {
        if (part == 0)
        {
            return "0%";
        }

        double percent = 100.0 * part / whole;
        return part == whole ? "100%"
            : percent < 0.1 ? "<0.1%"
            : percent > 99.9 ? ">99.9%"
            : string.Create(CultureInfo.InvariantCulture, $"{percent:0.0}%");
    }
}

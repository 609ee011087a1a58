using System.Globalization;
using System.Text.RegularExpressions;

namespace BinarySync.Snapshots;

/// <summary>
/// What a run took, and how fast it was, is never the same: before texts are compared, the measured figures of closing summaries become fixed ones. How much was read or written stays what it is.
/// </summary>
public static partial class MeasuredFigures
{
    private const double Seconds = 0.02;

    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>The text, as if everything in it had taken 0.02 seconds.</summary>
    public static string Fix(string text) => Took().Replace(
        Rate().Replace(text, match => $"{match.Groups["what"].Value} in 0.02 s ({RateOf(match.Groups["size"].Value, match.Groups["unit"].Value)}/s)"),
        match => $"{match.Groups["before"].Value}took 0.02 s");

    [GeneratedRegex(@"(?<=^(2> )?(\w+: )?)(?<what>(read|wrote) (?<size>[0-9.]+) (?<unit>[KMGT]?i?B)) in [^()\n]+ \([0-9.]+ [KMGT]?i?B/s\)$", RegexOptions.Multiline)]
    private static partial Regex Rate();

    [GeneratedRegex(@"^(?<before>(2> )?(\w+: )?)took [0-9][0-9a-z. ]*$", RegexOptions.Multiline)]
    private static partial Regex Took();

    private static string RateOf(string size, string unit)
    {
        double value = double.Parse(size, CultureInfo.InvariantCulture) / Seconds;
        int at = Array.IndexOf(Units, unit);
        while (value >= 1023.95 && at < Units.Length - 1)
        {
            value /= 1024;
            at++;
        }

        return $"{value.ToString(value >= 100 ? "0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture)} {Units[at]}";
    }
}

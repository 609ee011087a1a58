using System.Text.RegularExpressions;

namespace BinarySync.Snapshots;

/// <summary>
/// What a run took, and how fast it was, is never the same: before texts are compared, the measured figures of closing summaries become
/// fixed ones. How much was read or written stays what it is.
/// </summary>
public static partial class MeasuredFigures
{
    /// <summary>The text, as if everything in it had taken 0.02 seconds.</summary>
    public static string Fix(string text) => Json().Replace(
        Took().Replace(
            Rate().Replace(text, match => $"{match.Groups["what"].Value} in 0.02 s"),
            match => $"{match.Groups["before"].Value}took 0.02 s"),
        "\"seconds\": 0.02");

    [GeneratedRegex(
        @"(?<=^(2> )?(\w+: )?)(?<what>(read|wrote) [0-9.]+ [KMGT]?i?B) in [0-9][0-9a-z. ]*"
            + @"( \([0-9.]+ [KMGT]?i?B/s\))?(; took [0-9][0-9a-z. ]* in all)?$",
        RegexOptions.Multiline)]
    private static partial Regex Rate();

    [GeneratedRegex(@"^(?<before>(2> )?(\w+: )?)took [0-9][0-9a-z. ]*$", RegexOptions.Multiline)]
    private static partial Regex Took();

    [GeneratedRegex(@"(?<=^  )""seconds"": [0-9.]+$", RegexOptions.Multiline)]
    private static partial Regex Json();
}

using System.Text.RegularExpressions;

namespace BinarySync.Storage.Tests.Support;

/// <summary>What `strace -y` has written.</summary>
public static partial class CallTrace
{
    /// <summary>The calls that name a path in a directory, or the directory, each with the first path that it names.</summary>
    public static string[] Calls(string file, string directory) =>
    [
        .. File.ReadLines(file)
            .Select(line => Call().Match(line))
            .Where(match => match.Success && match.Groups["path"].Value.StartsWith(directory, StringComparison.Ordinal))
            .Select(match => $"{match.Groups["call"].Value} {match.Groups["path"].Value}"),
    ];

    /// <summary>The calls that name a path in a directory, or the directory, anywhere in their arguments.</summary>
    public static IEnumerable<string> NamesOfCalls(string file, string directory) =>
        File.ReadLines(file)
            .Where(line => line.Contains(directory, StringComparison.Ordinal))
            .Select(line => Call().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups["call"].Value);

    [GeneratedRegex("(?<call>[a-z0-9]+)\\((AT_FDCWD(<[^>]*>)?, )?[^</\"]*[<\"](?<path>[^>\"]+)[>\"]")]
    private static partial Regex Call();
}

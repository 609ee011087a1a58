namespace BinarySync.Cli.Output;

/// <summary>Words as one types them into a shell.</summary>
internal static class ShellText
{
    /// <summary>A command line.</summary>
    public static string Line(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    /// <summary>A word that a POSIX shell takes as it is.</summary>
    public static string Quote(string word) => word.Length > 0 && word[0] != '~' && word.All(IsPlain)
        ? word
        : !VisibleText.IsPlain(word) ? $"$'{VisibleText.InDollarQuotes(word)}'"
        : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    /// <summary>A file as an argument: a file with the name of an option or a command is not taken for it.</summary>
    public static string File(string path) => Quote(
        path.StartsWith('-') || path is "info" or "check" or "join" or "merge" or "apply" or "completions" ? "./" + path : path);

    private static bool IsPlain(char letter) =>
        char.IsAsciiLetterOrDigit(letter) || "_./:+=@%,-~".Contains(letter, StringComparison.Ordinal);
}

namespace BinarySync.Cli;

/// <summary>Words as a shell reads them.</summary>
internal static class ShellText
{
    /// <summary>The word, in quotation marks where a shell would take it for more or less than it is.</summary>
    public static string Quote(string word)
    {
        foreach (char character in word)
        {
            if (!char.IsAsciiLetterOrDigit(character) && !"_-./:=@%,+".Contains(character, StringComparison.Ordinal))
            {
                return $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
            }
        }

        return word.Length > 0 ? word : "''";
    }

    /// <summary>A file as an argument: one that is called like an option or a command is not taken for it.</summary>
    public static string File(string path) => Quote(
        path.StartsWith('-') || path is "info" or "check" or "join" or "merge" or "apply" or "completions" ? "./" + path : path);
}

using System.CommandLine;
using System.Globalization;

namespace BinarySync.Cli.Completion;

/// <summary>
/// The values that an option or argument can take. They are read from the word that `--help` shows for it, so that both cannot disagree.
/// <c>trust|read</c> are choices, <c>lz4[:1-12]</c> a choice with levels, <c>FILE.ckf</c> a file with that ending, <c>DIR</c> a directory,
/// <c>TARGET</c> and <c>MASTER</c> any file or device; of all else (<c>SIZE</c>, <c>TEXT</c>) nothing is known.
/// </summary>
internal sealed record ValueWords
{
    private ValueWords(string shown, IReadOnlyList<string> choices, string? extension, ValueKind kind)
    {
        Shown = shown;
        Choices = choices;
        Extension = extension;
        Kind = kind;
    }

    /// <summary>The word of `--help`.</summary>
    public string Shown { get; }

    /// <summary>All values, if they can be listed.</summary>
    public IReadOnlyList<string> Choices { get; }

    /// <summary>The ending of the files, without its dot; null for any.</summary>
    public string? Extension { get; }

    /// <summary>The kind of file that a path leads to.</summary>
    public ValueKind Kind { get; }

    /// <summary>The value of an option; null if it takes none.</summary>
    public static ValueWords? Of(Option option) => option.HelpName is { } shown ? Of(shown) : null;

    /// <summary>The value of an argument.</summary>
    public static ValueWords Of(Argument argument) => Of(argument.Name);

    /// <summary>A value that may be either of these two.</summary>
    public static ValueWords Either(ValueWords one, ValueWords other) => new(
        $"{one.Shown} or {other.Shown}",
        [.. one.Choices.Union(other.Choices)],
        one.Extension == other.Extension ? one.Extension : null,
        one.Kind == other.Kind ? one.Kind : ValueKind.File);

    private static ValueWords Of(string shown)
    {
        string word = shown.Trim('[', ']');
        if (word.Contains('|', StringComparison.Ordinal))
        {
            return new ValueWords(
                shown, [.. word.Split('|').Where(choice => char.IsAsciiLetterLower(choice[0])).SelectMany(Levels)], null, ValueKind.None);
        }

        int dot = word.LastIndexOf('.');
        return dot > 0
            ? new ValueWords(shown, [], word[(dot + 1)..], ValueKind.File)
            : new ValueWords(shown, [], null, word switch
            {
                "DIR" => ValueKind.Directory,
                "TARGET" or "MASTER" => ValueKind.File,
                _ => ValueKind.None,
            });
    }

    // "lz4[:1-12" (with the last bracket or without it) is lz4, lz4:1, ..., lz4:12.
    private static IEnumerable<string> Levels(string choice)
    {
        string[] parts = choice.TrimEnd(']').Split("[:");
        yield return parts[0];
        if (parts is [_, var levels] && levels.Split('-') is [var least, var most])
        {
            for (int level = Number(least); level <= Number(most); level++)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{parts[0]}:{level}");
            }
        }
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}

/// <summary>The kind of file that a path leads to.</summary>
internal enum ValueKind
{
    /// <summary>The value is not a path.</summary>
    None,

    /// <summary>A file, or a block device.</summary>
    File,

    Directory,
}

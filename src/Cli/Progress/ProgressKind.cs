using BinarySync.Storage.Messages;

namespace BinarySync.Cli.Progress;

/// <summary>How progress is shown.</summary>
internal enum ProgressKind
{
    /// <summary>Not shown, unless a signal asks for it.</summary>
    None,

    /// <summary>A line that is redrawn again and again.</summary>
    Bar,

    /// <summary>A line of text every ten seconds.</summary>
    Plain,

    /// <summary>An object of JSON every second, and at the end of each phase.</summary>
    Json,
}

/// <summary>What was asked for, and what the terminal and the environment allow.</summary>
/// <param name="Kind">How it is shown.</param>
/// <param name="HasColour">The terminal's colours may be used.</param>
/// <param name="HasEscapes">The terminal understands more than carriage returns.</param>
internal readonly record struct ProgressStyle(ProgressKind Kind, bool HasColour, bool HasEscapes)
{
    /// <summary>Decides it.</summary>
    /// <param name="asked">The value of --progress; null without it.</param>
    /// <param name="quiet">True for -q: a kind that was asked for by name is shown all the same.</param>
    public static ProgressStyle Of(string? asked, bool quiet)
    {
        if (asked is null or "auto" && quiet)
        {
            return default;
        }

        bool isDumb = Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb";
        ProgressKind kind = asked switch
        {
            "none" => ProgressKind.None,
            "bar" => ProgressKind.Bar,
            "plain" => ProgressKind.Plain,
            "json" => ProgressKind.Json,
            _ => !isDumb && !IsSet("CI") && IsTerminal ? ProgressKind.Bar : ProgressKind.Plain,
        };
        return new ProgressStyle(kind, HasColour: !isDumb && !IsSet("NO_COLOR"), HasEscapes: !isDumb);
    }

    private static bool IsTerminal => StandardError.IsKnown ? StandardError.IsTerminal : !Console.IsErrorRedirected;

    private static bool IsSet(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 };
}

using BinarySync.Cli.Host;
using BinarySync.Cli.Output;

namespace BinarySync.Cli.Closing;

/// <summary>The end of a closing summary: how long it took and how fast that was, and what to type next.</summary>
internal static class ClosingLines
{
    /// <summary>Says both.</summary>
    /// <param name="session">The command.</param>
    /// <param name="verb">"read", "wrote".</param>
    /// <param name="bytes">How much; 0 where only the time is of interest.</param>
    /// <param name="next">The next command; null where there is none, or where nobody can say what the files are called.</param>
    public static void Say(CommandSession session, string verb, long bytes, string? next)
    {
        session.Terminal.Summary(bytes > 0 ? $"{verb} {SizeText.Format(bytes)} in {Rate.Text(bytes, session.Elapsed)}" : $"took {Rate.Time(session.Elapsed)}");
        SayNext(session, next);
    }

    /// <summary>Says what to type next.</summary>
    /// <param name="session">The command.</param>
    /// <param name="next">The next command; null where there is none.</param>
    /// <param name="condition">"if ...", where it depends on what only the user knows.</param>
    public static void SayNext(CommandSession session, string? next, string? condition = null)
    {
        if (next is not null)
        {
            session.Terminal.Summary(condition is null ? $"next: {next}" : $"next, {condition}: {next}");
        }
    }
}

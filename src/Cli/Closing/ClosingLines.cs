using BinarySync.Cli.Host;
using BinarySync.Cli.Output;

namespace BinarySync.Cli.Closing;

/// <summary>The end of a closing summary: how long it took and how fast that was, and what to type next.</summary>
internal static class ClosingLines
{
    /// <summary>The verb of a command that writes to a target.</summary>
    public const string Wrote = "wrote";

    private static readonly string[] s_writing = ["copying", "writing over old content", "writing", "flushing"];
    private static readonly string[] s_reading = ["checksumming", "comparing", "collecting"];

    /// <summary>Says both.</summary>
    /// <param name="session">The command.</param>
    /// <param name="verb">"read", "wrote".</param>
    /// <param name="bytes">How many; 0 if only the time matters.</param>
    /// <param name="next">The next command; null if there is none, or if nobody can say what the files are called.</param>
    public static void Say(CommandSession session, string verb, long bytes, string? next)
    {
        session.Terminal.Summary(Took(session, verb, bytes));
        SayNext(session, next);
    }

    // The rate is that of the phases that moved these bytes: phases that wait for a flush, or read other files, would make it too low.
    private static string Took(CommandSession session, string verb, long bytes)
    {
        if (bytes == 0)
        {
            return $"took {Rate.Time(session.Elapsed)}";
        }

        TimeSpan moving = session.Options.Progress.TimeOf(verb == Wrote ? s_writing : s_reading);
        return moving == TimeSpan.Zero
            ? $"{verb} {SizeText.Format(bytes)} in {Rate.Text(bytes, session.Elapsed)}"
            : session.Elapsed - moving < Rate.LeastMeasured
                ? $"{verb} {SizeText.Format(bytes)} in {Rate.Text(bytes, moving)}"
                : $"{verb} {SizeText.Format(bytes)} in {Rate.Text(bytes, moving)}; took {Rate.Time(session.Elapsed)} in all";
    }

    /// <summary>Says what to type next.</summary>
    /// <param name="session">The command.</param>
    /// <param name="next">The next command; null if there is none.</param>
    /// <param name="condition">"if ...", if it depends on something that only the user knows.</param>
    public static void SayNext(CommandSession session, string? next, string? condition = null)
    {
        if (next is not null)
        {
            session.Terminal.Summary(condition is null ? $"next: {next}" : $"next, {condition}: {next}");
        }
    }
}

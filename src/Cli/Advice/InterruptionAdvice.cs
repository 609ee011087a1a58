using BinarySync.Sync;

namespace BinarySync.Cli.Advice;

/// <summary>What a signal has left behind, and what to do: only `dtfile apply` leaves a target that must not be used.</summary>
internal static class InterruptionAdvice
{
    private const string Again = "run the same command again";

    /// <summary>The message and its hint.</summary>
    public static (string Message, string? Hint) For(OperationCanceledException interrupted, TypedLine line, string tool) =>
        (tool, line.Command) switch
        {
            ("dtfile", "apply") => OfApply(interrupted as ApplyInterruptedException, line),
            ("dtfile", "") when line.ValueOf("--split") is not null && line.ValueOf("--part") is null =>
                ("interrupted", FailureAdvice.SomePartsStay),
            _ => ("interrupted", Again),
        };

    private static (string Message, string? Hint) OfApply(ApplyInterruptedException? applying, TypedLine line)
    {
        if (line.Has("--dry-run"))
        {
            return ("interrupted; nothing was changed", Again);
        }

        // Before the data file is complete, nothing is known of the target, but nothing is written either.
        if (applying is null)
        {
            return ($"interrupted; this run has written nothing to {line.Files[^1]}", Again);
        }

        if (applying.Progress == TargetProgress.Untouched)
        {
            return ($"interrupted; nothing was written to {applying.Target}", Again);
        }

        string resume = line.Has("--stream") ? $"{Again}, with the same data file, to resume" : $"{Again} to resume";
        return (
            $"interrupted; {applying.Target} is PARTLY patched: do not use it",
            applying.WayBack is { } undo ? $"{resume}, or apply {undo} to take it back" : resume);
    }
}

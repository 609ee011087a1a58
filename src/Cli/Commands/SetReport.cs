using BinarySync.Cli.Closing;
using BinarySync.Cli.Host;
using BinarySync.Cli.Output;
using BinarySync.Cli.Texts;
using BinarySync.Format;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Sets;

namespace BinarySync.Cli.Commands;

/// <summary>The output of `dtfile apply` about parts of a set.</summary>
internal static class SetReport
{
    /// <summary>Prints it, for people or scripts.</summary>
    public static void Say(CommandSession session, ApplyLine line, string note, SetResult all)
    {
        SayNote(session.Terminal, line.Target, note, all.Note);

        // The notes about sizes are the same for all parts.
        foreach ((string name, _, ApplyResult result) in all.Runs
            .Where((run, i) => i == 0 || run.Result.Start != ApplyStart.Fresh || run.Result.Plan.Unrecognized.BlockCount > 0))
        {
            ApplyReport.SayNotes(session.Terminal, line.Target, name, result, line.Specification);
        }

        if (session.Json)
        {
            Report(session, line, all);
            return;
        }

        SaySummary(session, line, all);
    }

    private static void SayNote(Terminal terminal, string target, string note, SetNoteState state)
    {
        string? text = state switch
        {
            SetNoteState.OtherSet => $"{note} is about another set; it is replaced",
            SetNoteState.Unreadable => $"{note} is damaged, or from a newer program; it is replaced",
            SetNoteState.TargetChanged =>
                $"{target} has changed since {note} was written: the parts listed there count only after they are applied again",
            _ => null,
        };
        if (text is not null)
        {
            terminal.Warn(text);
        }
    }

    private static void SaySummary(CommandSession session, ApplyLine line, SetResult all)
    {
        string target = line.Target;
        ApplySpecification specification = line.Specification;
        int parts = all.Set.Parts;
        string given =
            $"{(all.Runs.Count == 1 ? "part" : "parts")} {NumberText.Of([.. all.Runs.Select(run => run.Part).Order()])} of {parts}";
        long already = all.Runs.Sum(run => run.Result.Plan.NewBlocks);
        TargetSizing first = all.Runs[0].Result.Plan.Sizing;
        long before = first.LengthBefore;
        long after = all.Runs[^1].Result.Plan.Sizing.LengthAfter;
        string size = before == after ? string.Empty : $", size from {SizeText.Exact(before)} to {SizeText.Exact(after)}";
        if (specification.DryRun)
        {
            long toWrite = all.Runs.Sum(run => run.Result.Plan.BlocksToWrite);
            session.Terminal.Summary(
                $"{target}: {given}: {CountText.Blocks(toWrite)} would be written, {already} already up to date{size}; nothing "
                    + "was changed");
            ApplyReport.SayUndoNotTried(session.Terminal, line);
            session.Terminal.Summary($"then {Standing(all)}");
            ClosingLines.Say(
                session,
                "read",
                0,
                NextCommand.AfterDryRun(
                    line.Typed, all.Runs.Select(run => run.Name), all.Runs.Any(run => ApplyReport.HasWork(run.Result))));
            return;
        }

        long dataBytes = all.Runs.Sum(run => run.Result.Written.DataBytes);
        session.Terminal.Summary(
            $"{target}: {given}: {CountText.Blocks(all.Runs.Sum(run => run.Result.Written.DataBlocks))} written "
                + $"({SizeText.Format(dataBytes)}), {all.Runs.Sum(run => run.Result.Written.ZeroBlocks)} zeroed, {already} already up to "
                + $"date{size}");
        foreach ((string name, int part, ApplyResult result) in all.Runs)
        {
            session.Terminal.Detail(
                $"{name}: part {part}: {CountText.Blocks(result.Written.DataBlocks)} written, {result.Written.ZeroBlocks} zeroed, "
                    + $"{result.Plan.NewBlocks} already up to date");
        }

        if (all.Runs[0].Result.UndoKept is { } kept)
        {
            session.Terminal.Summary(
                $"{line.Undo} {(kept ? "was kept from an earlier run" : "holds the old content")}: applying "
                    + $"it{ShrinkWarning.OnWayBack(all.Runs[0].Result.Plan.Header)} takes the part back");
        }

        long verified = all.Runs.Sum(run => run.Result.VerifiedBytes);
        session.Terminal.Summary(specification.Verify switch
        {
            VerifyMode.None => "flushed; nothing was read back",
            VerifyMode.Written => $"flushed, {SizeText.Format(verified)} read back and equal; the rest was not checked",
            _ when all.Runs[^1].Result.Plan.Header.Coverage.IsWhole =>
                $"flushed, all {SizeText.Format(all.Runs[^1].Result.VerifiedBytes)} read back: equal to the content that "
                    + $"the data files describe ({ApplyReport.EvidenceOf(all.Runs[^1].Result.Plan.Header)})",
            _ =>
                $"flushed, {SizeText.Format(all.Runs[^1].Result.VerifiedBytes)} read back: its ranges are equal to the content "
                    + $"that the data files describe ({ApplyReport.EvidenceOf(all.Runs[^1].Result.Plan.Header)})",
        });
        session.Terminal.Summary(Standing(all));
        ClosingLines.Say(
            session,
            "wrote",
            all.Runs.Sum(run => ApplyReport.WrittenBytes(run.Result)),
            all.IsComplete ? NextCommand.AfterApply(target, specification.Verify) : NextCommand.AfterSomeParts(target, line.Undo, all));
    }

    private static string Standing(SetResult all) => all.IsComplete
        ? $"complete: {(all.Set.Parts == 1 ? "the only part is" : $"all {all.Set.Parts} parts are")} applied"
        : $"incomplete: of {all.Set.Parts} parts, {NumberText.Of(all.InPlace)} {(all.InPlace.Count == 1 ? "is" : "are")} applied; missing: "
            + $"{NumberText.Of(all.Missing)}";

    private static void Report(CommandSession session, ApplyLine line, SetResult all)
    {
        using Report report = new(session.Terminal, json: true);
        report.Add("target", "target", line.Target);
        report.Add("dry_run", null, line.Specification.DryRun);
        report.AddWholeSet(all.Set);
        report.Add("complete", null, all.IsComplete);
        Numbers("parts_applied", all.InPlace);
        Numbers("parts_missing", all.Missing);
        report.BeginArray("parts");
        foreach ((string name, int part, ApplyResult result) in all.Runs)
        {
            report.BeginObject();
            report.AddHidden("file", name);
            report.Add("part", null, part);
            ApplyReport.ReportResult(report, line, result);
            report.EndObject();
            report.Drain();
        }

        report.EndArray();
        report.Finish(VersionText.Number, session.Elapsed);

        void Numbers(string field, IReadOnlyList<int> numbers)
        {
            report.BeginArray(field);
            foreach (int number in numbers)
            {
                report.AddElement(number);
            }

            report.EndArray();
        }
    }
}

using BinarySync.Cli.Closing;
using BinarySync.Cli.Host;
using BinarySync.Cli.Inputs;
using BinarySync.Cli.Output;
using BinarySync.Cli.Texts;
using BinarySync.Format;
using BinarySync.Storage.Messages;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;

namespace BinarySync.Cli.Commands;

/// <summary>The output of `dtfile apply` about a data file that was applied.</summary>
internal static class ApplyReport
{
    /// <summary>Prints it, for people or scripts.</summary>
    public static void Say(CommandSession session, ApplyLine line, ApplyResult done)
    {
        SayNotes(session.Terminal, line.Target, MessageFiles.NameOf(line.Files[0]), done, line.Specification);
        if (session.Json)
        {
            using Report report = new(session.Terminal, json: true);
            ReportResult(report, line, done);
            if (line.NewChecksums is not null)
            {
                report.Add("new_checksums", "new checksums", line.NewChecksums);
            }

            report.Finish(VersionText.Number, session.Elapsed);
            return;
        }

        SaySummary(session, line, done);
        if (line.NewChecksums is not null)
        {
            session.Terminal.Summary(
                $"{line.NewChecksums}: the new checksum file of {line.Target}, made from {line.OldChecksums} and the data file");
        }

        string? next = done.DryRun
            ? NextCommand.AfterDryRun(line.Typed, line.Files, HasWork(done))
            : NextCommand.AfterApply(line.Target, line.Specification.Verify);
        ClosingLines.Say(session, "wrote", WrittenBytes(done), next);
    }

    /// <summary>What a person should know of a run, besides its result.</summary>
    public static void SayNotes(Terminal terminal, string target, string patch, ApplyResult done, ApplySpecification specification)
    {
        TargetSizing sizing = done.Plan.Sizing;
        string again = done.Plan.AgainBlocks == 0
            ? string.Empty
            : $"; {CountText.Blocks(done.Plan.AgainBlocks)} {(done.DryRun ? "would be" : "were")} rewritten";
        string? start = done.Start switch
        {
            ApplyStart.Resumed => $"{(done.DryRun ? "would resume" : "resumed")} the interrupted run of {patch}{again}",
            ApplyStart.TurnedRound => $"{(done.DryRun ? "would take" : "took")} back the interrupted run{again}",
            ApplyStart.OtherRetired =>
                $"{(done.DryRun ? "would give" : "gave")} up the journal of another data file: {target} is the target that {patch} was "
                    + $"made for{again}",
            ApplyStart.Abandoned => $"{(done.DryRun ? "would give" : "gave")} up the journal of an interrupted run",
            _ => null,
        };
        if (start is not null)
        {
            terminal.Note(start);
        }

        HoleNote.Say(terminal, target, done.DoubtedHoles);
        if (sizing.SizeLeft)
        {
            terminal.Note($"the ranges of {patch} do not cover everything between the two sizes: {target} keeps its size");
        }

        if (sizing.TailLeftAlone > 0)
        {
            terminal.Note($"{target} is {SizeText.Format(sizing.TailLeftAlone)} longer than the master; that part was not changed");
        }

        if (done.Plan.Unreadable.BlockCount > 0)
        {
            terminal.Warn($"could not be read{(done.DryRun ? string.Empty : ", and were overwritten")}: {done.Plan.Unreadable}");
        }

        if (specification.ForceUnrecognized && done.Plan.Unrecognized.BlockCount > 0)
        {
            terminal.Warn(
                $"neither as expected nor already new{(done.DryRun ? string.Empty : ", and were overwritten")}: {done.Plan.Unrecognized}");
        }
    }

    private static void SaySummary(CommandSession session, ApplyLine line, ApplyResult done)
    {
        string target = line.Target;
        PatchPlan plan = done.Plan;
        TargetSizing sizing = plan.Sizing;
        string size = sizing.LengthBefore == sizing.LengthAfter
            ? string.Empty
            : $", size from {SizeText.Exact(sizing.LengthBefore)} to {SizeText.Exact(sizing.LengthAfter)}";
        if (done.DryRun)
        {
            session.Terminal.Summary(
                $"{target}: {CountText.Blocks(plan.BlocksToWrite)} would be written, {plan.NewBlocks} already up to date{size}; nothing "
                    + "was changed");
            SayUndoNotTried(session.Terminal, line);
            return;
        }

        string copied = plan.Trailer.CopyBlocks == 0 ? string.Empty : $" {done.Written.CopyBlocks} copied from elsewhere,";
        session.Terminal.Summary(
            $"{target}: {CountText.Blocks(done.Written.DataBlocks)} written ({SizeText.Format(done.Written.DataBytes)}),{copied} "
                + $"{done.Written.ZeroBlocks} zeroed, {plan.NewBlocks} already up to date{size}");
        if (done.UndoKept is { } kept)
        {
            session.Terminal.Summary(
                $"{line.Undo} {(kept ? "was kept from an earlier run" : "holds the old content")}: applying "
                    + $"it{ShrinkWarning.OnWayBack(plan.Header)} takes {target} back");
        }

        session.Terminal.Summary(line.Specification.Verify switch
        {
            VerifyMode.None => "flushed; nothing was read back",
            VerifyMode.Written => $"flushed, {SizeText.Format(done.VerifiedBytes)} read back and equal; the rest was not checked",
            _ when (plan.Header.Parent?.Coverage ?? plan.Header.Coverage).IsWhole =>
                $"flushed, all {SizeText.Format(done.VerifiedBytes)} read back: equal to the content that the data file describes "
                    + $"({EvidenceOf(plan.Header)})",
            _ =>
                $"flushed, {SizeText.Format(done.VerifiedBytes)} read back: its ranges are equal to the content that the data file "
                    + $"describes ({EvidenceOf(plan.Header)})",
        });
    }

    /// <summary>Says what a dry run leaves open: how long the undo file would be depends on how well the old content compresses.</summary>
    public static void SayUndoNotTried(Terminal terminal, ApplyLine line)
    {
        if (line.Undo is { } undo && !MessageInput.Exists(undo))
        {
            terminal.Summary($"{undo} was not made: whether there is room for it is not known");
        }
    }

    /// <summary>The hash that proves that a whole target is the master's: that of the coarse request, if one was refined.</summary>
    public static string EvidenceOf(MessageHeader header) => (header.Parent?.Hash ?? header.Hash).Name;

    /// <summary>Bytes that were written; each block of zeros counts as a whole one.</summary>
    public static long WrittenBytes(ApplyResult done) =>
        done.Written.DataBytes + done.Written.CopyBytes + (done.Written.ZeroBlocks * done.Plan.Header.BlockSize);

    /// <summary>True if a dry run has found something to do.</summary>
    public static bool HasWork(ApplyResult done) =>
        done.Plan.BlocksToWrite > 0 || done.Plan.Sizing.LengthBefore != done.Plan.Sizing.LengthAfter || done.Start != ApplyStart.Fresh;

    /// <summary>All fields of a run.</summary>
    public static void ReportResult(Report report, ApplyLine line, ApplyResult done)
    {
        PatchPlan plan = done.Plan;
        report.Add("target", "target", line.Target);
        report.Add("dry_run", null, done.DryRun);
        report.Add("start", "start", StartText(done.Start));
        if (done.UndoKept is { } kept)
        {
            report.Add("undo", "undo", line.Undo!);
            report.Add("undo_kept", null, kept);
        }

        report.Add("blocks_to_write", null, plan.BlocksToWrite);
        report.Add("blocks_already_new", null, plan.NewBlocks);
        report.Add("blocks_written_again", null, plan.AgainBlocks);
        report.Add("blocks_unrecognized", null, plan.Unrecognized.BlockCount);
        report.Add("data_blocks_written", null, done.Written.DataBlocks);
        report.Add("data_bytes_written", null, done.Written.DataBytes);
        report.Add("zero_blocks_written", null, done.Written.ZeroBlocks);
        report.Add("copy_blocks_written", null, done.Written.CopyBlocks);
        report.Add("copy_bytes_written", null, done.Written.CopyBytes);
        report.Add("size_before", null, plan.Sizing.LengthBefore);
        report.Add("size_after", null, plan.Sizing.LengthAfter);
        report.Add("size_left", null, plan.Sizing.SizeLeft);
        report.Add("tail_left_alone", null, plan.Sizing.TailLeftAlone);
        report.Add("verify", "verify", line.Specification.Verify.ToString().ToLowerInvariant());
        report.Add("verified_bytes", null, done.VerifiedBytes);
        report.Add("target_root", "target root", plan.Trailer.TargetRoot);
        if (line.Specification.Verify == VerifyMode.Full && !done.DryRun)
        {
            // Otherwise the run would have failed. Without a full comparison the field says nothing, neither yes nor no.
            report.Add("equal_to_master", null, (plan.Header.Parent?.Coverage ?? plan.Header.Coverage).IsWhole);
        }
    }

    private static string StartText(ApplyStart start) => start switch
    {
        ApplyStart.Resumed => "resumed",
        ApplyStart.TurnedRound => "turned-round",
        ApplyStart.OtherRetired => "other-retired",
        ApplyStart.Abandoned => "abandoned",
        _ => "fresh",
    };
}

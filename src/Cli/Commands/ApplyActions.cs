using System.CommandLine;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Closing;
using BinarySync.Cli.Host;
using BinarySync.Cli.Inputs;
using BinarySync.Cli.Output;
using BinarySync.Cli.Texts;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Storage.Files;
using BinarySync.Storage.Messages;
using BinarySync.Storage.State;
using BinarySync.Storage.Usage;
using BinarySync.Sync;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Applying.Sets;
using BinarySync.Sync.Applying.Streaming;
using BinarySync.Sync.Applying.Verifying;
using BinarySync.Sync.Comparing;
using BinarySync.Sync.Messages;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Cli.Commands;

/// <summary>What `dtfile apply` does.</summary>
public static class ApplyActions
{
    /// <summary>The arguments of `dtfile apply`.</summary>
    public sealed record ApplyArguments(
        Argument<string[]> Files,
        Argument<string?> Target,
        Option<string?> Request,
        Option<string?> UpdateChecksums,
        Option<string?> Output,
        Option<bool> Force,
        Option<bool> DryRun,
        Option<bool> CheckBase,
        Option<VerifyMode?> Verify,
        Option<SparseMode?> Sparse,
        Option<string?> Undo,
        Option<string?> Repair,
        Option<string?> Journal,
        Option<bool> AbandonJournal,
        Option<string?> Spool,
        Option<bool> Stream,
        Option<bool> ForceUnrecognized,
        Option<bool> AllowShrink,
        Option<HolePolicy?> Holes,
        Option<bool> OverwriteUnreadable,
        Option<bool> Unguarded);

    /// <summary>Applies a data file, or parts of a set, to a target in place.</summary>
    public static int Apply(ParseResult result, ToolContext context, CommonOptions common, ApplyArguments arguments)
    {
        using CommandSession session = common.Begin(result, context);
        string[] given = result.GetValue(arguments.Files)!;
        string[] files = given[..^1];
        string target = TargetPath.Demand(given[^1]);
        ApplySpecification specification = new()
        {
            DryRun = result.GetValue(arguments.DryRun),
            CheckBase = result.GetValue(arguments.CheckBase),
            Verify = result.GetValue(arguments.Verify) ?? VerifyMode.Written,
            Sparse = result.GetValue(arguments.Sparse) ?? SparseMode.Auto,
            AbandonJournal = result.GetValue(arguments.AbandonJournal),
            ForceUnrecognized = result.GetValue(arguments.ForceUnrecognized),
            OverwriteUnreadable = result.GetValue(arguments.OverwriteUnreadable),
            Holes = result.GetValue(arguments.Holes) ?? HolePolicy.Trust,
            DemandsLeaveToShrink = !result.GetValue(arguments.AllowShrink),
        };
        if (specification is { OverwriteUnreadable: true, Verify: VerifyMode.None })
        {
            throw new UsageException(
                "--overwrite-unreadable and --verify none cannot be used together", "only reading them back shows that the blocks can be read again");
        }

        string? undo = NamedFile(result.GetValue(arguments.Undo), "--undo");
        string? repair = NamedFile(result.GetValue(arguments.Repair), "--repair");
        RequireFitting(files, undo, repair);
        string? oldChecksums = NamedFile(result.GetValue(arguments.UpdateChecksums), "--update-ckf");
        string? newChecksums = result.GetValue(arguments.Output);
        RequireTogether(oldChecksums, newChecksums, result.GetValue(arguments.Force), specification);
        string file = files[0];
        bool streams = result.GetValue(arguments.Stream);
        RequireStreamable(streams, files, [
            ("--undo", undo is not null), ("--repair", repair is not null), ("--update-ckf", oldChecksums is not null), ("--request", result.GetValue(arguments.Request) is not null),
            ("--check-base", specification.CheckBase), ("--spool", result.GetValue(arguments.Spool) is not null)]);
        using Stream input = MessageFiles.Open(file, session.Options.Cancellation);
        string? request = result.GetValue(arguments.Request);
        using Stream? ownInput = request is null ? null : MessageFiles.OpenSeekable(request, session.Options.Cancellation);
        string? spoolDirectory = input.CanSeek || streams ? null : StateDirectory.SpoolDirectoryFor(target, result.GetValue(arguments.Spool));

        if (FileIdentity.LinkedTo(target) is { } real)
        {
            session.Terminal.Note($"{target} is a symbolic link to {real}");
        }

        // What is wrong with the target is said before what is wrong with the place of its journal; but the target must not hold the
        // journal.
        string? journalDirectory = result.GetValue(arguments.Journal);
        using StateFile journalPlace = StateDirectory.JournalOf(target, journalDirectory, readOnly: true);
        using StateFile note = StateDirectory.SetNoteOf(target, journalDirectory, readOnly: true);
        string?[] messages =
            [.. files.Where(name => name != MessageFiles.Standard), spoolDirectory is null ? null : Path.Combine(spoolDirectory, "spool"), journalPlace.Name, note.Name, undo, repair, request, oldChecksums, newChecksums];
        TargetSight sight = TargetSight.Look(target);
        using IWritableStorage storage = common.Storage.OpenTarget(
            result, target, [.. messages.OfType<string>()], readOnly: specification.DryRun, result.GetValue(arguments.Unguarded), session.Options.Cancellation);
        TargetWarnings.Say(session.Terminal, target, sight);
        if (undo is not null && !specification.DryRun)
        {
            DeviceFileWarning.Say(session.Terminal, undo);
        }

        PartitionWarning partitions = new(storage);
        using StateFile journal = StateDirectory.JournalOf(target, journalDirectory, readOnly: specification.DryRun);
        using RedoFile redo = RedoFile.Of(journal);
        SayPlace(session.Terminal, target, journal);
        if (streams)
        {
            ApplyResult streamed = StreamApplyOperation.Run(storage, input, MessageFiles.NameOf(file), new ApplyPlaces(journal, TargetIdentity.Of(target)), specification, session.Options);
            partitions.Say(session.Terminal, GoesOn(streamed));
            return Say(result, session, files, target, null, null, null, streamed, specification);
        }

        using Stream seekable = PinnedStream.Of(spoolDirectory is null ? input : SpoolDirectory.Spool(input, MessageFiles.NameOf(file), spoolDirectory, "the target", "use --spool with a directory that has more room", session), MessageFiles.NameOf(file));
        IReadOnlyList<PartSource> sources = files.Length == 1
            ? [new PartSource(MessageFiles.NameOf(file), () => seekable, IsKept: true)]
            : [.. files.Select(name => new PartSource(name, () => MessageFiles.OpenPart(name, session.Options.Cancellation)))];
        if (PartFiles.Look(sources, session.Options) is { } parts)
        {
            if ((repair is null ? request is null ? oldChecksums is null ? null : "--update-ckf" : "--request" : "--repair") is { } option)
            {
                throw new UsageException(
                    $"{option} is for a whole data file", oldChecksums is null ? "make a part again with --part, or apply it again" : "when all parts are applied, ckfile makes the new checksum file");
            }

            ApplyPlaces ofParts = new(journal, TargetIdentity.Of(target), undo is null ? null : new UndoPlace(undo, OutputRights.Of([target], session.OutputMode)), Redo: redo);
            using StateFile setNote = StateDirectory.SetNoteOf(target, journalDirectory, readOnly: specification.DryRun);
            SetResult all = SetApplyOperation.Run(storage, parts, ofParts, setNote, specification, session.Options);
            partitions.Say(session.Terminal, goesOn: false);
            SetReport.Say(session, result, target, undo, setNote.Name, all, specification);
            return ExitCode.Done;
        }

        PatchSource patch = new(seekable, MessageFiles.NameOf(file), OwnRequestFor(seekable, MessageFiles.NameOf(file), ownInput, request));
        using MessageOutput? repairOutput = repair is null || specification.DryRun ? null : MessageFiles.Create(repair, force: false, session, file, target);
        using Stream? oldInput = oldChecksums is null ? null : MessageFiles.OpenSeekable(oldChecksums, session.Options.Cancellation);
        ChecksumSource? old = oldInput is null ? null : new ChecksumSource(oldInput, oldChecksums!);
        using MessageOutput? newOutput = newChecksums is null ? null : CreateChecksums(newChecksums, result.GetValue(arguments.Force), session, file, target, oldChecksums, request, undo, repair);
        ApplyPlaces places = new(journal, TargetIdentity.Of(target), undo is null ? null : new UndoPlace(undo, OutputRights.Of([target], session.OutputMode)), repairOutput, redo, old);
        ApplyResult done = ApplyOperation.Run(storage, patch, places, specification, session.Options);
        if (specification.Verify == VerifyMode.Full && !specification.DryRun && note.Read() is not null)
        {
            // All of the target is known to be another file's content: what parts of a set it has does not matter any more.
            using StateFile stale = StateDirectory.SetNoteOf(target, journalDirectory);
            stale.Remove();
        }

        if (newOutput is not null)
        {
            WriteChecksums(old!, patch, done, newOutput, target);
        }

        partitions.Say(session.Terminal, GoesOn(done));
        return Say(result, session, files, target, undo, oldChecksums, newChecksums, done, specification);
    }

    private static bool GoesOn(ApplyResult done) => !done.DryRun && done.Start is not ApplyStart.Fresh;

    private static int Say(
        ParseResult result,
        CommandSession session,
        string[] files,
        string target,
        string? undo,
        string? oldChecksums,
        string? newChecksums,
        ApplyResult done,
        ApplySpecification specification)
    {
        SayNotes(session.Terminal, target, MessageFiles.NameOf(files[0]), done, specification);
        if (session.Json)
        {
            using Report report = new(session.Terminal, json: true);
            ReportResult(report, target, undo, done, specification);
            if (newChecksums is not null)
            {
                report.Add("new_checksums", "new checksums", newChecksums);
            }

            report.Finish(VersionText.Number, session.Elapsed);
        }
        else
        {
            SaySummary(session, target, undo, done, specification);
            if (newChecksums is not null)
            {
                session.Terminal.Summary($"{newChecksums}: the new checksum file of {target}, made from {oldChecksums} and the data file");
            }

            ClosingLines.Say(
                session, "wrote", WrittenBytes(done), done.DryRun ? NextCommand.AfterDryRun(result, files, HasWork(done)) : NextCommand.AfterApply(target, specification.Verify));
        }

        return ExitCode.Done;
    }

    private static void RequireTogether(string? oldChecksums, string? newChecksums, bool force, ApplySpecification specification)
    {
        if ((oldChecksums is null) != (newChecksums is null))
        {
            throw oldChecksums is null
                ? new UsageException("-o needs --update-ckf", "see 'dtfile apply --help'")
                : new UsageException("--update-ckf needs a name for the new checksum file", "name it with -o");
        }

        if (oldChecksums is null && force)
        {
            throw new UsageException("-f needs --update-ckf", "see 'dtfile apply --help'");
        }

        if (oldChecksums is not null && (specification.DryRun || specification.Verify == VerifyMode.None))
        {
            throw new UsageException(
                $"--update-ckf and {(specification.DryRun ? "--dry-run" : "--verify none")} cannot be used together",
                "the new checksum file records what was written and read back");
        }
    }

    // Files of this run are compared by name as well: some of them are yet to be made.
    private static MessageOutput CreateChecksums(string path, bool force, CommandSession session, params string?[] others)
    {
        if (path == MessageFiles.Standard)
        {
            throw new UsageException("-o needs a named file");
        }

        return others.OfType<string>().FirstOrDefault(other => FileIdentity.IsSamePlace(other, path)) is { } same
            ? throw new UsageException($"{same} is another file of this command; it would be replaced")
            : MessageFiles.Create(path, force, session, [.. others.OfType<string>()]);
    }

    private static void WriteChecksums(ChecksumSource old, PatchSource patch, ApplyResult done, MessageOutput output, string target)
    {
        try
        {
            DerivedChecksums.Write(old, patch, done.Plan, output.Stream);
            output.Commit();
        }
        catch (MessageFormatException changed)
        {
            throw new SyncException(
                SyncReason.ChecksumsNotDerived,
                changed.MessageName,
                $"changed meanwhile ({changed.Message}): {target} is patched and verified, only its checksum file is missing",
                inner: changed);
        }
        catch (SyncException changed) when (changed.Reason is SyncReason.MessageChanged or SyncReason.DataFileChanged && changed.Progress is null)
        {
            throw changed.With(TargetProgress.Patched);
        }
        catch (StorageException failure)
        {
            throw failure.With(StorageContext.DerivingChecksums, $"{target} is patched and verified, only its checksum file is missing");
        }
    }

    // A merged data file is for those remotes only whose requests went into it; an ordinary one says all by itself.
    private static OwnRequest? OwnRequestFor(Stream patch, string name, Stream? input, string? request)
    {
        patch.Position = 0;
        bool isMerged = new MessageReader(patch, name).Require(MessageKind.DataFile).Header.Bases is not null;
        if (isMerged != input is not null)
        {
            throw isMerged
                ? new UsageException($"{name} is merged for several remotes", "name this remote's own data request with --request")
                : new UsageException($"{name} is for one remote and needs no request", "leave out --request");
        }

        return input is null ? null : new OwnRequest(input, request!);
    }

    // What these options promise needs the whole data file before anything is written, or after all is.
    private static void RequireStreamable(bool streams, string[] files, (string Name, bool IsGiven)[] others)
    {
        if (!streams)
        {
            return;
        }

        if (files.Length > 1)
        {
            throw new UsageException("--stream is for one data file");
        }

        if (others.FirstOrDefault(other => other.IsGiven).Name is { } name)
        {
            throw new UsageException($"--stream and {name} cannot be used together", $"{name} needs the data file as a whole: leave out --stream");
        }
    }

    // Whoever looks for the journal of a file looks beside it.
    private static void SayPlace(Terminal terminal, string target, StateFile journal)
    {
        if (journal.SharedPlace is not null)
        {
            terminal.Note($"others can write to the directory of {target}: its journal is kept in {Path.GetDirectoryName(journal.Name)}");
        }
    }

    private static void RequireFitting(string[] files, string? undo, string? repair)
    {
        if (files.Length == 1)
        {
            return;
        }

        if (files.Contains(MessageFiles.Standard))
        {
            throw new UsageException("'-' can be the only data file, but not one of several parts");
        }

        if ((undo is null ? repair is null ? null : "--repair" : "--undo") is { } option)
        {
            throw new UsageException($"{option} is for one data file at a time", "apply the parts one by one, each with a file of its own");
        }
    }

    private static string? NamedFile(string? path, string option) => path == MessageFiles.Standard
        ? throw new UsageException($"{option} needs a named file: a later run looks for it")
        : path;

    /// <summary>What a person should know of a run, besides what came of it.</summary>
    internal static void SayNotes(Terminal terminal, string target, string patch, ApplyResult done, ApplySpecification specification)
    {
        TargetSizing sizing = done.Plan.Sizing;
        string again = done.Plan.AgainBlocks == 0 ? string.Empty : $"; {CountText.Blocks(done.Plan.AgainBlocks)} {(done.DryRun ? "would be" : "were")} rewritten";
        string? start = done.Start switch
        {
            ApplyStart.Resumed => $"{(done.DryRun ? "would resume" : "resumed")} the interrupted run of {patch}{again}",
            ApplyStart.TurnedRound => $"{(done.DryRun ? "would take" : "took")} back the interrupted run{again}",
            ApplyStart.OtherRetired => $"{(done.DryRun ? "would give" : "gave")} up the journal of another data file: {target} is the target that {patch} was made for{again}",
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
            terminal.Warn($"neither as expected nor already new{(done.DryRun ? string.Empty : ", and were overwritten")}: {done.Plan.Unrecognized}");
        }
    }

    private static void SaySummary(CommandSession session, string target, string? undo, ApplyResult done, ApplySpecification specification)
    {
        PatchPlan plan = done.Plan;
        TargetSizing sizing = plan.Sizing;
        string size = sizing.LengthBefore == sizing.LengthAfter
            ? string.Empty
            : $", size from {SizeText.Exact(sizing.LengthBefore)} to {SizeText.Exact(sizing.LengthAfter)}";
        if (done.DryRun)
        {
            session.Terminal.Summary($"{target}: {CountText.Blocks(plan.BlocksToWrite)} would be written, {plan.NewBlocks} already up to date{size}; nothing was changed");
            return;
        }

        string copied = plan.Trailer.CopyBlocks == 0 ? string.Empty : $" {done.Written.CopyBlocks} copied from elsewhere,";
        session.Terminal.Summary(
            $"{target}: {CountText.Blocks(done.Written.DataBlocks)} written ({SizeText.Format(done.Written.DataBytes)}),{copied} {done.Written.ZeroBlocks} zeroed, {plan.NewBlocks} already up to date{size}");
        if (done.UndoKept is { } kept)
        {
            session.Terminal.Summary($"{undo} {(kept ? "was kept from an earlier run" : "holds the old content")}: applying it{ShrinkWarning.OnWayBack(plan.Header)} takes {target} back");
        }

        session.Terminal.Summary(specification.Verify switch
        {
            VerifyMode.None => "flushed; nothing was read back",
            VerifyMode.Written => $"flushed, {SizeText.Format(done.VerifiedBytes)} read back and equal; the rest was not checked",
            _ when (plan.Header.Parent?.Coverage ?? plan.Header.Coverage).IsWhole => $"flushed, all {SizeText.Format(done.VerifiedBytes)} read back: equal to the master ({EvidenceOf(plan.Header)})",
            _ => $"flushed, {SizeText.Format(done.VerifiedBytes)} read back: the ranges of the data file are equal to the master's ({EvidenceOf(plan.Header)})",
        });
    }

    /// <summary>The hash that says that a whole target is the master's: that of the coarse request, if one was refined.</summary>
    internal static string EvidenceOf(MessageHeader header) => (header.Parent?.Hash ?? header.Hash).Name;

    /// <summary>Bytes that were written, each block of zeros taken for a whole one.</summary>
    internal static long WrittenBytes(ApplyResult done) =>
        done.Written.DataBytes + done.Written.CopyBytes + (done.Written.ZeroBlocks * done.Plan.Header.BlockSize);

    /// <summary>True where a dry run has found something to do.</summary>
    internal static bool HasWork(ApplyResult done) =>
        done.Plan.BlocksToWrite > 0 || done.Plan.Sizing.LengthBefore != done.Plan.Sizing.LengthAfter || done.Start != ApplyStart.Fresh;

    /// <summary>All fields of a run.</summary>
    internal static void ReportResult(Report report, string target, string? undo, ApplyResult done, ApplySpecification specification)
    {
        PatchPlan plan = done.Plan;
        report.Add("target", "target", target);
        report.Add("dry_run", null, done.DryRun);
        report.Add("start", "start", StartText(done.Start));
        if (done.UndoKept is { } kept)
        {
            report.Add("undo", "undo", undo!);
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
        report.Add("verify", "verify", specification.Verify.ToString().ToLowerInvariant());
        report.Add("verified_bytes", null, done.VerifiedBytes);
        report.Add("target_root", "target root", plan.Trailer.TargetRoot!.Value);
        if (specification.Verify == VerifyMode.Full && !done.DryRun)
        {
            // Else the run would have failed. Without a full comparison nothing is said, neither yes nor no.
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

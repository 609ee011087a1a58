using System.CommandLine;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Host;
using BinarySync.Cli.Inputs;
using BinarySync.Cli.Output;
using BinarySync.Cli.Texts;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Storage.State;
using BinarySync.Sync;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Applying.Sets;
using BinarySync.Sync.Applying.Streaming;
using BinarySync.Sync.Applying.Verifying;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Cli.Commands;

/// <summary>`dtfile apply`: patches a target in place with a data file, or with parts of a set.</summary>
public sealed class ApplyCommand(ToolContext context, CommonOptions common)
{
    private readonly Argument<string[]> _files = OptionValues.Files(
        "FILE.dtf", "A data file, or several parts of a set; '-' is standard input");

    private readonly Argument<string?> _target = OptionValues.LastFile(
        "TARGET", "The remote's file or block device; it is patched in place");

    private readonly Option<string?> _request = new("--request")
    {
        Description = "This remote's own data request: only for a data file that was merged for several remotes",
        HelpName = "OWN.dtr",
    };

    private readonly Option<string?> _updateChecksums = new("--update-ckf")
    {
        Description = "The target's old checksum file: make the new one (-o) from it and the data file, without reading the target",
        HelpName = "OLD.ckf",
    };

    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "The new checksum file, with --update-ckf",
        HelpName = "NEW.ckf",
    };

    private readonly Option<bool> _force = new("--force", "-f") { Description = "Replace an existing output of -o" };

    private readonly Option<bool> _dryRun = new("--dry-run", "-n")
    {
        Description = "Verify the data file, check the target's blocks, show what would be done, and change nothing",
    };

    private readonly Option<bool> _checkBase = new("--check-base")
    {
        Description = "Before writing, compare the whole target with the content that the request was made for",
    };

    private readonly Option<VerifyMode?> _verify = OptionValues.Verify();

    private readonly Option<SparseMode?> _sparse = OptionValues.Sparse();

    private readonly Option<string?> _undo = new("--undo")
    {
        Description = "First save the blocks to be overwritten into this data file; applying it takes the target back",
        HelpName = "FILE.dtf",
    };

    private readonly Option<string?> _repair = new("--repair")
    {
        Description = "If blocks do not read back as written, write a request for them",
        HelpName = "FILE.dtr",
    };

    private readonly Option<string?> _journal = new("--journal")
    {
        Description =
            "The directory for the journal while the target is patched [default: the target's directory, or the state directory "
                + "for a device]",
        HelpName = "DIR",
    };

    private readonly Option<bool> _abandonJournal = new("--abandon-journal")
    {
        Description = "Give up the journal of an interrupted run, and check every block without it",
    };

    private readonly Option<string?> _spool = new("--spool")
    {
        Description =
            "The directory for a data file from a pipe until it has been verified [default: the target's directory, or the state directory "
                + "for a device]",
        HelpName = "DIR",
    };

    private readonly Option<bool> _stream = new("--stream")
    {
        Description =
            "Apply the data file as it arrives, if a pipe cannot be spooled: the first blocks are written before the rest is verified",
    };

    private readonly Option<bool> _forceUnrecognized = new("--force-unrecognized")
    {
        Description = "Overwrite blocks that are neither as expected nor already new",
    };

    private readonly Option<bool> _allowShrink = new("--allow-shrink")
    {
        Description = "Cut the target even if it loses more than half of its bytes",
    };

    private readonly Option<HolePolicy?> _holes = OptionValues.Holes();

    private readonly Option<bool> _overwriteUnreadable = new("--overwrite-unreadable")
    {
        Description = "Overwrite blocks that cannot be read, if the data file contains them whole",
    };

    private readonly Option<bool> _unguarded = new("--unguarded")
    {
        Description = "Patch the target even if /proc or /sys cannot show its users; if they show one, the target is still refused",
    };

    /// <summary>The command, to be added to a program.</summary>
    public Command Declare()
    {
        Command command = new("apply", "Apply a data file to the target, in place")
        {
            _files, _target, _request, _updateChecksums, _output, _force, OutputMode.Option(), _dryRun, _checkBase, _verify, _sparse, _undo,
            _repair,
            _journal, _abandonJournal, _spool, _stream, _forceUnrecognized, _allowShrink, _holes, _overwriteUnreadable, _unguarded,
        };
        OptionValues.RequireLast(command, _files, _target);
        common.Storage.AddTo(command, patches: true);
        command.SetAction(Run);
        return command;
    }

    private ApplyLine Bind(ParseResult result)
    {
        string[] given = result.GetValue(_files)!;
        ApplyLine line = new()
        {
            Typed = result,
            Files = given[..^1],
            Target = TargetPath.Demand(given[^1]),
            Request = result.GetValue(_request),
            OldChecksums = result.GetValue(_updateChecksums),
            NewChecksums = result.GetValue(_output),
            Force = result.GetValue(_force),
            Undo = result.GetValue(_undo),
            Repair = result.GetValue(_repair),
            JournalDirectory = result.GetValue(_journal),
            SpoolDirectory = result.GetValue(_spool),
            Streams = result.GetValue(_stream),
            Unguarded = result.GetValue(_unguarded),
            Specification = new ApplySpecification
            {
                DryRun = result.GetValue(_dryRun),
                CheckBase = result.GetValue(_checkBase),
                Verify = result.GetValue(_verify) ?? VerifyMode.Written,
                Sparse = result.GetValue(_sparse) ?? SparseMode.Auto,
                AbandonJournal = result.GetValue(_abandonJournal),
                ForceUnrecognized = result.GetValue(_forceUnrecognized),
                OverwriteUnreadable = result.GetValue(_overwriteUnreadable),
                Holes = result.GetValue(_holes) ?? HolePolicy.Trust,
                DemandsLeaveToShrink = !result.GetValue(_allowShrink),
            },
        };
        line.Check();
        line.DemandTargetOnce();
        return line;
    }

    private int Run(ParseResult result)
    {
        using CommandSession session = common.Begin(result, context);
        ApplyLine line = Bind(result);
        using ApplyInputs inputs = ApplyInputs.Open(line, session);
        using ApplyTarget target = ApplyTarget.Open(line, inputs, common, session);
        if (line.Streams)
        {
            ApplyResult streamed = StreamApplyOperation.Run(
                target.Storage, inputs.DataFile, inputs.Name, target.Places(redo: false), line.Specification, session.Options);
            target.SayPartitions(streamed);
            ApplyReport.Say(session, line, streamed);
            return ExitCode.Done;
        }

        line.DemandOutputs();
        inputs.SpoolPipe(session);
        if (PartFiles.Look(inputs.Parts(session), session.Options) is { } parts)
        {
            line.CheckForSet();
            SetResult all = SetApplyOperation.Run(
                target.Storage, parts, target.Places(redo: true), target.SetNote, line.Specification, session.Options);
            target.SayPartitions(null);
            SetReport.Say(session, line, target.SetNote.Name, all);
            return ExitCode.Done;
        }

        ApplyReport.Say(session, line, ApplyWhole(line, inputs, target, session));
        return ExitCode.Done;
    }

    private static ApplyResult ApplyWhole(ApplyLine line, ApplyInputs inputs, ApplyTarget target, CommandSession session)
    {
        PatchSource patch = new(inputs.DataFile, inputs.Name, inputs.OwnRequest());
        using MessageOutput? repair = line.Repair is null || line.Specification.DryRun
            ? null
            : MessageFiles.Create(line.Repair, force: false, session, line.Files[0], line.Target);
        using NewChecksums? checksums = NewChecksums.Open(line, session);
        ApplyPlaces places = target.Places(redo: true) with { Repair = repair, OldChecksums = checksums?.Old };
        ApplyResult done = ApplyOperation.Run(target.Storage, patch, places, line.Specification, session.Options);
        if (line.Specification is { Verify: VerifyMode.Full, DryRun: false } && target.SetNote.Read() is not null)
        {
            // The whole target is known to be another file's content: the parts of a set that it has do not matter any more.
            target.SetNote.Remove();
        }

        checksums?.Write(patch, done);
        checksums?.SayNotes(session.Terminal, line);
        target.SayPartitions(done);
        return done;
    }
}

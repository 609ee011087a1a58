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
using BinarySync.Sync.Collecting;
using BinarySync.Sync.Comparing;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Cli.Commands;

/// <summary>
/// `dtfile MASTER`: collects the requested blocks of the master, or those that differ from the remote's, into a data file.
/// </summary>
public sealed class DataFileCommand(ToolContext context, CommonOptions common)
{
    private readonly Argument<string> _master = new("MASTER")
    {
        Description = "The master's file or block device (write ./info or ./apply if its name is that of a command)",
    };

    private readonly Option<string?> _request = new("--request", "-r")
    {
        Description = "The data request; '-' is standard input. This or --remote is required",
        HelpName = "FILE.dtr",
    };

    private readonly Option<string?> _remote = new("--remote")
    {
        Description = "The remote's checksum file, instead of a request: the master is read once and compared on the way",
        HelpName = "R.ckf",
    };

    private readonly Option<bool> _shift = new("--shift")
    {
        Description = "Copy what the remote has at any byte, not only in the same place: needs --remote with rolling sums (ckfile "
            + "--shift). What differs is read up to three times",
    };

    private readonly Option<Compression?> _compress = OptionValues.Compress();

    private readonly Option<bool> _noRepeats = new("--no-repeats")
    {
        Description = "Send content each time it is needed, for programs that cannot go back in the data file",
    };

    private readonly Option<string?> _base = new("--base")
    {
        Description = "A copy of what the remote has, such as the snapshot of the last sync: the content is compressed over it. Blocks of "
            + "it that the remote does not have are not used",
        HelpName = "OLD",
    };

    private readonly Option<string?> _label = OptionValues.Label();

    private readonly Option<bool> _live = OptionValues.Live();

    private readonly Option<HolePolicy?> _holes = OptionValues.Holes();

    private readonly Option<long?> _split = OptionValues.Split();

    private readonly Option<int?> _part = OptionValues.Part();

    private readonly Option<string?> _output = OptionValues.Output("FILE.dtf");

    private readonly Option<bool> _force = OptionValues.Force();

    /// <summary>The program's own command.</summary>
    public RootCommand Declare()
    {
        RootCommand root = new(
            "Collect the requested blocks of the master, or those that differ from the remote's, into a data file; or apply a data file to "
                + "the remote's target")
        {
            _master, _request, _remote, _shift, _compress, _noRepeats, _base, _label, _live, _holes, _split, _part, _output, _force,
            OutputMode.Option(),
        };
        common.Storage.AddTo(root);
        common.AddTo(root);
        root.SetAction(Run);
        return root;
    }

    private int Run(ParseResult result)
    {
        using CommandSession session = common.Begin(result, context);
        string? request = result.GetValue(_request);
        string? remote = result.GetValue(_remote);
        if ((request is null) == (remote is null))
        {
            throw request is null
                ? new UsageException(
                    "no request is given: name a data request with -r, or the remote's checksum file with --remote", "see 'dtfile --help'")
                : new UsageException(
                    "-r and --remote cannot be used together", "see 'dtfile --help': a data request already says which blocks differ");
        }

        if (remote is null && result.GetValue(_holes) is not null)
        {
            throw new UsageException(
                "--holes needs --remote", "see 'dtfile --help': with a data request, only the requested blocks are read");
        }

        bool shifts = result.GetValue(_shift);
        if (remote is null && shifts)
        {
            throw new UsageException(
                "--shift needs --remote", "see 'dtfile --help': a data request already says what is copied, and from where");
        }

        string master = TargetPath.Demand(result.GetValue(_master)!);
        string input = request ?? remote!;
        string path = MessageFiles.OutputPath(
            result.GetValue(_output), input, request is null ? MessageKind.ChecksumFile : MessageKind.DataRequest, MessageKind.DataFile);
        Compression compression = result.GetValue(_compress) ?? Compression.Default;
        string? old = result.GetValue(_base);
        if (old is not null && compression.Codec != FrameCodec.Zstd)
        {
            throw new UsageException("--base needs zstd", "see 'dtfile --help': only zstd compresses over old content");
        }

        using IReadableStorage? oldSource =
            old is null ? null : common.Storage.OpenSource(result, TargetPath.Demand(old), session.Options.Cancellation);
        DataFileSpecification specification = new()
        {
            Base = oldSource,
            Compression = compression,
            FrameSize = compression.FrameSize,
            Repeats = !result.GetValue(_noRepeats),
            Label = result.GetValue(_label),
            Live = result.GetValue(_live),
        };
        int? part = result.GetValue(_part);
        if (result.GetValue(_split) is { } mostBytes)
        {
            if (request is null)
            {
                throw new UsageException(
                    "--split needs a data request: one pass shows the number of parts only at its end",
                    shifts
                        ? "leave out --split: only one data file can have what --shift finds"
                        : "make a request with dtreq, and name it with -r");
            }

            SplitJob job = new(master, request, path, result.GetValue(_force), mostBytes, part, old, specification);
            return DataFileParts.Create(result, common, session, job);
        }

        if (part is not null)
        {
            throw new UsageException("--part names a part of a set: it needs --split");
        }

        using IReadableStorage source = common.Storage.OpenSource(result, master, session.Options.Cancellation);
        using Stream stream = MessageFiles.Open(input, session.Options.Cancellation);
        string name = MessageFiles.NameOf(input);
        string[] inputs = old is null ? [input, master] : [input, master, old];
        if (request is not null)
        {
            OperationReader reader = new(stream, name, MessageKind.DataRequest);
            using MessageOutput output = MessageFiles.Create(path, result.GetValue(_force), session, inputs);
            SourceWarnings.Say(session.Terminal, source, specification.Live);
            DataFileResult made = DataFileOperation.Run(source, reader, specification, output.Stream, session.Options);
            output.Commit();
            Say(session, path, output.Name, old, made);
        }
        else
        {
            HolePolicy holes = result.GetValue(_holes) ?? HolePolicy.Trust;
            using MessageOutput output = MessageFiles.Create(path, result.GetValue(_force), session, inputs);
            OnePassResult made = shifts
                ? Shifted(source, stream, name, specification, holes, path, output, session)
                : OnePass(source, stream, name, specification, holes, output, session);
            output.Commit();
            HoleNote.Say(session.Terminal, master, made.DoubtedHoles);
            Say(session, path, output.Name, old, made.File, made, shifts);
        }

        return ExitCode.Done;
    }

    private static OnePassResult OnePass(
        IReadableStorage source, Stream remote, string name, DataFileSpecification specification, HolePolicy holes, MessageOutput output,
        CommandSession session)
    {
        using ChecksumFileReader reader = new(remote, name);
        SourceWarnings.Say(session.Terminal, source, specification.Live);
        return OnePassOperation.Run(source, reader, specification, holes, output.Stream, session.Options);
    }

    // The checksum file is read several times: the content of a pipe waits beside the output, or in the directory of temporary files.
    private static OnePassResult Shifted(
        IReadableStorage source, Stream remote, string name, DataFileSpecification specification, HolePolicy holes, string path,
        MessageOutput output, CommandSession session)
    {
        const string NoRoom = "leave out --shift, which needs the room: the file is then read once";
        string directory = path == MessageFiles.Standard ? SpoolDirectory.Temporary : FileIdentity.DirectoryOf(path);
        using Stream seekable = remote.CanSeek ? remote : SpoolDirectory.Spool(remote, name, directory, output.Name, NoRoom, session);
        SourceWarnings.Say(session.Terminal, source, specification.Live);
        try
        {
            return ShiftedOperation.Run(
                source,
                new ChecksumSource(seekable, name),
                specification,
                holes,
                output.Stream,
                () => SpoolFile.Create(directory),
                session.Options);
        }
        catch (StorageException full) when (full.Error == StorageError.NoSpace && full.Path == directory)
        {
            throw new AdvisedException(full.With(full.Context, $"nothing was written to {output.Name}"), NoRoom);
        }
    }

    private static void Say(
        CommandSession session, string path, string name, string? old, DataFileResult made, OnePassResult? onePass = null,
        bool shifts = false)
    {
        if (onePass is { SizeLeft: true })
        {
            SizeChange.NoteLeft(session.Terminal);
        }

        if (onePass is { BlocksLeftOut: > 0 })
        {
            session.Terminal.Note(
                $"there is no room for more copies: {CountText.Blocks(onePass.BlocksLeftOut)} that the remote has elsewhere are sent");
        }

        ShrinkWarning.Say(session.Terminal, made.Header);
        BaseUse.Warn(session.Terminal, old, made.Prefixes);
        if (session.Json)
        {
            using Report report = new(session.Terminal, json: true);
            report.AddHeader("output", path, made.Header);
            report.AddTrailer(made.Trailer);
            if (onePass is not null)
            {
                report.Add("compared_blocks", null, onePass.ComparedBlocks);
            }

            if (onePass is not null && shifts)
            {
                report.Add("blocks_left_out", null, onePass.BlocksLeftOut);
            }

            report.Add("length", null, made.Length);
            report.Add("repeated_blocks", null, made.RepeatedBlocks);
            BaseUse.Report(report, old, made.Prefixes);
            report.Finish(VersionText.Number, session.Elapsed);
            return;
        }

        string compared = onePass is null
            ? string.Empty
            : $"{made.Trailer.DataBlocks + made.Trailer.ZeroBlocks + made.Trailer.CopyBlocks} of {onePass.ComparedBlocks} blocks differ: ";
        string repeats = made.RepeatedBlocks == 0 ? string.Empty : $" ({made.RepeatedBlocks} repeat earlier ones)";
        string copied = made.Trailer.CopyBlocks == 0 ? string.Empty : $" {made.Trailer.CopyBlocks} to copy,";
        session.Terminal.Summary(
            $"{name}: {compared}{CountText.Blocks(made.Trailer.DataBlocks)} with content "
                + $"({SizeText.Format(made.Trailer.DataBytes)}){repeats},{copied} {made.Trailer.ZeroBlocks} of zeros; "
                + $"{SizeText.Format(made.Length)}");
        BaseUse.Say(session.Terminal, old, made.Prefixes);
        if (onePass is { SizeLeft: false })
        {
            SizeChange.Say(session.Terminal, made.Header);
        }

        if (NextCommand.HasNothingToApply(made))
        {
            session.Terminal.Summary("nothing differs in what was compared: there is nothing to apply");
        }

        ClosingLines.Say(session, "read", made.ReadBytes, NextCommand.AfterDataFile(path, made));
    }
}

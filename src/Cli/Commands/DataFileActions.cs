using System.CommandLine;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Closing;
using BinarySync.Cli.Host;
using BinarySync.Cli.Inputs;
using BinarySync.Cli.Output;
using BinarySync.Cli.Texts;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Collecting;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Cli.Commands;

/// <summary>What `dtfile MASTER` does.</summary>
public static class DataFileActions
{
    /// <summary>The arguments of `dtfile MASTER`.</summary>
    public sealed record CreateArguments(
        Argument<string> Master,
        Option<string?> Request,
        Option<string?> Remote,
        Option<Compression?> Compress,
        Option<bool> NoRepeats,
        Option<string?> Label,
        Option<bool> Live,
        Option<HolePolicy?> Holes,
        Option<string?> Output,
        Option<bool> Force,
        Option<long?> Split,
        Option<int?> Part);

    /// <summary>Collects the requested blocks of the master, or those that differ from the remote's.</summary>
    public static int Create(ParseResult result, ToolContext context, CommonOptions common, CreateArguments arguments)
    {
        using CommandSession session = common.Begin(result, context);
        string? request = result.GetValue(arguments.Request);
        string? remote = result.GetValue(arguments.Remote);
        if ((request is null) == (remote is null))
        {
            throw request is null
                ? new UsageException("no request is given: name a data request with -r, or the remote's checksum file with --remote", "see 'dtfile --help'")
                : new UsageException("-r and --remote cannot be used together", "see 'dtfile --help': a data request already says which blocks differ");
        }

        if (remote is null && result.GetValue(arguments.Holes) is not null)
        {
            throw new UsageException("--holes needs --remote", "see 'dtfile --help': with a data request, only the requested blocks are read");
        }

        string master = TargetPath.Demand(result.GetValue(arguments.Master)!);
        string input = request ?? remote!;
        string path = MessageFiles.OutputPath(
            result.GetValue(arguments.Output), input, request is null ? MessageKind.ChecksumFile : MessageKind.DataRequest, MessageKind.DataFile);
        Compression compression = result.GetValue(arguments.Compress) ?? Compression.DefaultLZ4;
        DataFileSpecification specification = new()
        {
            Compression = compression,
            FrameSize = compression.FrameSize,
            Repeats = !result.GetValue(arguments.NoRepeats),
            Label = result.GetValue(arguments.Label),
            Live = result.GetValue(arguments.Live),
        };
        int? part = result.GetValue(arguments.Part);
        if (result.GetValue(arguments.Split) is { } mostBytes)
        {
            if (request is null)
            {
                throw new UsageException("--split needs a data request: one pass shows the number of parts only at its end", "make a request with dtreq, and name it with -r");
            }

            SplitJob job = new(master, request, path, result.GetValue(arguments.Force), mostBytes, part, specification);
            return SplitActions.Create(result, common, session, job);
        }

        if (part is not null)
        {
            throw new UsageException("--part names a part of a set: it needs --split");
        }

        using IReadableStorage source = common.Storage.OpenSource(result, master, session.Options.Cancellation);
        using Stream stream = MessageFiles.Open(input, session.Options.Cancellation);
        string name = MessageFiles.NameOf(input);
        if (request is not null)
        {
            OperationReader reader = new(stream, name, MessageKind.DataRequest);
            using MessageOutput output = MessageFiles.Create(path, result.GetValue(arguments.Force), session, input, master);
            SourceWarnings.Say(session.Terminal, source, specification.Live);
            DataFileResult made = DataFileOperation.Run(source, reader, specification, output.Stream, session.Options);
            output.Commit();
            Say(session, path, output.Name, made, onePass: null);
        }
        else
        {
            using ChecksumFileReader reader = new(stream, name);
            using MessageOutput output = MessageFiles.Create(path, result.GetValue(arguments.Force), session, input, master);
            SourceWarnings.Say(session.Terminal, source, specification.Live);
            OnePassResult made = OnePassOperation.Run(
                source, reader, specification, result.GetValue(arguments.Holes) ?? HolePolicy.Trust, output.Stream, session.Options);
            output.Commit();
            HoleNote.Say(session.Terminal, master, made.DoubtedHoles);
            Say(session, path, output.Name, made.File, made);
        }

        return ExitCode.Done;
    }

    private static void Say(CommandSession session, string path, string name, DataFileResult made, OnePassResult? onePass)
    {
        if (onePass is { SizeLeft: true })
        {
            DataRequestActions.NoteSizeLeft(session.Terminal);
        }

        ShrinkWarning.Say(session.Terminal, made.Header);
        if (session.Json)
        {
            using Report report = new(session.Terminal, json: true);
            report.AddHeader("output", path, made.Header);
            report.AddTrailer(made.Trailer);
            if (onePass is not null)
            {
                report.Add("compared_blocks", null, onePass.ComparedBlocks);
            }

            report.Add("length", null, made.Length);
            report.Add("repeated_blocks", null, made.RepeatedBlocks);
            report.Finish(VersionText.Number, session.Elapsed);
            return;
        }

        string compared = onePass is null ? string.Empty : $"{made.Trailer.DataBlocks + made.Trailer.ZeroBlocks} of {onePass.ComparedBlocks} blocks differ: ";
        string repeats = made.RepeatedBlocks == 0 ? string.Empty : $" ({made.RepeatedBlocks} repeat earlier ones)";
        string copied = made.Trailer.CopyBlocks == 0 ? string.Empty : $" {made.Trailer.CopyBlocks} to copy,";
        session.Terminal.Summary(
            $"{name}: {compared}{CountText.Blocks(made.Trailer.DataBlocks!.Value)} with content ({SizeText.Format(made.Trailer.DataBytes!.Value)}){repeats},{copied} {made.Trailer.ZeroBlocks} of zeros; {SizeText.Format(made.Length)}");
        if (onePass is { SizeLeft: false })
        {
            DataRequestActions.SaySizes(session.Terminal, made.Header);
        }

        ClosingLines.Say(session, "read", made.ReadBytes, NextCommand.AfterDataFile(path, made));
    }
}

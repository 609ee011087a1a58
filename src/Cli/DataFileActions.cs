using System.CommandLine;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync;

namespace BinarySync.Cli;

/// <summary>What `dtfile MASTER` does.</summary>
public static class DataFileActions
{
    /// <summary>The arguments of `dtfile MASTER`.</summary>
    public sealed record CreateArguments(
        Argument<string> Master,
        Option<string> Request,
        Option<Compression?> Compress,
        Option<bool> NoRepeats,
        Option<string?> Label,
        Option<bool> Live,
        Option<string?> Output,
        Option<bool> Force);

    /// <summary>Collects the requested blocks of the master.</summary>
    public static int Create(ParseResult result, ToolContext context, CommonOptions common, CreateArguments arguments)
    {
        using CommandSession session = common.Begin(result, context);
        string master = result.GetValue(arguments.Master)!;
        string request = result.GetValue(arguments.Request)!;
        string path = MessageFiles.OutputPath(result.GetValue(arguments.Output), request, MessageKind.DataRequest, MessageKind.DataFile);
        Compression compression = result.GetValue(arguments.Compress) ?? Compression.DefaultLZ4;
        DataFileSpecification specification = new()
        {
            Compression = compression,
            FrameSize = compression.FrameSize,
            Repeats = !result.GetValue(arguments.NoRepeats),
            Label = result.GetValue(arguments.Label),
            Live = result.GetValue(arguments.Live),
        };
        using IReadableStorage source = common.Storage.OpenSource(result, master, session.Options.Cancellation);
        using Stream input = MessageFiles.Open(request, session.Options.Cancellation);
        OperationReader reader = new(input, MessageFiles.NameOf(request), MessageKind.DataRequest);
        using MessageOutput output = MessageFiles.Create(path, result.GetValue(arguments.Force), session, request, master);
        SourceWarnings.Say(session.Terminal, source, specification.Live);
        DataFileResult made = DataFileOperation.Run(source, reader, specification, output.Stream, session.Options);
        output.Commit();
        if (session.Json)
        {
            using Report report = new(session.Terminal, json: true);
            report.AddHeader("output", path, made.Header);
            report.AddTrailer(made.Trailer);
            report.Add("length", null, made.Length);
            report.Add("repeated_blocks", null, made.RepeatedBlocks);
            report.Finish();
            return ExitCode.Done;
        }

        string repeats = made.RepeatedBlocks == 0 ? string.Empty : $" ({made.RepeatedBlocks} repeat earlier ones)";
        session.Terminal.Summary(
            $"{output.Name}: {CountText.Blocks(made.Trailer.DataBlocks!.Value)} with content ({SizeText.Format(made.Trailer.DataBytes!.Value)}){repeats}, {made.Trailer.ZeroBlocks} of zeros; {SizeText.Format(made.Length)}");
        session.Terminal.Detail($"{SizeText.Format(made.Trailer.DataBytes.Value)} in {Rate.Text(made.Trailer.DataBytes.Value, session.Elapsed)}");
        return ExitCode.Done;
    }
}

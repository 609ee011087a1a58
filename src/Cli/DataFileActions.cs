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
        Option<string?> Label,
        Option<bool> Live,
        Option<string?> Output,
        Option<bool> Force,
        Option<long?> Split,
        Option<int?> Part);

    /// <summary>Collects the requested blocks of the master.</summary>
    public static int Create(ParseResult result, ToolContext context, CommonOptions common, CreateArguments arguments)
    {
        using CommandSession session = common.Begin(result, context);
        string master = result.GetValue(arguments.Master)!;
        string request = result.GetValue(arguments.Request)!;
        string path = MessageFiles.OutputPath(result.GetValue(arguments.Output), request, MessageKind.DataRequest, MessageKind.DataFile);
        DataFileSpecification specification = new()
        {
            Compression = result.GetValue(arguments.Compress) ?? Compression.DefaultLZ4,
            Label = result.GetValue(arguments.Label),
            Live = result.GetValue(arguments.Live),
        };
        int? part = result.GetValue(arguments.Part);
        if (result.GetValue(arguments.Split) is { } mostBytes)
        {
            SplitJob job = new(master, request, path, result.GetValue(arguments.Force), mostBytes, part, specification);
            return SplitActions.Create(result, common, session, job);
        }

        if (part is not null)
        {
            throw new UsageException("--part names a part of a set: it wants --split");
        }

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
            report.Finish();
            return ExitCode.Done;
        }

        session.Terminal.Summary(
            $"{output.Name}: {CountText.Blocks(made.Trailer.DataBlocks!.Value)} with content ({SizeText.Format(made.Trailer.DataBytes!.Value)}), {made.Trailer.ZeroBlocks} of zeros; {SizeText.Format(made.Length)}");
        session.Terminal.Detail($"{SizeText.Format(made.Trailer.DataBytes.Value)} in {Rate.Text(made.Trailer.DataBytes.Value, session.Elapsed)}");
        return ExitCode.Done;
    }
}

using System.CommandLine;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Closing;
using BinarySync.Cli.Host;
using BinarySync.Cli.Inputs;
using BinarySync.Cli.Output;
using BinarySync.Cli.Texts;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Requests;

namespace BinarySync.Cli.Commands;

/// <summary>What `dtreq merge` does.</summary>
public static class MergeActions
{
    /// <summary>Makes one data request of several.</summary>
    public static int Merge(
        ParseResult result, ToolContext context, CommonOptions common, Argument<string[]> requests, Option<string?> label, Option<string?> outputOption, Option<bool> force)
    {
        using CommandSession session = common.Begin(result, context);
        string[] paths = result.GetValue(requests)!;
        string path = result.GetValue(outputOption)!;
        if (paths.Length > FormatLimits.MaxBases)
        {
            throw new UsageException($"there are {paths.Length} requests; at most {FormatLimits.MaxBases} can be merged");
        }

        List<MergeInput> inputs = [];
        try
        {
            foreach (string request in paths)
            {
                inputs.Add(new MergeInput(MessageFiles.OpenSeekable(request, session.Options.Cancellation), request));
            }

            using MessageOutput output = MessageFiles.Create(path, result.GetValue(force), session, paths);
            MergeResult made = MergeOperation.Run(inputs, result.GetValue(label), output.Stream, session.Options);
            long length = output.Stream.Position;
            output.Commit();
            ShrinkWarning.Say(session.Terminal, made.Header);
            if (session.Json)
            {
                using Report report = new(session.Terminal, json: true);
                report.AddHeader("output", path, made.Header);
                report.AddTrailer(made.Trailer);
                report.Add("length", null, length);
                report.Finish(VersionText.Number, session.Elapsed);
                return ExitCode.Done;
            }

            session.Terminal.Summary(
                $"{output.Name}: for {(paths.Length == 1 ? "1 remote" : $"{paths.Length} remotes")}: {CountText.Blocks(made.Trailer.DataBlocks!.Value)} to send ({SizeText.Format(made.Trailer.DataBytes!.Value)}), {made.Trailer.ZeroBlocks} zeros; {SizeText.Format(length)}");
            ClosingLines.Say(session, "read", inputs.Sum(input => input.Stream.Length), NextCommand.AfterMerge(path));
            return ExitCode.Done;
        }
        finally
        {
            inputs.ForEach(input => input.Stream.Dispose());
        }
    }
}

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

/// <summary>`dtreq merge`: makes one data request of those of several remotes.</summary>
public sealed class MergeCommand(ToolContext context, CommonOptions common)
{
    private readonly Argument<string[]> _requests = new("FILE.dtr")
    {
        Description = "Data requests of several remotes, all made with the same checksum file of the master",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _label = OptionValues.Label();

    private readonly Option<string?> _output = OptionValues.Output("FILE.dtr", required: true);

    private readonly Option<bool> _force = OptionValues.Force();

    /// <summary>The command, to be added to a program.</summary>
    public Command Declare()
    {
        Command command = new("merge", "Merge the data requests of several remotes into one: one data file then serves all of them")
        {
            _requests, _label, _output, _force, OutputMode.Option(),
        };
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult result)
    {
        using CommandSession session = common.Begin(result, context);
        string[] paths = result.GetValue(_requests)!;
        string path = result.GetValue(_output)!;
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

            using MessageOutput output = MessageFiles.Create(path, result.GetValue(_force), session, paths);
            MergeResult made = MergeOperation.Run(inputs, result.GetValue(_label), output.Stream, session.Options);
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

            string remotes = paths.Length == 1 ? "1 remote" : $"{paths.Length} remotes";
            string content = $"{CountText.Blocks(made.Trailer.DataBlocks)} to send ({SizeText.Format(made.Trailer.DataBytes)})";
            session.Terminal.Summary(
                $"{output.Name}: for {remotes}: {content}, {made.Trailer.ZeroBlocks} zeros; {SizeText.Format(length)}");
            ClosingLines.Say(session, "read", inputs.Sum(input => input.Stream.Length), NextCommand.AfterMerge(path));
            return ExitCode.Done;
        }
        finally
        {
            inputs.ForEach(input => input.Stream.Dispose());
        }
    }
}

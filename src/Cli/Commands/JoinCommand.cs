using System.CommandLine;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Host;
using BinarySync.Cli.Inputs;
using BinarySync.Storage;
using BinarySync.Sync.Checksums;

namespace BinarySync.Cli.Commands;

/// <summary>`ckfile join`: makes one checksum file of several for ranges of one target.</summary>
public sealed class JoinCommand(ToolContext context, CommonOptions common)
{
    private readonly Argument<string[]> _parts = new("PART.ckf")
    {
        Description = "Checksum files for ranges of one target; one of them may be '-', standard input",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _partial = new("--partial") { Description = "Accept parts that do not cover the whole target" };

    private readonly Option<string?> _label = OptionValues.Label();

    private readonly Option<string?> _output = OptionValues.Output("FILE.ckf", required: true);

    private readonly Option<bool> _force = OptionValues.Force();

    /// <summary>The command, to be added to a program.</summary>
    public Command Declare()
    {
        Command command = new("join", "Join several checksum files for ranges of one target into one")
        {
            _parts, _partial, _label, _output, _force, OutputMode.Option(),
        };
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult result)
    {
        using CommandSession session = common.Begin(result, context);
        string[] parts = result.GetValue(_parts)!;
        string path = result.GetValue(_output)!;
        MessageFiles.RequireOneStandardInput(parts);
        CancellationToken cancellation = session.Options.Cancellation;
        using MessageOutput output = MessageFiles.Create(path, result.GetValue(_force), session, parts);
        JoinResult made = JoinOperation.Run(
            [.. parts.Select(part => new JoinPart(MessageFiles.NameOf(part), () => MessageFiles.Open(part, cancellation)))],
            result.GetValue(_partial),
            result.GetValue(_label),
            output.Stream,
            session.Options);
        long length = output.Stream.Position;
        output.Commit();
        if (made.Missing.BlockCount > 0)
        {
            session.Terminal.Note($"the parts leave out {made.Missing} of the target's {made.Header.Geometry.BlockCount}");
        }

        if (made.DropsRollingSums)
        {
            session.Terminal.Note($"some parts have no rolling sums, so {output.Name} has none: make all parts with ckfile --shift");
        }

        ChecksumReport.Say(session, path, output.Name, made.Header, made.Trailer, length, made.ReadBytes);
        return ExitCode.Done;
    }
}

using System.CommandLine;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Host;
using BinarySync.Cli.Maps;
using BinarySync.Format;

namespace BinarySync.Cli.Commands;

/// <summary>`info`: reads a message of a kind to its end, which verifies it, and shows its header, counts and identities.</summary>
/// <param name="context">Its terminal takes the output.</param>
/// <param name="common">The common options.</param>
/// <param name="kind">The kind of message that the program handles.</param>
public sealed class InfoCommand(ToolContext context, CommonOptions common, MessageKind kind)
{
    private readonly Argument<string> _file = new($"FILE.{kind.Extension()}")
    {
        Description = $"A {kind.Words()}; '-' is standard input",
    };

    private readonly Option<bool> _extents = OptionValues.Extents();

    private readonly MapOptions _maps = new();

    /// <summary>The command, to be added to a program. A checksum request has no runs to be listed or drawn.</summary>
    public Command Declare()
    {
        string shows = kind switch
        {
            MessageKind.ChecksumFile => "says",
            MessageKind.DataFile => "holds",
            _ => "asks for",
        };
        Command command = new("info", $"Verify a {kind.Words()} and show what it {shows}") { _file };
        if (kind != MessageKind.ChecksumRequest)
        {
            command.Add(_extents);
            _maps.AddTo(command);
        }

        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult result)
    {
        string path = result.GetValue(_file)!;
        using CommandSession session = common.Begin(result, context);
        bool hasRuns = kind != MessageKind.ChecksumRequest;
        using MapOutput? map = hasRuns ? _maps.Begin(result, session, path) : null;
        MessageInfo.Show(session, kind, path, hasRuns && result.GetValue(_extents), map);
        return ExitCode.Done;
    }
}

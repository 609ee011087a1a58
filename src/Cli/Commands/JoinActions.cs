using System.CommandLine;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Host;
using BinarySync.Cli.Inputs;
using BinarySync.Storage;
using BinarySync.Sync.Checksums;

namespace BinarySync.Cli.Commands;

/// <summary>What `ckfile join` does.</summary>
public static class JoinActions
{
    /// <summary>The arguments of `ckfile join`.</summary>
    public sealed record JoinArguments(
        Argument<string[]> Parts,
        Option<bool> Partial,
        Option<string?> Label,
        Option<string?> Output,
        Option<bool> Force);

    /// <summary>Makes one checksum file of several for ranges of one target.</summary>
    public static int Join(ParseResult result, ToolContext context, CommonOptions common, JoinArguments arguments)
    {
        using CommandSession session = common.Begin(result, context);
        string[] parts = result.GetValue(arguments.Parts)!;
        string path = result.GetValue(arguments.Output)!;
        MessageFiles.RequireOneStandardInput(parts);
        CancellationToken cancellation = session.Options.Cancellation;
        using MessageOutput output = MessageFiles.Create(path, result.GetValue(arguments.Force), session, parts);
        JoinResult made = JoinOperation.Run(
            [.. parts.Select(part => new JoinPart(MessageFiles.NameOf(part), () => MessageFiles.Open(part, cancellation)))],
            result.GetValue(arguments.Partial),
            result.GetValue(arguments.Label),
            output.Stream,
            session.Options);
        long length = output.Stream.Position;
        output.Commit();
        if (made.Missing.BlockCount > 0)
        {
            session.Terminal.Note($"the parts leave out {made.Missing} of the target's {made.Header.Geometry.BlockCount}");
        }

        ChecksumActions.ReportMade(session, path, output.Name, made.Header, made.Trailer, length, made.ReadBytes);
        return ExitCode.Done;
    }
}

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
using BinarySync.Sync.Comparing;
using BinarySync.Sync.Requests;

namespace BinarySync.Cli.Commands;

/// <summary>What `dtreq` does, but for `info`.</summary>
public static class DataRequestActions
{
    /// <summary>The arguments of `dtreq`.</summary>
    public sealed record CreateArguments(
        Option<string> Remote, Option<string> Master, Option<bool> NoCopy, Option<string?> Label, Option<string?> Output, Option<bool> Force);

    /// <summary>Compares two checksum files.</summary>
    public static int Create(ParseResult result, ToolContext context, CommonOptions common, CreateArguments arguments)
    {
        using CommandSession session = common.Begin(result, context);
        string remote = result.GetValue(arguments.Remote)!;
        string master = result.GetValue(arguments.Master)!;
        bool copies = !result.GetValue(arguments.NoCopy);
        MessageFiles.RequireOneStandardInput(remote, master);
        string path = MessageFiles.OutputPath(result.GetValue(arguments.Output), remote, MessageKind.ChecksumFile, MessageKind.DataRequest, master);
        using Stream remoteInput = MessageFiles.Open(remote, session.Options.Cancellation);
        using Stream masterInput = MessageFiles.Open(master, session.Options.Cancellation);
        using MessageOutput output = MessageFiles.Create(path, result.GetValue(arguments.Force), session, remote, master);
        DataRequestResult made = copies
            ? WithCopies(result.GetValue(arguments.Label), remote, remoteInput, master, masterInput, path, output, session)
            : WithoutCopies(result.GetValue(arguments.Label), remote, remoteInput, master, masterInput, output, session);
        long length = output.Stream.Position;
        output.Commit();
        if (made.SizeLeft)
        {
            NoteSizeLeft(session.Terminal);
        }

        if (made.BlocksLeftOut > 0)
        {
            session.Terminal.Note($"there is no room to remember more: {CountText.Blocks(made.BlocksLeftOut)} were not looked for elsewhere on the remote, and are sent");
        }

        ShrinkWarning.Say(session.Terminal, made.Header);
        if (session.Json)
        {
            using Report report = new(session.Terminal, json: true);
            report.AddHeader("output", path, made.Header);
            report.AddTrailer(made.Trailer);
            report.Add("compared_blocks", null, made.ComparedBlocks);
            report.Add("blocks_not_looked_for", null, made.BlocksLeftOut);
            report.Add("length", null, length);
            report.Finish(VersionText.Number, session.Elapsed);
            return ExitCode.Done;
        }

        MessageTrailer trailer = made.Trailer;
        string copied = trailer.CopyBlocks == 0 ? string.Empty : $" {trailer.CopyBlocks} to copy from elsewhere,";
        session.Terminal.Summary(
            $"{output.Name}: {trailer.DataBlocks + trailer.ZeroBlocks + trailer.CopyBlocks} of {made.ComparedBlocks} blocks differ: {trailer.DataBlocks} to send ({SizeText.Format(trailer.DataBytes!.Value)}),{copied} {trailer.ZeroBlocks} zeros; {SizeText.Format(length)}");
        if (!made.SizeLeft)
        {
            SaySizes(session.Terminal, made.Header);
        }

        ClosingLines.Say(session, "read", made.ReadBytes, NextCommand.AfterDataRequest(path, master, made));
        return ExitCode.Done;
    }

    private static DataRequestResult WithoutCopies(
        string? label, string remote, Stream remoteInput, string master, Stream masterInput, MessageOutput output, CommandSession session)
    {
        using ChecksumFileReader remoteReader = new(remoteInput, MessageFiles.NameOf(remote));
        using ChecksumFileReader masterReader = new(masterInput, MessageFiles.NameOf(master));
        return DataRequestOperation.Run(remoteReader, masterReader, label, output.Stream, session.Options);
    }

    // Each file is read several times: a pipe waits beside the output, or where temporary files are.
    private static DataRequestResult WithCopies(
        string? label, string remote, Stream remoteInput, string master, Stream masterInput, string path, MessageOutput output, CommandSession session)
    {
        string directory = path == MessageFiles.Standard ? SpoolDirectory.Temporary : FileIdentity.DirectoryOf(path);
        using Stream ofRemote = Seekable(remoteInput, remote);
        using Stream ofMaster = Seekable(masterInput, master);
        return DataRequestOperation.RunWithCopies(
            new ChecksumSource(ofRemote, MessageFiles.NameOf(remote)), new ChecksumSource(ofMaster, MessageFiles.NameOf(master)), label, output.Stream, session.Options);

        Stream Seekable(Stream input, string name) =>
            input.CanSeek ? input : SpoolDirectory.Spool(input, MessageFiles.NameOf(name), directory, output.Name, "use --no-copy, which needs no room: each file is read once", session);
    }

    /// <summary>Says that the ranges do not allow to change the size.</summary>
    internal static void NoteSizeLeft(Terminal terminal) =>
        terminal.Note("the sizes differ, and the ranges leave out a part of the difference: the target will keep its size");

    /// <summary>Says how the size changes, if it does.</summary>
    internal static void SaySizes(Terminal terminal, MessageHeader header)
    {
        if (header.BaseSize != header.TargetSize)
        {
            terminal.Summary($"size changes from {SizeText.Exact(header.BaseSize!.Value)} to {SizeText.Exact(header.TargetSize!.Value)}");
        }
    }
}

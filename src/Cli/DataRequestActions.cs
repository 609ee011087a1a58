using System.CommandLine;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync;

namespace BinarySync.Cli;

/// <summary>What `dtreq` does, but for `info`.</summary>
public static class DataRequestActions
{
    /// <summary>Compares two checksum files.</summary>
    public static int Create(
        ParseResult result, ToolContext context, CommonOptions common, Option<string> remoteOption, Option<string> masterOption, Option<string?> label, Option<string?> outputOption, Option<bool> force)
    {
        using CommandSession session = common.Begin(result, context);
        string remote = result.GetValue(remoteOption)!;
        string master = result.GetValue(masterOption)!;
        MessageFiles.RequireOneStandardInput(remote, master);
        string path = MessageFiles.OutputPath(result.GetValue(outputOption), remote, MessageKind.ChecksumFile, MessageKind.DataRequest, master);
        using Stream remoteInput = MessageFiles.Open(remote, session.Options.Cancellation);
        using Stream masterInput = MessageFiles.Open(master, session.Options.Cancellation);
        using ChecksumFileReader remoteReader = new(remoteInput, MessageFiles.NameOf(remote));
        using ChecksumFileReader masterReader = new(masterInput, MessageFiles.NameOf(master));
        using MessageOutput output = MessageFiles.Create(path, result.GetValue(force), session, remote, master);
        DataRequestResult made = DataRequestOperation.Run(remoteReader, masterReader, result.GetValue(label), output.Stream, session.Options);
        long length = output.Stream.Position;
        output.Commit();
        if (made.SizeLeft)
        {
            NoteSizeLeft(session.Terminal);
        }

        if (session.Json)
        {
            using Report report = new(session.Terminal, json: true);
            report.AddHeader("output", path, made.Header);
            report.AddTrailer(made.Trailer);
            report.Add("compared_blocks", null, made.ComparedBlocks);
            report.Add("length", null, length);
            report.Finish();
            return ExitCode.Done;
        }

        session.Terminal.Summary(
            $"{output.Name}: {made.Trailer.DataBlocks + made.Trailer.ZeroBlocks} of {made.ComparedBlocks} blocks differ: {made.Trailer.DataBlocks} to send ({SizeText.Format(made.Trailer.DataBytes!.Value)}), {made.Trailer.ZeroBlocks} zeros; {SizeText.Format(length)}");
        if (!made.SizeLeft)
        {
            SaySizes(session.Terminal, made.Header);
        }

        return ExitCode.Done;
    }

    /// <summary>Says that the ranges do not allow to change the size.</summary>
    internal static void NoteSizeLeft(Terminal terminal) =>
        terminal.Note("the sizes differ, and the ranges leave out a part of what lies between: the size of the target will be left as it is");

    /// <summary>Says how the size changes, if it does.</summary>
    internal static void SaySizes(Terminal terminal, MessageHeader header)
    {
        if (header.BaseSize != header.TargetSize)
        {
            terminal.Summary($"size changes from {SizeText.Exact(header.BaseSize!.Value)} to {SizeText.Exact(header.TargetSize!.Value)}");
        }
    }
}

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

/// <summary>`dtreq`: compares two checksum files into a data request.</summary>
public sealed class DataRequestCommand(ToolContext context, CommonOptions common)
{
    private readonly Option<string> _remote = new("--remote")
    {
        Description = "The remote's checksum file (the old content); '-' is standard input",
        HelpName = "R.ckf",
        Required = true,
    };

    private readonly Option<string> _master = new("--master")
    {
        Description = "The master's checksum file (the new content); '-' is standard input",
        HelpName = "M.ckf",
        Required = true,
    };

    private readonly Option<bool> _noCopy = new("--no-copy")
    {
        Description = "Do not look for content that the remote has elsewhere; send everything that differs",
    };

    private readonly Option<string?> _label = OptionValues.Label();

    private readonly Option<string?> _output = OptionValues.Output("FILE.dtr");

    private readonly Option<bool> _force = OptionValues.Force();

    /// <summary>The program's own command.</summary>
    public RootCommand Declare()
    {
        RootCommand root = new("Compare two checksum files and write a data request: the blocks that the remote needs")
        {
            _remote, _master, _noCopy, _label, _output, _force, OutputMode.Option(),
        };
        common.AddTo(root);
        root.SetAction(Run);
        return root;
    }

    private int Run(ParseResult result)
    {
        using CommandSession session = common.Begin(result, context);
        string remote = result.GetValue(_remote)!;
        string master = result.GetValue(_master)!;
        bool copies = !result.GetValue(_noCopy);
        MessageFiles.RequireOneStandardInput(remote, master);
        string path = MessageFiles.OutputPath(result.GetValue(_output), remote, MessageKind.ChecksumFile, MessageKind.DataRequest, master);
        using Stream remoteInput = MessageFiles.Open(remote, session.Options.Cancellation);
        using Stream masterInput = MessageFiles.Open(master, session.Options.Cancellation);
        using MessageOutput output = MessageFiles.Create(path, result.GetValue(_force), session, remote, master);
        DataRequestResult made = copies
            ? WithCopies(result.GetValue(_label), remote, remoteInput, master, masterInput, path, output, session)
            : WithoutCopies(result.GetValue(_label), remote, remoteInput, master, masterInput, output, session);
        long length = output.Stream.Position;
        output.Commit();
        if (made.SizeLeft)
        {
            SizeChange.NoteLeft(session.Terminal);
        }

        if (made.BlocksLeftOut > 0)
        {
            session.Terminal.Note(
                $"there is no room to remember more: {CountText.Blocks(made.BlocksLeftOut)} were not looked for elsewhere on the remote, "
                    + "and are sent");
        }

        if (made.HasRollingSums && made.Trailer.DataBlocks > 0)
        {
            session.Terminal.Note(
                "content that moved by part of a block is sent: only dtfile --remote --shift, which reads the master, finds it by the "
                    + "rolling sums");
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

        OperationsTrailer trailer = made.Trailer;
        string copied = trailer.CopyBlocks == 0 ? string.Empty : $" {trailer.CopyBlocks} to copy from elsewhere,";
        session.Terminal.Summary(
            $"{output.Name}: {trailer.DataBlocks + trailer.ZeroBlocks + trailer.CopyBlocks} of {made.ComparedBlocks} blocks differ: "
                + $"{trailer.DataBlocks} to send ({SizeText.Format(trailer.DataBytes)}),{copied} {trailer.ZeroBlocks} zeros; "
                + $"{SizeText.Format(length)}");
        if (!made.SizeLeft)
        {
            SizeChange.Say(session.Terminal, made.Header);
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

    // Each file is read several times: the content of a pipe waits beside the output, or in the directory of temporary files.
    private static DataRequestResult WithCopies(
        string? label, string remote, Stream remoteInput, string master, Stream masterInput, string path, MessageOutput output,
        CommandSession session)
    {
        string directory = path == MessageFiles.Standard ? SpoolDirectory.Temporary : FileIdentity.DirectoryOf(path);
        using Stream ofRemote = Seekable(remoteInput, remote);
        using Stream ofMaster = Seekable(masterInput, master);
        return DataRequestOperation.RunWithCopies(
            new ChecksumSource(ofRemote, MessageFiles.NameOf(remote)),
            new ChecksumSource(ofMaster, MessageFiles.NameOf(master)),
            label,
            output.Stream,
            session.Options);

        Stream Seekable(Stream input, string name) =>
            input.CanSeek
                ? input
                : SpoolDirectory.Spool(
                    input,
                    MessageFiles.NameOf(name),
                    directory,
                    output.Name,
                    "use --no-copy, which needs no room: each file is read once",
                    session);
    }
}

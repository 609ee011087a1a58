using BinarySync.Cli.Closing;
using BinarySync.Cli.Host;
using BinarySync.Cli.Output;
using BinarySync.Cli.Texts;
using BinarySync.Format;
using BinarySync.Sync.Checksums;

namespace BinarySync.Cli.Commands;

/// <summary>The output of `ckfile` and `ckfile join` about the checksum file that they made.</summary>
internal static class ChecksumReport
{
    /// <summary>Prints it, for people or scripts.</summary>
    public static void Say(
        CommandSession session,
        string path,
        string name,
        ChecksumFileHeader header,
        ChecksumFileTrailer trailer,
        long length,
        long readBytes,
        ChecksumResult? skipped = null)
    {
        if (session.Json)
        {
            using Report report = new(session.Terminal, json: true);
            report.AddHeader("output", path, header);
            report.AddTrailer(trailer);
            report.Add("length", null, length);
            if (skipped is not null)
            {
                ReadErrorReport.Add(report, skipped);
            }

            report.Finish(VersionText.Number, session.Elapsed);
            return;
        }

        session.Terminal.Summary(
            $"{name}: {CountText.Blocks(trailer.DataBlocks + trailer.ZeroBlocks)} of {SizeText.Format(header.BlockSize)} "
                + $"({trailer.ZeroBlocks} of them zeros), {header.Hash.Name}, {SizeText.Format(length)}");
        ClosingLines.Say(session, "read", readBytes, next: null);
        if (NextCommand.AfterChecksums(path, header, trailer) is var (ofRemote, ofMaster))
        {
            ClosingLines.SayNext(session, ofRemote, "on the master, if this is the remote's");
            ClosingLines.SayNext(session, ofMaster, "if this is the master's");
        }
    }
}

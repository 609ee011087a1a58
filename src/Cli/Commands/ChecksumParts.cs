using BinarySync.Cli.Arguments;
using BinarySync.Cli.Closing;
using BinarySync.Cli.Host;
using BinarySync.Cli.Inputs;
using BinarySync.Cli.Output;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Checksums;

namespace BinarySync.Cli.Commands;

/// <summary>The work of `ckfile TARGET --split`.</summary>
internal static class ChecksumParts
{
    /// <summary>Writes several checksum files, each for a range.</summary>
    /// <param name="session">The command.</param>
    /// <param name="source">The target.</param>
    /// <param name="specification">How they are made.</param>
    /// <param name="path">The name that one checksum file would have.</param>
    /// <param name="force">Replace existing outputs.</param>
    /// <param name="mostBytes">The largest number of bytes of a part.</param>
    /// <param name="inputs">Files of this command that must not be replaced.</param>
    public static int Create(
        CommandSession session, IReadableStorage source, ChecksumSpecification specification, string path, bool force, long mostBytes,
        string[] inputs)
    {
        if (path == MessageFiles.Standard)
        {
            throw new UsageException("the parts are several files; standard output is one", "name the output with -o");
        }

        if (specification.Parent is not null)
        {
            throw new UsageException("--split cannot refine: the parts would each answer a part of the request", "leave out --split");
        }

        IReadOnlyList<BlockCoverage> parts = ChecksumSplit.Plan(source.Length, specification, mostBytes);
        string[] names = [.. Enumerable.Range(1, parts.Count).Select(
            part => PartNames.Of(path, part, parts.Count, MessageKind.ChecksumFile))];
        foreach (string name in names)
        {
            MessageFiles.DemandName(name, force, inputs);
        }

        IReadOnlyList<(ChecksumResult Result, long Length)> made = ChecksumSplit.Write(
            source, specification, parts, part => MessageFiles.Create(names[part - 1], force, session, inputs), session.Options);
        if (session.Json)
        {
            Report(session, names, made);
            return ExitCode.Done;
        }

        string all = names.Length == 1 ? names[0] : $"{names[0]} to {names[^1]}";
        long blocks = made.Sum(part => part.Result.Trailer.DataBlocks + part.Result.Trailer.ZeroBlocks);
        session.Terminal.Summary(
            $"{all}: {CountText.Blocks(blocks)} of {SizeText.Format(specification.BlockSize)}, {specification.Hash.Name}, "
                + $"{SizeText.Format(made.Sum(part => part.Length))}");
        ClosingLines.Say(session, "read", made.Sum(part => part.Result.ReadBytes), next: null);
        ClosingLines.SayNext(session, NextCommand.AfterChecksumParts(path, names), "where all of them are");
        return ExitCode.Done;
    }

    private static void Report(CommandSession session, string[] names, IReadOnlyList<(ChecksumResult Result, long Length)> made)
    {
        using Report report = new(session.Terminal, json: true);
        report.BeginArray("parts");
        for (int i = 0; i < names.Length; i++)
        {
            report.BeginObject();
            report.AddHeader("output", names[i], made[i].Result.Header);
            report.AddTrailer(made[i].Result.Trailer);
            report.Add("length", null, made[i].Length);
            report.EndObject();
            report.Drain();
        }

        report.EndArray();
        report.Finish(VersionText.Number, session.Elapsed);
    }
}

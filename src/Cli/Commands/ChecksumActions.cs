using System.CommandLine;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Closing;
using BinarySync.Cli.Host;
using BinarySync.Cli.Inputs;
using BinarySync.Cli.Maps;
using BinarySync.Cli.Output;
using BinarySync.Cli.Texts;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Storage.Messages;
using BinarySync.Storage.State;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Cli.Commands;

/// <summary>What `ckfile TARGET` and `ckfile check` do.</summary>
public static class ChecksumActions
{
    /// <summary>The arguments of `ckfile TARGET`.</summary>
    public sealed record CreateArguments(
        Argument<string> Target,
        Option<string?> Request,
        SpecificationArguments Specification,
        Option<string?> Label,
        Option<bool> Live,
        Option<HolePolicy?> Holes,
        Option<ReadErrorPolicy?> ReadErrors,
        Option<long?> Split,
        Option<string?> Output,
        Option<bool> Force);

    /// <summary>Writes the checksum file of a target.</summary>
    public static int Create(ParseResult result, ToolContext context, CommonOptions common, CreateArguments arguments)
    {
        using CommandSession session = common.Begin(result, context);
        string target = TargetPath.Demand(result.GetValue(arguments.Target)!);
        string path = MessageFiles.OutputPath(result.GetValue(arguments.Output), target, inputKind: null, MessageKind.ChecksumFile, result.GetValue(arguments.Request));
        ChecksumSpecification specification = Specification(result, arguments, session) with
        {
            Label = result.GetValue(arguments.Label),
            Live = result.GetValue(arguments.Live),
            Holes = result.GetValue(arguments.Holes) ?? HolePolicy.Trust,
        };
        bool skips = result.GetValue(arguments.ReadErrors) == ReadErrorPolicy.Skip;
        if (skips && specification.Parent is not null)
        {
            throw new UsageException(
                "--read-errors skip cannot refine: the refined request must cover everything that the coarse one found",
                "start again with a coarse checksum file of the readable blocks");
        }

        using IReadableStorage source = common.Storage.OpenSource(result, target, session.Options.Cancellation);
        string[] inputs = result.GetValue(arguments.Request) is { } request ? [target, request] : [target];
        bool force = result.GetValue(arguments.Force);
        if (result.GetValue(arguments.Split) is { } mostBytes)
        {
            if (skips)
            {
                throw new UsageException("--split and --read-errors skip cannot be used together", "leave out --split");
            }

            SourceWarnings.Say(session.Terminal, source, specification.Live);
            return ChecksumSplitActions.Create(session, source, specification, path, force, mostBytes, inputs);
        }

        using MessageOutput output = MessageFiles.Create(path, force, session, inputs);
        SourceWarnings.Say(session.Terminal, source, specification.Live);
        SourceWarnings.SayMessage(session.Terminal, target, checksums: null);
        SayLength(session.Terminal, output.Name, source, specification);
        using Stream? spool = skips ? CreateSpool(path) : null;
        ChecksumResult made = ChecksumOperation.Run(source, specification, output.Stream, session.Options, spool);
        long length = output.Stream.Position;
        output.Commit();
        HoleNote.Say(session.Terminal, target, made.DoubtedHoles);
        if (made.RangesClipped)
        {
            session.Terminal.Note($"ranges go past the {made.Header.Geometry.BlockCount} blocks of {target}; they were clipped to its end");
        }

        ReadErrorReport.Say(session.Terminal, target, made);
        ReportMade(session, path, output.Name, made.Header, made.Trailer, length, made.ReadBytes, skips ? made : null);
        return made.Unreadable.BlockCount == 0 ? ExitCode.Done : ExitCode.Different;
    }

    /// <summary>Compares a target with its checksum file: exit 1 where they differ.</summary>
    public static int Check(
        ParseResult result, ToolContext context, CommonOptions common, Argument<string> targetArgument, Argument<string> fileArgument, Option<bool> live, Option<HolePolicy?> holes, MapOptions maps)
    {
        using CommandSession session = common.Begin(result, context);
        string target = TargetPath.Demand(result.GetValue(targetArgument)!);
        string file = result.GetValue(fileArgument)!;
        using IReadableStorage source = common.Storage.OpenSource(result, target, session.Options.Cancellation);
        using Stream input = MessageFiles.Open(file, session.Options.Cancellation);
        using MapOutput? output = maps.Begin(result, session, target, file);
        using ChecksumFileReader checksums = new(input, MessageFiles.NameOf(file));
        DeviceFileWarning.Say(session.Terminal, target);
        SourceWarnings.SayMessage(session.Terminal, target, "dtreq compares two checksum files");
        CheckMap? map = output is null ? null : new CheckMap(source, checksums.Header, output);
        CheckResult check = CheckOperation.Run(
            source, checksums, result.GetValue(holes) ?? HolePolicy.Trust, result.GetValue(live), session.Options, map is null ? null : map.Add);
        map?.Complete(check);
        HoleNote.Say(session.Terminal, target, check.DoubtedHoles);
        if (check.BytesNotCompared > 0)
        {
            session.Terminal.Note($"the device is {SizeText.Format(check.BytesNotCompared)} longer than {MessageFiles.NameOf(file)} says; that part was not compared");
        }

        using Report report = new(session.Terminal, session.Json);
        if (session.Json)
        {
            ReportCheck(report, check);
            DrawCheck(output, target, MessageFiles.NameOf(file), report.OwnLine);
            if (output?.Path is { } picture)
            {
                report.AddHidden("map", picture);
            }

            report.Finish(VersionText.Number, session.Elapsed);
        }
        else
        {
            if (!session.Terminal.IsQuiet)
            {
                SayDifferences(session.Terminal, target, MessageFiles.NameOf(file), check);
            }

            DrawCheck(output, target, MessageFiles.NameOf(file), session.Terminal.OwnLine);
            SayCheck(session.Terminal, target, MessageFiles.NameOf(file), check);
            string? interrupted = check.IsEqual ? null : InterruptedRun(target);
            ClosingLines.Say(session, "read", check.ReadBytes, interrupted is null ? NextCommand.AfterCheck(target, file, check) : null);
            if (interrupted is not null)
            {
                session.Terminal.Note($"a run of {interrupted} was interrupted, and {target} is partly patched");
                ClosingLines.SayNext(session, $"dtfile apply {ShellText.File(interrupted)} {ShellText.File(target)}", "to finish it");
            }
        }

        return check.IsEqual ? ExitCode.Done : ExitCode.Different;
    }

    // Only to say it: a journal that cannot be read, or is not trusted, is left to `dtfile apply`.
    private static string? InterruptedRun(string target)
    {
        try
        {
            using StateFile journal = StateDirectory.JournalOf(target, directory: null, readOnly: true);
            return ApplyOperation.InterruptedRun(journal);
        }
        catch (StorageException)
        {
            return null;
        }
    }

    /// <summary>Says how large the checksum file of a large target will be, before hours of reading.</summary>
    private static void SayLength(Terminal terminal, string name, IReadableStorage source, ChecksumSpecification specification)
    {
        const long WorthSaying = 64L << 20;
        const long Large = 1L << 30;
        BlockGeometry geometry = new(source.Length, specification.BlockSize);
        long covered = geometry.CoveredBytes(specification.Coverage.ClipTo(geometry.BlockCount));
        long data = specification.Holes == HolePolicy.Trust ? Math.Min(covered, DataBytes(source)) : covered;
        long most = (data + specification.BlockSize - 1) / specification.BlockSize * specification.Hash.Length;
        string text = $"{name} will have up to {SizeText.Format(most)}: {specification.Hash.Length} bytes for each block of {SizeText.Format(specification.BlockSize)} that is not zero";
        if (most >= Large)
        {
            int larger = (int)Math.Min(64L << 10, FormatLimits.MaxBlockSize);
            string smaller = specification.BlockSize < larger ? $"; -b {larger >> 10}K makes it {larger / specification.BlockSize} times smaller" : string.Empty;
            terminal.Note($"{text}{smaller}; --split SIZE makes several files");
        }
        else if (most >= WorthSaying)
        {
            terminal.Note(text);
        }
        else
        {
            terminal.Detail(text);
        }
    }

    // What a file system calls data. Of very many extents only the first ones are looked at: the rest counts as data.
    private static long DataBytes(IReadableStorage source)
    {
        const int MostExtents = 4096;
        long data = 0;
        long offset = 0;
        for (int i = 0; i < MostExtents && offset < source.Length; i++)
        {
            StorageExtent extent = source.ExtentAt(offset);
            data += extent.IsHole ? 0 : extent.Length;
            offset = extent.End;
        }

        return data + Math.Max(0, source.Length - offset);
    }

    /// <summary>Says what a new checksum file has.</summary>
    internal static void ReportMade(CommandSession session, string path, string name, MessageHeader header, MessageTrailer trailer, long length, long readBytes,
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
            $"{name}: {CountText.Blocks((trailer.DataBlocks + trailer.ZeroBlocks)!.Value)} of {SizeText.Format(header.BlockSize)} ({trailer.ZeroBlocks} of them zeros), {header.Hash.Name}, {SizeText.Format(length)}");
        ClosingLines.Say(session, "read", readBytes, next: null);
        if (NextCommand.AfterChecksums(path, header, trailer) is var (ofRemote, ofMaster))
        {
            ClosingLines.SayNext(session, ofRemote, "on the master, if this is the remote's");
            ClosingLines.SayNext(session, ofMaster, "if this is the master's");
        }
    }

    private static Stream CreateSpool(string path) =>
        SpoolFile.Create(path == MessageFiles.Standard ? Path.GetTempPath() : Path.GetDirectoryName(Path.GetFullPath(path))!);

    private static ChecksumSpecification Specification(ParseResult result, CreateArguments arguments, CommandSession session)
    {
        int? blockSize = result.GetValue(arguments.Specification.BlockSize);
        string? hash = result.GetValue(arguments.Specification.Hash);
        if (result.GetValue(arguments.Request) is not { } request)
        {
            int size = blockSize ?? FormatLimits.DefaultBlockSize;
            return new ChecksumSpecification
            {
                BlockSize = size,
                Hash = BlockHash.Find(hash ?? BlockHash.Xxh128.Name)!,
                Coverage = arguments.Specification.Coverage(result, size),
            };
        }

        using Stream input = MessageFiles.Open(request, session.Options.Cancellation);
        string source = MessageFiles.NameOf(request);
        MessageHeader asked = ChecksumRequest.Read(input, source);
        if (blockSize is { } given && given != asked.BlockSize)
        {
            throw new UsageException($"{source} asks for blocks of {SizeText.Format(asked.BlockSize)}; -b says {SizeText.Format(given)}", "leave out -b");
        }

        if (hash is not null && hash != asked.Hash.Name)
        {
            throw new UsageException($"{source} asks for {asked.Hash.Name}; -a says {hash}", "leave out -a");
        }

        if (!arguments.Specification.HasNoRanges(result) && (!asked.Coverage.IsWhole || asked.Parent is not null))
        {
            throw new UsageException($"{source} asks for ranges of its own", "leave out --range and --bytes");
        }

        BlockCoverage coverage = asked.Coverage.IsWhole ? arguments.Specification.Coverage(result, asked.BlockSize) : asked.Coverage;
        return new ChecksumSpecification { BlockSize = asked.BlockSize, Hash = asked.Hash, Coverage = coverage, Parent = asked.Parent };
    }

    private static void ReportCheck(Report report, CheckResult check)
    {
        report.Add("equal", null, check.IsEqual);
        report.Add("compared_blocks", null, check.ComparedBlocks);
        report.Add("bytes_not_compared", null, check.BytesNotCompared);
        report.Add("size", null, check.TargetSize);
        report.Add("expected_size", null, check.Header.Size!.Value);
        report.Add("block_size", null, check.Header.BlockSize);
        report.Add("differing_blocks", null, check.Differences.BlockCount);
        report.Add("differing_ranges", null, check.Differences.RunCount);
        report.BeginArray("ranges");
        foreach (BlockRun run in check.Differences.Runs)
        {
            report.BeginObject();
            report.Add("first", null, run.First);
            report.Add("count", null, run.Count);
            report.EndObject();
            report.Drain();
        }

        report.EndArray();
    }

    private static void DrawCheck(MapOutput? output, string target, string file, Action<string> line)
    {
        output?.Draw($"{target}: compared with {file}", line);
        if (output is not null)
        {
            line(output.Path is { } picture ? $"{picture}: map of where they differ" : string.Empty);
        }
    }

    private static void SayDifferences(Terminal terminal, string target, string file, CheckResult check)
    {
        if (check.TargetSize != check.Header.Size)
        {
            terminal.Result($"{target}: has {check.TargetSize} bytes; {file} says {check.Header.Size}");
        }

        BlockGeometry geometry = new(Math.Max(check.TargetSize, check.Header.Size!.Value), check.Header.BlockSize);
        const int Shown = 20;
        foreach (BlockRun run in check.Differences.Runs.Take(terminal.IsVerbose ? int.MaxValue : Shown))
        {
            long offset = geometry.OffsetOf(run.First);
            terminal.Result($"{target}: {(run.Count == 1 ? $"block {run} differs" : $"blocks {run} differ")} (bytes {offset}+{geometry.LengthOf(run)})");
        }

        int listed = terminal.IsVerbose ? check.Differences.Runs.Count : Math.Min(Shown, check.Differences.Runs.Count);
        if (check.Differences.RunCount > listed)
        {
            string all = !terminal.IsVerbose && check.Differences.RunCount <= check.Differences.Runs.Count ? " (-v lists all)" : string.Empty;
            terminal.Result($"{target}: and {CountText.Ranges(check.Differences.RunCount - listed)} more{all}");
        }
    }

    private static void SayCheck(Terminal terminal, string target, string file, CheckResult check)
    {
        if (check.IsEqual)
        {
            terminal.Summary(check.Header.Coverage.IsWhole
                ? $"{target}: equal to {file}"
                : $"{target}: equal to {file} in the {CountText.Blocks(check.ComparedBlocks)} that it covers; the rest was not compared");
            return;
        }

        terminal.Summary($"{target}: differs from {file} in {CountText.Blocks(check.Differences.BlockCount)}, {CountText.Ranges(check.Differences.RunCount)}");
    }
}

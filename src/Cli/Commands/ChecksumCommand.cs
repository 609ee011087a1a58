using System.CommandLine;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Closing;
using BinarySync.Cli.Host;
using BinarySync.Cli.Inputs;
using BinarySync.Cli.Output;
using BinarySync.Cli.Texts;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Storage.Messages;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Cli.Commands;

/// <summary>`ckfile TARGET`: writes the checksum file of a file or block device.</summary>
public sealed class ChecksumCommand(ToolContext context, CommonOptions common)
{
    private readonly Argument<string> _target = new("TARGET")
    {
        Description = "The file or block device to checksum (write ./info if its name is that of a command)",
    };

    private readonly Option<string?> _request = new("--request", "-r")
    {
        Description = "A checksum request with the block size, hash and ranges; '-' is standard input",
        HelpName = "FILE.ckr",
    };

    private readonly SpecificationArguments _specification = new();

    private readonly Option<string?> _label = OptionValues.Label();

    private readonly Option<bool> _live = OptionValues.Live();

    private readonly Option<HolePolicy?> _holes = OptionValues.Holes();

    private readonly Option<ReadErrorPolicy?> _readErrors = OptionValues.ReadErrors();

    private readonly Option<long?> _split = OptionValues.SplitChecksums();

    private readonly Option<string?> _output = OptionValues.Output("FILE.ckf");

    private readonly Option<bool> _force = OptionValues.Force();

    /// <summary>The program's own command.</summary>
    public RootCommand Declare()
    {
        RootCommand root = new("Write the checksum file of a file or block device: the hash of every block") { _target, _request };
        _specification.AddTo(root);
        root.Add(_label);
        root.Add(_live);
        root.Add(_holes);
        root.Add(_readErrors);
        root.Add(_split);
        root.Add(_output);
        root.Add(_force);
        root.Add(OutputMode.Option());
        common.Storage.AddTo(root);
        common.AddTo(root);
        root.SetAction(Run);
        return root;
    }

    private int Run(ParseResult result)
    {
        using CommandSession session = common.Begin(result, context);
        string target = TargetPath.Demand(result.GetValue(_target)!);
        string path = MessageFiles.OutputPath(
            result.GetValue(_output), target, inputKind: null, MessageKind.ChecksumFile, result.GetValue(_request));
        ChecksumSpecification specification = SpecificationOf(result, session) with
        {
            Label = result.GetValue(_label),
            Live = result.GetValue(_live),
            Holes = result.GetValue(_holes) ?? HolePolicy.Trust,
        };
        bool skips = result.GetValue(_readErrors) == ReadErrorPolicy.Skip;
        if (skips && specification.Parent is not null)
        {
            throw new UsageException(
                "--read-errors skip cannot refine: the refined request must cover everything that the coarse one found",
                "start again with a coarse checksum file of the readable blocks");
        }

        using IReadableStorage source = common.Storage.OpenSource(result, target, session.Options.Cancellation);
        string[] inputs = result.GetValue(_request) is { } request ? [target, request] : [target];
        bool force = result.GetValue(_force);
        if (result.GetValue(_split) is { } mostBytes)
        {
            if (skips)
            {
                throw new UsageException("--split and --read-errors skip cannot be used together", "leave out --split");
            }

            SourceWarnings.Say(session.Terminal, source, specification.Live);
            return ChecksumParts.Create(session, source, specification, path, force, mostBytes, inputs);
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
        ChecksumReport.Say(session, path, output.Name, made.Header, made.Trailer, length, made.ReadBytes, skips ? made : null);
        return made.Unreadable.BlockCount == 0 ? ExitCode.Done : ExitCode.Different;
    }

    /// <summary>Prints how large the checksum file of a large target will be, before hours of reading.</summary>
    private static void SayLength(Terminal terminal, string name, IReadableStorage source, ChecksumSpecification specification)
    {
        const long WorthSaying = 64L << 20;
        const long Large = 1L << 30;
        BlockGeometry geometry = new(source.Length, specification.BlockSize);
        long covered = geometry.CoveredBytes(specification.Coverage.ClipTo(geometry.BlockCount));
        long data = specification.Holes == HolePolicy.Trust ? Math.Min(covered, DataBytes(source)) : covered;
        int ofBlock = specification.Hash.Length + (specification.RollingSums ? RollingSum.Length : 0);
        long most = (data + specification.BlockSize - 1) / specification.BlockSize * ofBlock;
        string text =
            $"{name} will have up to {SizeText.Format(most)}: {ofBlock} bytes for each block of "
                + $"{SizeText.Format(specification.BlockSize)} that is not zero";
        if (most >= Large)
        {
            int larger = (int)Math.Min(64L << 10, FormatLimits.MaxBlockSize);
            string smaller = specification.BlockSize < larger
                ? $"; -b {larger >> 10}K makes it {larger / specification.BlockSize} times smaller"
                : string.Empty;
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

    // Bytes that a file system calls data. Of very many extents only the first ones are counted: the rest counts as data.
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

    private static Stream CreateSpool(string path) =>
        SpoolFile.Create(path == MessageFiles.Standard ? Path.GetTempPath() : Path.GetDirectoryName(Path.GetFullPath(path))!);

    private ChecksumSpecification SpecificationOf(ParseResult result, CommandSession session)
    {
        int? blockSize = result.GetValue(_specification.BlockSize);
        string? hash = result.GetValue(_specification.Hash);
        bool shift = result.GetValue(_specification.Shift);
        if (result.GetValue(_request) is not { } request)
        {
            int size = blockSize ?? FormatLimits.DefaultBlockSize;
            return new ChecksumSpecification
            {
                BlockSize = size,
                Hash = BlockHash.Find(hash ?? BlockHash.Xxh128.Name)!,
                Coverage = _specification.Coverage(result, size),
                RollingSums = shift,
            };
        }

        using Stream input = MessageFiles.Open(request, session.Options.Cancellation);
        string source = MessageFiles.NameOf(request);
        ChecksumRequestHeader asked = ChecksumRequest.Read(input, source);
        if (blockSize is { } given && given != asked.BlockSize)
        {
            throw new UsageException(
                $"{source} asks for blocks of {SizeText.Format(asked.BlockSize)}; -b says {SizeText.Format(given)}", "leave out -b");
        }

        if (hash is not null && hash != asked.Hash.Name)
        {
            throw new UsageException($"{source} asks for {asked.Hash.Name}; -a says {hash}", "leave out -a");
        }

        if (shift && !asked.WantsRollingSums)
        {
            throw new UsageException($"{source} does not ask for rolling sums; --shift does", "make the request with ckreq --shift");
        }

        if (!_specification.HasNoRanges(result) && (!asked.Coverage.IsWhole || asked.Parent is not null))
        {
            throw new UsageException($"{source} asks for ranges of its own", "leave out --range and --bytes");
        }

        BlockCoverage coverage = asked.Coverage.IsWhole ? _specification.Coverage(result, asked.BlockSize) : asked.Coverage;
        return new ChecksumSpecification
        {
            BlockSize = asked.BlockSize,
            Hash = asked.Hash,
            Coverage = coverage,
            RollingSums = asked.WantsRollingSums,
            Parent = asked.Parent,
        };
    }
}

using System.CommandLine;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Closing;
using BinarySync.Cli.Host;
using BinarySync.Cli.Inputs;
using BinarySync.Cli.Output;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Requests;

namespace BinarySync.Cli.Commands;

/// <summary>`ckreq`: writes a checksum request.</summary>
public sealed class RequestCommand(ToolContext context, CommonOptions common)
{
    private readonly SpecificationArguments _specification = new();

    private readonly Option<string?> _refine = new("--refine")
    {
        Description = "Ask for smaller blocks, only where this data request differs; without -a, its hash is used; '-' is standard input",
        HelpName = "COARSE.dtr",
    };

    private readonly Option<string?> _label = OptionValues.Label();

    private readonly Option<string?> _output = OptionValues.Output("FILE.ckr", required: true);

    private readonly Option<bool> _force = OptionValues.Force();

    /// <summary>The program's own command.</summary>
    public RootCommand Declare()
    {
        RootCommand root = new("Write a checksum request: the block size, hash and ranges for ckfile");
        _specification.AddTo(root);
        root.Add(_refine);
        root.Add(_label);
        root.Add(_output);
        root.Add(_force);
        root.Add(OutputMode.Option());
        common.AddTo(root);
        root.SetAction(Run);
        return root;
    }

    private int Run(ParseResult result)
    {
        using CommandSession session = common.Begin(result, context);
        string path = result.GetValue(_output)!;
        string? coarse = result.GetValue(_refine);
        RefineResult? refined = coarse is null ? null : Refine(result, coarse, session);
        ChecksumRequestHeader header = refined?.Header ?? HeaderOf(result);
        using MessageOutput file = MessageFiles.Create(path, result.GetValue(_force), session, coarse is null ? [] : [coarse]);
        MessageTrailer trailer = ChecksumRequest.Write(file.Stream, header);
        long length = file.Stream.Position;
        file.Commit();
        if (refined is { HasJoined: true })
        {
            session.Terminal.Note(
                $"a request has at most {FormatLimits.MaxRanges} ranges: the nearest ones were joined, with the blocks between them");
        }

        if (refined is { NothingDiffers: true })
        {
            session.Terminal.Note(
                $"nothing differs in {MessageFiles.NameOf(coarse!)}: the request asks for one block, so that the next files can be made");
        }

        if (session.Json)
        {
            using Report report = new(session.Terminal, json: true);
            report.AddHeader("output", path, header);
            report.AddTrailer(trailer);
            report.Add("length", null, length);
            report.Finish(VersionText.Number, session.Elapsed);
        }
        else
        {
            string what = refined is null
                ? header.Coverage.IsWhole ? "the whole" : $"blocks {Printable.Text(header.Coverage.ToString())}"
                : $"{SizeText.Format(refined.Bytes)} where blocks of {SizeText.Format(header.Parent!.BlockSize)} differ, "
                    + $"{(header.Coverage.IsWhole ? "the whole" : CountText.Ranges(header.Coverage.Ranges.Length))}";
            session.Terminal.Summary($"{file.Name}: asks for {header.Hash.Name} of blocks of {SizeText.Format(header.BlockSize)}, {what}");
            if (refined is null)
            {
                ClosingLines.SayNext(session, NextCommand.AfterRequest(path));
            }
            else
            {
                ClosingLines.Say(session, "read", refined.ReadBytes, NextCommand.AfterRequest(path));
            }
        }

        return ExitCode.Done;
    }

    private ChecksumRequestHeader HeaderOf(ParseResult result)
    {
        int blockSize = result.GetValue(_specification.BlockSize) ?? FormatLimits.DefaultBlockSize;
        return new ChecksumRequestHeader
        {
            BlockSize = blockSize,
            Hash = BlockHash.Find(result.GetValue(_specification.Hash) ?? BlockHash.Xxh128.Name)!,
            Coverage = _specification.Coverage(result, blockSize),
            Label = result.GetValue(_label),
            WantsRollingSums = result.GetValue(_specification.Shift),
        };
    }

    private RefineResult Refine(ParseResult result, string coarse, CommandSession session)
    {
        if (!_specification.HasNoRanges(result))
        {
            throw new UsageException("--refine asks for the ranges in which the data request differs", "leave out --range and --bytes");
        }

        using Stream input = MessageFiles.Open(coarse, session.Options.Cancellation);
        session.Options.Progress.Begin("reading", input.CanSeek ? input.Length : 0);
        OperationReader reader = new(input, MessageFiles.NameOf(coarse), MessageKind.DataRequest);
        int blockSize = result.GetValue(_specification.BlockSize) ?? FormatLimits.DefaultBlockSize;
        if (blockSize >= reader.Header.BlockSize)
        {
            throw new UsageException(
                $"{reader.Source} has blocks of {SizeText.Format(reader.Header.BlockSize)}; blocks of {SizeText.Format(blockSize)} do "
                    + "not refine it", "give a smaller block size with -b");
        }

        BlockHash hash = result.GetValue(_specification.Hash) is { } name ? BlockHash.Find(name)! : reader.Header.Hash;
        RefineResult refined = RefineOperation.Run(reader, blockSize, hash, result.GetValue(_label), session.Options);
        return refined with { Header = refined.Header with { WantsRollingSums = result.GetValue(_specification.Shift) } };
    }
}

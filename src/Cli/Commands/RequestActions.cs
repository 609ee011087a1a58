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

/// <summary>What `ckreq` does.</summary>
public static class RequestActions
{
    /// <summary>The arguments of `ckreq`.</summary>
    public sealed record CreateArguments(SpecificationArguments Specification, Option<string?> Refine, Option<string?> Label, Option<string?> Output, Option<bool> Force);

    /// <summary>Writes a checksum request.</summary>
    public static int Create(ParseResult result, ToolContext context, CommonOptions common, CreateArguments arguments)
    {
        using CommandSession session = common.Begin(result, context);
        string path = result.GetValue(arguments.Output)!;
        string? coarse = result.GetValue(arguments.Refine);
        RefineResult? refined = coarse is null ? null : Refine(result, arguments, coarse, session);
        MessageHeader header = refined?.Header ?? Header(result, arguments);
        using MessageOutput file = MessageFiles.Create(path, result.GetValue(arguments.Force), session, coarse is null ? [] : [coarse]);
        MessageTrailer trailer = ChecksumRequest.Write(file.Stream, header);
        long length = file.Stream.Position;
        file.Commit();
        if (refined is { HasJoined: true })
        {
            session.Terminal.Note($"a request has at most {FormatLimits.MaxRanges} ranges: the nearest ones were joined, with the blocks between them");
        }

        if (refined is { NothingDiffers: true })
        {
            session.Terminal.Note($"nothing differs in {MessageFiles.NameOf(coarse!)}: the request asks for one block, so that the next files can be made");
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
                : $"{SizeText.Format(refined.Bytes)} where blocks of {SizeText.Format(header.Parent!.BlockSize)} differ, {(header.Coverage.IsWhole ? "the whole" : CountText.Ranges(header.Coverage.Ranges.Length))}";
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

    private static MessageHeader Header(ParseResult result, CreateArguments arguments)
    {
        int blockSize = result.GetValue(arguments.Specification.BlockSize) ?? FormatLimits.DefaultBlockSize;
        return new MessageHeader
        {
            BlockSize = blockSize,
            Hash = BlockHash.Find(result.GetValue(arguments.Specification.Hash) ?? BlockHash.Xxh128.Name)!,
            Coverage = arguments.Specification.Coverage(result, blockSize),
            Label = result.GetValue(arguments.Label),
        };
    }

    private static RefineResult Refine(ParseResult result, CreateArguments arguments, string coarse, CommandSession session)
    {
        if (!arguments.Specification.HasNoRanges(result))
        {
            throw new UsageException("--refine asks for the ranges in which the data request differs", "leave out --range and --bytes");
        }

        using Stream input = MessageFiles.Open(coarse, session.Options.Cancellation);
        session.Options.Progress.Begin("reading", input.CanSeek ? input.Length : 0);
        OperationReader reader = new(input, MessageFiles.NameOf(coarse), MessageKind.DataRequest);
        int blockSize = result.GetValue(arguments.Specification.BlockSize) ?? FormatLimits.DefaultBlockSize;
        if (blockSize >= reader.Header.BlockSize)
        {
            throw new UsageException(
                $"{reader.Source} has blocks of {SizeText.Format(reader.Header.BlockSize)}; blocks of {SizeText.Format(blockSize)} do not refine it", "give a smaller block size with -b");
        }

        BlockHash hash = result.GetValue(arguments.Specification.Hash) is { } name ? BlockHash.Find(name)! : reader.Header.Hash;
        return RefineOperation.Run(reader, blockSize, hash, result.GetValue(arguments.Label), session.Options);
    }
}

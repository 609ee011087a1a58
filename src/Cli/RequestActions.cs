using System.CommandLine;
using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Cli;

/// <summary>What `ckreq` does.</summary>
public static class RequestActions
{
    /// <summary>Writes a checksum request.</summary>
    public static int Create(
        ParseResult result, ToolContext context, CommonOptions common, SpecificationArguments specification, Option<string?> label, Option<string?> output, Option<bool> force)
    {
        using CommandSession session = common.Begin(result, context);
        int blockSize = result.GetValue(specification.BlockSize) ?? FormatLimits.DefaultBlockSize;
        MessageHeader header = new()
        {
            BlockSize = blockSize,
            Hash = BlockHash.Find(result.GetValue(specification.Hash) ?? BlockHash.Xxh128.Name)!,
            Coverage = specification.Coverage(result, blockSize),
            Label = result.GetValue(label),
        };
        string path = result.GetValue(output)!;
        using MessageOutput file = MessageFiles.Create(path, result.GetValue(force), session);
        MessageTrailer trailer = ChecksumRequest.Write(file.Stream, header);
        long length = file.Stream.Position;
        file.Commit();

        if (session.Json)
        {
            using Report report = new(session.Terminal, json: true);
            report.AddHeader("output", path, header);
            report.AddTrailer(trailer);
            report.Add("length", null, length);
            report.Finish();
        }
        else
        {
            session.Terminal.Summary(
                $"{file.Name}: asks for {header.Hash.Name} of blocks of {SizeText.Format(header.BlockSize)}, {(header.Coverage.IsWhole ? "the whole" : $"blocks {Printable.Text(header.Coverage.ToString())}")}");
        }

        return ExitCode.Done;
    }
}

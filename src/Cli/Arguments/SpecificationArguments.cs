using System.CommandLine;
using BinarySync.Format;

namespace BinarySync.Cli.Arguments;

/// <summary>Block size, hash, ranges and rolling sums, as `ckreq` and `ckfile` both take them.</summary>
public sealed class SpecificationArguments
{
    public Option<int?> BlockSize { get; } = OptionValues.BlockSize();

    public Option<string?> Hash { get; } = OptionValues.Hash();

    public Option<BlockRun[]> Range { get; } = OptionValues.Range();

    public Option<(long Offset, long Length)[]> Bytes { get; } = OptionValues.Bytes();

    public Option<bool> Shift { get; } = new("--shift")
    {
        Description = "Also rolling sums, 4 bytes a block: content that moved by any number of bytes is found (dtfile --remote --shift)",
    };

    public void AddTo(Command command)
    {
        command.Add(BlockSize);
        command.Add(Hash);
        command.Add(Range);
        command.Add(Bytes);
        command.Add(Shift);
    }

    /// <summary>True if no range was given.</summary>
    internal bool HasNoRanges(ParseResult result) => result.GetValue(Range) is null or [] && result.GetValue(Bytes) is null or [];

    /// <summary>The ranges in blocks of the given size.</summary>
    internal BlockCoverage Coverage(ParseResult result, int blockSize)
    {
        if (HasNoRanges(result))
        {
            return BlockCoverage.Whole;
        }

        IEnumerable<BlockRun> blocks = result.GetValue(Range) ?? [];
        IEnumerable<BlockRun> bytes = (result.GetValue(Bytes) ?? []).Select(
            range => BlockGeometry.Touching(range.Offset, range.Length, blockSize));
        BlockCoverage coverage = BlockCoverage.Of(blocks.Concat(bytes));
        return coverage.Ranges.Length <= FormatLimits.MaxRanges
            ? coverage
            : throw new UsageException($"there are {coverage.Ranges.Length} ranges; a request has at most {FormatLimits.MaxRanges}");
    }
}

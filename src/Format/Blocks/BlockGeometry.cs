using System.Numerics;

namespace BinarySync.Format;

/// <summary>
/// The arithmetic between bytes and blocks of one target (Format.md 4.1). The last block may be short. Nothing else in the
/// code base multiplies a block number by a block size.
/// </summary>
public readonly record struct BlockGeometry
{
    private readonly int _shift;

    /// <summary>The geometry of a target.</summary>
    /// <param name="size">Bytes of the target, 0 to 2^62.</param>
    /// <param name="blockSize">Bytes of a block: a power of two from 512 B to 64 MiB.</param>
    public BlockGeometry(long size, int blockSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, FormatLimits.MaxSize);
        if (!FormatLimits.IsBlockSize(blockSize))
        {
            throw new ArgumentOutOfRangeException(nameof(blockSize));
        }

        Size = size;
        BlockSize = blockSize;
        _shift = BitOperations.Log2((uint)blockSize);
    }

    /// <summary>Bytes.</summary>
    public long Size { get; }

    /// <summary>Bytes.</summary>
    public int BlockSize { get; }

    /// <summary>Number of blocks, the short last one included.</summary>
    public long BlockCount => (Size + BlockSize - 1) >> _shift;

    /// <summary>The block in which a byte lies.</summary>
    public long BlockAt(long offset) => offset >> _shift;

    /// <summary>Bytes in the last block if it is short, else 0.</summary>
    public int ShortLength => (int)(Size & (BlockSize - 1));

    /// <summary>First byte of a block. The block need not exist, but its number is at most that of this geometry's end.</summary>
    public long OffsetOf(long block) => block << _shift;

    /// <summary>Bytes of a block; 0 for a block after the end.</summary>
    public int LengthOf(long block)
    {
        long left = Size - (block << _shift);
        return left <= 0 ? 0 : (int)Math.Min(left, BlockSize);
    }

    /// <summary>Bytes of a run inside the target: its last block may be short.</summary>
    public long LengthOf(BlockRun run) => Math.Min(run.End << _shift, Size) - (run.First << _shift);

    /// <summary>Bytes of all blocks of this geometry that a coverage has.</summary>
    public long CoveredBytes(BlockCoverage coverage)
    {
        ArgumentNullException.ThrowIfNull(coverage);
        long bytes = 0;
        foreach (BlockRun run in coverage.RunsIn(BlockCount))
        {
            bytes += LengthOf(run);
        }

        return bytes;
    }

    /// <summary>The blocks that lie wholly inside the byte range; a short last block counts if the range reaches the end.</summary>
    public BlockRun WholeBlocksInside(long offset, long length)
    {
        long end = offset + length;
        long first = (offset + BlockSize - 1) >> _shift;
        long last = end >= Size ? BlockCount : end >> _shift;
        return last <= first ? new BlockRun(first, 0) : BlockRun.Between(first, last);
    }

    /// <summary>The blocks that the byte range touches.</summary>
    public static BlockRun Touching(long offset, long length, int blockSize)
    {
        long first = offset / blockSize;
        return BlockRun.Between(first, ((offset + length - 1) / blockSize) + 1);
    }
}

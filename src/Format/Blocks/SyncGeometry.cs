namespace BinarySync.Format;

/// <summary>
/// The blocks of A (the base) and B (the result) side by side. From them and the compared coverage follows whether the size changes, and
/// which blocks must have an operation (Format.md 9.1 and 9.3).
/// </summary>
public sealed class SyncGeometry
{
    /// <summary>Two targets, one block size.</summary>
    /// <param name="baseSize">Bytes of A.</param>
    /// <param name="targetSize">Bytes of B.</param>
    /// <param name="blockSize">Bytes of a block.</param>
    /// <param name="coverage">The compared coverage.</param>
    public SyncGeometry(long baseSize, long targetSize, int blockSize, BlockCoverage coverage)
    {
        Base = new BlockGeometry(baseSize, blockSize);
        Target = new BlockGeometry(targetSize, blockSize);
        Coverage = coverage;
        ResizesTarget = baseSize != targetSize && coverage.Contains(Tail);
    }

    public BlockGeometry Base { get; }

    public BlockGeometry Target { get; }

    public BlockCoverage Coverage { get; }

    /// <summary>The number of blocks of the larger one.</summary>
    public long BlockCount => Math.Max(Base.BlockCount, Target.BlockCount);

    /// <summary>The blocks from the smaller size to the end of the larger; none if the sizes are equal.</summary>
    public BlockRun Tail => Base.Size == Target.Size
        ? new BlockRun(BlockCount, 0)
        : BlockRun.Between(Base.BlockAt(Math.Min(Base.Size, Target.Size)), BlockCount);

    /// <summary>True if the target's size becomes B's; false if it is B's already, or stays A's.</summary>
    public bool ResizesTarget { get; }

    /// <summary>The size that the target has in the end: B's, or A's if the size stays.</summary>
    public long FinalSize => ResizesTarget ? Target.Size : Base.Size;

    /// <summary>The blocks of B that must have an operation: those of the tail that A does not have, or has in another length.</summary>
    public BlockRun MustChange => ResizesTarget
        ? BlockRun.Between(Tail.First, Math.Max(Tail.First, Target.BlockCount))
        : new BlockRun(Tail.First, 0);

    /// <summary>The compared coverage of two checksum files, and the geometry that follows (Format.md 9.1).</summary>
    /// <param name="sizeLeft">True if the sizes differ but the ranges leave out part of the tail.</param>
    public static SyncGeometry Compare(
        long baseSize, BlockCoverage baseCoverage, long targetSize, BlockCoverage targetCoverage, int blockSize, out bool sizeLeft)
    {
        BlockGeometry a = new(baseSize, blockSize);
        BlockGeometry b = new(targetSize, blockSize);
        long blockCount = Math.Max(a.BlockCount, b.BlockCount);
        BlockCoverage common = baseCoverage.ExtendPastEnd(a.BlockCount)
            .Intersect(targetCoverage.ExtendPastEnd(b.BlockCount))
            .ClipTo(blockCount);
        SyncGeometry all = new(baseSize, targetSize, blockSize, common);
        sizeLeft = baseSize != targetSize && !all.ResizesTarget;
        return sizeLeft
            ? new SyncGeometry(baseSize, targetSize, blockSize, common.Intersect(BlockCoverage.Of([new BlockRun(0, all.Tail.First)])))
            : all;
    }
}

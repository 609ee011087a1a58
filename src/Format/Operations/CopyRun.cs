namespace BinarySync.Format;

/// <summary>Blocks of B that get their content from consecutive bytes of A.</summary>
/// <param name="First">The first block of B.</param>
/// <param name="Count">Blocks.</param>
/// <param name="Source">The block of A in which these bytes begin.</param>
/// <param name="Shift">Where in that block they begin; 0 if they are whole blocks. Bytes.</param>
/// <param name="More">Blocks of A that they touch beyond <paramref name="Count"/>: 0 or 1.</param>
internal readonly record struct CopyRun(long First, long Count, long Source, int Shift = 0, int More = 0)
{
    /// <summary>The blocks that are overwritten.</summary>
    public BlockRun Blocks => new(First, Count);

    /// <summary>The blocks that are read, if only in part.</summary>
    public BlockRun SourceBlocks => new(Source, Count + More);

    /// <summary>The copy of an operation.</summary>
    /// <param name="copy">Its new kind is copy.</param>
    /// <param name="target">B.</param>
    public static CopyRun Of(in Operation copy, BlockGeometry target) => Of(copy.Blocks, copy.Source, copy.Shift, target);

    /// <summary>The copy of these blocks.</summary>
    /// <param name="blocks">Blocks of B.</param>
    /// <param name="source">The block of A in which their bytes begin.</param>
    /// <param name="shift">Where in that block.</param>
    /// <param name="target">B.</param>
    public static CopyRun Of(BlockRun blocks, long source, int shift, BlockGeometry target)
    {
        // Without a shift, these are as many blocks. A short last block of B may begin and end in one block of A.
        BlockRun touched = shift == 0
            ? new BlockRun(source, blocks.Count)
            : BlockGeometry.Touching(target.OffsetOf(source) + shift, target.LengthOf(blocks), target.BlockSize);
        return new CopyRun(blocks.First, blocks.Count, source, shift, (int)(touched.Count - blocks.Count));
    }

    /// <summary>The block of A in which the bytes of a block of B begin.</summary>
    public long SourceOf(long block) => Source + (block - First);

    /// <summary>The copy of some of its blocks.</summary>
    public CopyRun Part(BlockRun blocks) =>
        new(blocks.First, blocks.Count, SourceOf(blocks.First), Shift, blocks.End == Blocks.End ? More : Math.Sign(Shift));
}

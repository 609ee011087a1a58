namespace BinarySync.Format;

/// <summary>Blocks of B that get their content from consecutive blocks of A.</summary>
/// <param name="First">The first block of B.</param>
/// <param name="Count">Blocks.</param>
/// <param name="Source">The first block of A.</param>
internal readonly record struct CopyRun(long First, long Count, long Source)
{
    /// <summary>The blocks that are overwritten.</summary>
    public BlockRun Blocks => new(First, Count);

    /// <summary>The blocks that are read.</summary>
    public BlockRun SourceBlocks => new(Source, Count);

    /// <summary>The block of A from which a block of B comes.</summary>
    public long SourceOf(long block) => Source + (block - First);
}

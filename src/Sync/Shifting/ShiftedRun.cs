using BinarySync.Format;

namespace BinarySync.Sync.Shifting;

/// <summary>Blocks of B whose content A has at another place.</summary>
/// <param name="First">The first block of B.</param>
/// <param name="Count">Blocks; the last of them may be B's short last one.</param>
/// <param name="SourceOffset">The first byte in A; any number.</param>
internal readonly record struct ShiftedRun(long First, long Count, long SourceOffset)
{
    /// <summary>The blocks of B.</summary>
    public BlockRun Blocks => new(First, Count);

    /// <summary>The part in these blocks; it may be empty.</summary>
    /// <param name="blocks">Of B.</param>
    /// <param name="blockSize">Bytes.</param>
    public ShiftedRun Part(BlockRun blocks, int blockSize)
    {
        long first = Math.Max(First, blocks.First);
        long end = Math.Max(first, Math.Min(Blocks.End, blocks.End));
        return new ShiftedRun(first, end - first, SourceOffset + ((first - First) * blockSize));
    }
}

/// <summary>Bytes of B that A has at another place: blocks of A, as a rule.</summary>
/// <param name="From">The first byte in B.</param>
/// <param name="End">The byte behind the last one.</param>
/// <param name="Source">The first byte in A.</param>
internal readonly record struct ByteRun(long From, long End, long Source)
{
    /// <summary>How far A's bytes are behind B's.</summary>
    public long Shift => Source - From;

    /// <summary>The part behind an offset.</summary>
    public ByteRun Behind(long offset) => offset <= From ? this : new ByteRun(offset, End, Source + offset - From);
}

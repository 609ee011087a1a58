namespace BinarySync.Format;

/// <summary>Takes the blocks of a coverage in ascending order, as data with hashes or as zeros.</summary>
public interface IBlockSink
{
    /// <summary>Data blocks, one hash a block; the span is valid during the call only.</summary>
    void AddData(BlockRun run, ReadOnlySpan<byte> hashes);

    /// <summary>Blocks of zeros.</summary>
    void AddZeros(BlockRun run);
}

namespace BinarySync.Format;

/// <summary>Takes the blocks of a coverage in ascending order, as data with hashes or as zeros.</summary>
public interface IBlockSink
{
    /// <summary>Data blocks, one hash a block; the span is valid during the call only.</summary>
    void AddData(BlockRun run, ReadOnlySpan<byte> hashes);

    /// <summary>Blocks of zeros.</summary>
    void AddZeros(BlockRun run);
}

/// <summary>A sink that can also take the rolling sums of data blocks (Format.md 6.1).</summary>
public interface IRollingSink : IBlockSink
{
    /// <summary>Data blocks, one hash and one sum of <see cref="RollingSum.Length"/> bytes a block.</summary>
    /// <param name="run">The blocks.</param>
    /// <param name="hashes">Valid during the call only.</param>
    /// <param name="sums">As they are in a message: little-endian. Valid during the call only.</param>
    void AddData(BlockRun run, ReadOnlySpan<byte> hashes, ReadOnlySpan<byte> sums);
}

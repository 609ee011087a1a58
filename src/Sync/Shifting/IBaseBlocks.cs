using BinarySync.Format;

namespace BinarySync.Sync.Shifting;

/// <summary>Takes data blocks that follow one another.</summary>
/// <param name="first">The number of the first one.</param>
/// <param name="hashes">Their hashes, one behind the other.</param>
/// <param name="sums">Their rolling sums.</param>
internal delegate void BaseBlockHandler(long first, ReadOnlySpan<byte> hashes, ReadOnlySpan<uint> sums);

/// <summary>What is known of the base (A): a hash and a rolling sum of each data block, no content.</summary>
internal interface IBaseBlocks
{
    /// <summary>The blocks of A.</summary>
    BlockGeometry Geometry { get; }

    /// <summary>The block hash.</summary>
    BlockHash Hash { get; }

    /// <summary>Hands over all data blocks, ascending. Called once, before any <see cref="Matches"/>.</summary>
    void ReadAll(BaseBlockHandler handle);

    /// <summary>
    /// True if A has this block, and with this hash: a block of zeros has the hash of its zeros. Safe from several threads. Each of them
    /// asks for blocks that follow one another, as a rule, forwards or backwards.
    /// </summary>
    /// <param name="block">Inside <see cref="Geometry"/>.</param>
    /// <param name="hash">Of the bytes that exist of the block.</param>
    bool Matches(long block, ReadOnlySpan<byte> hash);
}

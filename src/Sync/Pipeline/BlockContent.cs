using BinarySync.Format;

namespace BinarySync.Sync.Pipeline;

/// <summary>Compares content with the new hashes of its operation.</summary>
internal static class BlockContent
{
    /// <summary>Adds the blocks of a piece that are not what their new hash says. The piece consists of whole blocks.</summary>
    /// <param name="group">The group of the piece.</param>
    /// <param name="piece">Whole blocks.</param>
    /// <param name="geometry">B.</param>
    /// <param name="hash">The block hash.</param>
    /// <param name="bytes">The piece's content.</param>
    /// <param name="scratch">As long as a hash.</param>
    /// <param name="mismatches">Gets their numbers.</param>
    public static void FindMismatches(
        OperationGroup group, in ContentPiece piece, BlockGeometry geometry, BlockHash hash, ReadOnlySpan<byte> bytes, Span<byte> scratch, List<long> mismatches)
    {
        long first = geometry.BlockAt(piece.TargetOffset);
        for (int at = 0; at < bytes.Length; at += geometry.BlockSize)
        {
            long block = first + (at / geometry.BlockSize);
            hash.Hash(bytes.Slice(at, geometry.LengthOf(block)), scratch);
            if (!scratch.SequenceEqual(group.NewHash(piece.Operation, block - piece.Operation.Blocks.First)))
            {
                mismatches.Add(block);
            }
        }
    }

    /// <summary>How many of these blocks of the piece are what they were before their operation.</summary>
    public static int CountOld(
        OperationGroup group, in ContentPiece piece, BlockGeometry geometry, BlockHash hash, ReadOnlySpan<byte> bytes, Span<byte> scratch, IEnumerable<long> blocks)
    {
        if (piece.Operation.Old != OldKind.Hashed)
        {
            return 0;
        }

        int count = 0;
        foreach (long block in blocks)
        {
            hash.Hash(bytes.Slice((int)(geometry.OffsetOf(block) - piece.TargetOffset), geometry.LengthOf(block)), scratch);
            count += scratch.SequenceEqual(group.OldHash(piece.Operation, block - piece.Operation.Blocks.First)) ? 1 : 0;
        }

        return count;
    }
}

/// <summary>Hashes a block that is larger than a frame while its frames pass in order.</summary>
internal sealed class SpanningBlock(BlockGeometry geometry, BlockHash hash)
{
    private readonly RunningHash _running = hash.StartBlock();
    private readonly byte[] _hash = new byte[hash.Length];

    /// <summary>Adds the next piece. When it ends its block, returns the block's number if its hash is wrong; else null.</summary>
    public long? Append(OperationGroup group, in ContentPiece piece, ReadOnlySpan<byte> bytes)
    {
        _running.Append(bytes);
        long block = geometry.BlockAt(piece.TargetOffset);
        if (piece.TargetOffset + piece.Length < geometry.OffsetOf(block) + geometry.LengthOf(block))
        {
            return null;
        }

        _running.Finish(_hash);
        return _hash.AsSpan().SequenceEqual(group.NewHash(piece.Operation, block - piece.Operation.Blocks.First)) ? null : block;
    }
}

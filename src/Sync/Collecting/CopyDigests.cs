using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Collecting;

/// <summary>
/// Reads, on the master, the content that the copies of a group bring, and compares each block with its hash. Makes the SHA-256 that
/// distinguishes a copy from another content with the same hash.
/// </summary>
internal static class CopyDigests
{
    /// <summary>The SHA-256 of each copy, in order; empty if the group has none.</summary>
    /// <param name="master">B.</param>
    /// <param name="group">Of a data request.</param>
    /// <param name="geometry">B.</param>
    /// <param name="hasher">Over the same blocks.</param>
    /// <param name="buffer">For content; any length.</param>
    /// <param name="changed">Gets the blocks that do not match their hash.</param>
    /// <param name="progress">Told of bytes read.</param>
    public static byte[] Of(
        IReadableStorage master, OperationGroup group, BlockGeometry geometry, BlockHasher hasher, byte[] buffer, List<long> changed,
        SyncProgress progress)
    {
        if (group.Copies == 0)
        {
            return [];
        }

        byte[] digests = new byte[group.Copies * OperationGroup.Sha256Length];
        Span<byte> next = digests;
        using RunningHash sha256 = BlockHash.Sha256.StartBlock();
        foreach (Operation copy in group.Operations.Where(operation => operation.New == NewKind.Copy))
        {
            long end = geometry.OffsetOf(copy.Blocks.First) + geometry.LengthOf(copy.Blocks);
            hasher.Begin(copy.Blocks.First);
            for (long offset = geometry.OffsetOf(copy.Blocks.First); offset < end;)
            {
                Span<byte> bytes = buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - offset));
                UnreadableBlocks.Read(master, bytes, offset, geometry);
                sha256.Append(bytes);
                progress.Advance(bytes.Length);
                offset += bytes.Length;
                ReadOnlySpan<byte> rest = bytes;
                while (hasher.Next(ref rest))
                {
                    if (!hasher.Value.SequenceEqual(group.NewHash(copy, hasher.Block - copy.Blocks.First)))
                    {
                        changed.Add(hasher.Block);
                    }
                }
            }

            // Whole blocks are counted: only their number is known beforehand.
            progress.Advance((copy.Blocks.Count * geometry.BlockSize) - geometry.LengthOf(copy.Blocks));
            sha256.Finish(next);
            next = next[OperationGroup.Sha256Length..];
        }

        return digests;
    }
}

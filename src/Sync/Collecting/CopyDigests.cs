using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Collecting;

/// <summary>
/// Reads on the master what the copies of a group bring, compares each block with its hash, and makes the SHA-256 by which a copy is
/// known from another content with the same hash.
/// </summary>
internal static class CopyDigests
{
    /// <summary>The SHA-256 of each copy, in order; empty where the group has none.</summary>
    /// <param name="master">B.</param>
    /// <param name="group">Of a data request.</param>
    /// <param name="geometry">B.</param>
    /// <param name="hash">The block hash.</param>
    /// <param name="buffer">For content; any length.</param>
    /// <param name="changed">Gets the blocks that are not what their hash says.</param>
    /// <param name="progress">Told of bytes read.</param>
    public static byte[] Of(
        IReadableStorage master, OperationGroup group, BlockGeometry geometry, BlockHash hash, byte[] buffer, List<long> changed, SyncProgress progress)
    {
        if (group.Copies == 0)
        {
            return [];
        }

        byte[] digests = new byte[group.Copies * OperationGroup.Sha256Length];
        Span<byte> next = digests;
        using RunningHash sha256 = BlockHash.Sha256.StartBlock();
        using RunningHash running = hash.StartBlock();
        byte[] found = new byte[hash.Length];
        foreach (Operation copy in group.Operations.Where(operation => operation.New == NewKind.Copy))
        {
            long end = geometry.OffsetOf(copy.Blocks.First) + geometry.LengthOf(copy.Blocks);
            long block = copy.Blocks.First;
            for (long offset = geometry.OffsetOf(block); offset < end;)
            {
                Span<byte> bytes = buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - offset));
                UnreadableBlocks.Read(master, bytes, offset, geometry);
                sha256.Append(bytes);
                progress.Advance(bytes.Length);
                offset += bytes.Length;
                while (bytes.Length > 0)
                {
                    // A block may go on in the next piece.
                    long blockEnd = geometry.OffsetOf(block) + geometry.LengthOf(block);
                    int length = (int)Math.Min(bytes.Length, blockEnd - (offset - bytes.Length));
                    running.Append(bytes[..length]);
                    bytes = bytes[length..];
                    if (offset - bytes.Length == blockEnd)
                    {
                        running.Finish(found);
                        if (!found.AsSpan().SequenceEqual(group.NewHash(copy, block - copy.Blocks.First)))
                        {
                            changed.Add(block);
                        }

                        block++;
                    }
                }
            }

            // Whole blocks are counted: so many are known beforehand.
            progress.Advance((copy.Blocks.Count * geometry.BlockSize) - geometry.LengthOf(copy.Blocks));
            sha256.Finish(next);
            next = next[OperationGroup.Sha256Length..];
        }

        return digests;
    }
}

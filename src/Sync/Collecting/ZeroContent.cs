using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Collecting;

/// <summary>
/// Reads, on the master, the blocks that a request says have become zeros and for which the remote has content. The master's checksum file
/// may have called a hole zeros although it was none, and content may have come there since. Nothing else would find that, because zeros
/// are not sent.
/// </summary>
internal static class ZeroContent
{
    /// <summary>Reads all such blocks of a group.</summary>
    /// <param name="master">B.</param>
    /// <param name="group">Of a data request.</param>
    /// <param name="geometry">B.</param>
    /// <param name="buffer">For content; any length.</param>
    /// <param name="changed">Gets the blocks that are not zeros.</param>
    /// <param name="options">Progress, told of the bytes of all blocks of zeros; cancellation.</param>
    /// <returns>Bytes that were read.</returns>
    public static long Compare(
        IReadableStorage master, OperationGroup group, BlockGeometry geometry, byte[] buffer, BlockRunList changed, SyncOptions options)
    {
        long read = 0;
        foreach (Operation operation in group.Operations.Where(operation => operation.New == NewKind.Zero))
        {
            if (operation.Old is OldKind.Hashed or OldKind.Elsewhere)
            {
                Compare(master, operation.Blocks, geometry, buffer, changed, options);
                read += geometry.LengthOf(operation.Blocks);
            }

            // Whole blocks are counted: only their number is known beforehand.
            options.Progress.Advance(operation.Blocks.Count * geometry.BlockSize);
        }

        return read;
    }

    private static void Compare(
        IReadableStorage master, BlockRun blocks, BlockGeometry geometry, byte[] buffer, BlockRunList changed, SyncOptions options)
    {
        long last = -1;
        long end = geometry.OffsetOf(blocks.First) + geometry.LengthOf(blocks);
        for (long offset = geometry.OffsetOf(blocks.First); offset < end;)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            Span<byte> bytes = buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - offset));
            UnreadableBlocks.Read(master, bytes, offset, geometry);
            for (int at = 0; at < bytes.Length && bytes[at..].IndexOfAnyExcept((byte)0) is var other and >= 0;)
            {
                long block = geometry.BlockAt(offset + at + other);
                if (block != last)
                {
                    changed.Add(new BlockRun(block, 1));
                    last = block;
                }

                at = (int)Math.Min(bytes.Length, geometry.OffsetOf(block) + geometry.BlockSize - offset);
            }

            offset += bytes.Length;
        }
    }
}

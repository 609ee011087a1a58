using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync;

/// <summary>
/// Finds the content of blocks that are copied, each by its hash: in what an earlier run has left in the redo, and then only there, because that will be written; else at its source; where that is
/// overwritten already, in its own place, if an earlier run has brought it there. Safe from several threads, each with its own buffers, but for blocks that only the redo has.
/// </summary>
/// <param name="target">The target.</param>
/// <param name="geometry">A and B.</param>
/// <param name="hash">The block hash.</param>
/// <param name="redo">What an earlier run has left; null for none.</param>
/// <param name="belowCache">
/// Read from below the page cache. After an interrupted run the cache may show a source that is not on the medium: if it were relied on and the power failed, the content would
/// be gone.
/// </param>
internal sealed class CopyContent(IReadableStorage target, SyncGeometry geometry, BlockHash hash, RedoLog? redo, bool belowCache)
{
    private readonly Lock _redoGate = new();

    /// <summary>Blocks that are looked at together: as many as fit into a buffer, or one.</summary>
    public int ChunkBlocks { get; } = Math.Max(1, PatchItem.ChunkLength / geometry.Target.BlockSize);

    /// <summary>Bytes of a buffer that holds <see cref="ChunkBlocks"/>.</summary>
    public int BufferLength { get; } = (int)Math.Min(Math.Max(PatchItem.ChunkLength, geometry.Target.BlockSize), Math.Max(geometry.Target.Size, 1));

    /// <summary>Reads the content of blocks.</summary>
    /// <param name="group">The group of the copy.</param>
    /// <param name="copy">The copy.</param>
    /// <param name="blocks">At most <see cref="ChunkBlocks"/> of its blocks.</param>
    /// <param name="buffer">As long as the blocks.</param>
    /// <param name="scratch">As long as a hash.</param>
    /// <param name="missing">Gets the blocks whose content is nowhere; their bytes are undefined.</param>
    public void Read(OperationGroup group, in Operation copy, BlockRun blocks, Span<byte> buffer, Span<byte> scratch, List<long> missing)
    {
        long source = copy.Source + (blocks.First - copy.Blocks.First);
        if (TryRead(geometry.Target.OffsetOf(source), buffer))
        {
            int at = 0;
            for (long block = blocks.First; block < blocks.End; block++)
            {
                Span<byte> content = buffer.Slice(at, geometry.Target.LengthOf(block));
                at += content.Length;
                bool isInRedo = IsInRedo(content, geometry.Target.OffsetOf(block));
                if (!IsNew(group, copy, block, content, scratch) && (isInRedo || !TryReadInPlace(group, copy, block, content, scratch)))
                {
                    missing.Add(block);
                }
            }

            return;
        }

        // Some of it may lie behind the end of a target that was cut already, or on a sector that cannot be read: block by block.
        int position = 0;
        for (long block = blocks.First; block < blocks.End; block++)
        {
            Span<byte> content = buffer.Slice(position, geometry.Target.LengthOf(block));
            position += content.Length;
            bool isInRedo = IsInRedo(content, geometry.Target.OffsetOf(block));
            bool isThere = isInRedo
                || (blocks.Count > 1 && TryRead(geometry.Target.OffsetOf(copy.Source + (block - copy.Blocks.First)), content));
            bool isFound = isThere && IsNew(group, copy, block, content, scratch);
            if (!isFound && (isInRedo || !TryReadInPlace(group, copy, block, content, scratch)))
            {
                missing.Add(block);
            }
        }
    }

    private bool TryReadInPlace(OperationGroup group, in Operation copy, long block, Span<byte> content, Span<byte> scratch) =>
        TryRead(geometry.Target.OffsetOf(block), content) && IsNew(group, copy, block, content, scratch);

    private bool IsInRedo(Span<byte> content, long offset)
    {
        if (redo is null)
        {
            return false;
        }

        lock (_redoGate)
        {
            return redo.TryRead(content, offset);
        }
    }

    private bool TryRead(long offset, Span<byte> bytes)
    {
        if (bytes.Length > target.Length - offset)
        {
            return false;
        }

        try
        {
            if (belowCache)
            {
                target.ReadBelowCache(bytes, offset);
            }
            else
            {
                target.Read(bytes, offset);
            }

            return true;
        }
        catch (StorageException unreadable) when (unreadable.Error == StorageError.ReadFailed)
        {
            return false;
        }
    }

    private bool IsNew(OperationGroup group, in Operation copy, long block, ReadOnlySpan<byte> content, Span<byte> scratch)
    {
        hash.Hash(content, scratch);
        return scratch.SequenceEqual(group.NewHash(copy, block - copy.Blocks.First));
    }
}

using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync;

/// <summary>Recognises the blocks of an item in the target.</summary>
internal sealed class TargetChecker(IReadableStorage target, SyncGeometry geometry, bool belowCache)
{
    private readonly int _blockSize = geometry.Target.BlockSize;

    /// <summary>Counts what the blocks of an item are found to be.</summary>
    /// <param name="item">Blocks of operations.</param>
    /// <param name="targetLength">Bytes of the target that are looked at.</param>
    /// <param name="onOther">Told of each block that is not new, and what it is.</param>
    public void Check(PatchItem item, long targetLength, Action<long, BlockState>? onOther = null)
    {
        if (item.Parts.Count > 1)
        {
            LoadAll(item, targetLength);
        }

        foreach (OperationPart part in item.Parts)
        {
            Check(item, item.Group, part.Operation, part.Blocks, targetLength, onOther);
        }

        item.Loaded = default;
    }

    /// <summary>As <see cref="Check(PatchItem, long, Action{long, BlockState})"/>, for any blocks of an operation that fit into a chunk.</summary>
    /// <param name="item">The slot.</param>
    /// <param name="group">The operation's group.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="blocks">Blocks of the operation; several only if they fit into the slot's buffer.</param>
    /// <param name="targetLength">Bytes of the target that are looked at.</param>
    /// <param name="onOther">Told of each block that is not new, and what it is.</param>
    public void Check(
        PatchItem item, OperationGroup group, in Operation operation, BlockRun blocks, long targetLength, Action<long, BlockState>? onOther)
    {
        if (operation.Old == OldKind.Absent && geometry.Target.OffsetOf(blocks.First) >= targetLength)
        {
            // The target has not grown yet, and there is nothing to look at, however many blocks it is.
            item.OldBlocks += blocks.Count;
            return;
        }

        bool inMemory = _blockSize <= PatchItem.ChunkLength;
        Span<byte> bytes = default;
        if (inMemory)
        {
            bytes = Load(item, blocks, targetLength);
        }

        for (int i = 0; i < blocks.Count; i++)
        {
            long block = blocks.First + i;
            int length = item.Classifier.ContentLength(block, targetLength);
            BlockState state = inMemory
                ? item.Classifier.Classify(group, operation, block, bytes.Slice(Math.Min(i * _blockSize, bytes.Length), length))
                : item.Classifier.ClassifyInPieces(group, operation, block, length, item.Target, Read);
            item.Count(state, block);
            if (state != BlockState.New)
            {
                onOther?.Invoke(block, state);
            }
        }
    }

    // Several parts fit into the buffer with what lies between them.
    private void LoadAll(PatchItem item, long targetLength)
    {
        BlockRun all = BlockRun.Between(item.Parts[0].Blocks.First, item.Parts[^1].Blocks.End);
        try
        {
            item.Loaded = (geometry.Target.OffsetOf(all.First), Load(item, all, targetLength).Length);
        }
        catch (StorageException)
        {
            // It may be a gap that cannot be read, and nobody asked for that: each part is read by itself, and tells its own error.
            item.Loaded = default;
        }
    }

    // The bytes of these blocks, as far as the target has them: from the buffer where it holds them, else read into it.
    private Span<byte> Load(PatchItem item, BlockRun blocks, long targetLength)
    {
        int last = item.Classifier.ContentLength(blocks.Last, targetLength);
        long offset = geometry.Target.OffsetOf(blocks.First);
        long before = geometry.Target.OffsetOf(blocks.Last) - offset;
        int length = (int)Math.Clamp(targetLength - offset, 0, before + last);
        if (offset >= item.Loaded.Offset && offset + length <= item.Loaded.Offset + item.Loaded.Length)
        {
            return item.Target.AsSpan((int)(offset - item.Loaded.Offset), length);
        }

        Span<byte> bytes = item.Target.AsSpan(0, length);
        if (length > 0)
        {
            Read(bytes, offset);
        }

        return bytes;
    }

    private void Read(Span<byte> bytes, long offset)
    {
        if (belowCache)
        {
            target.ReadBelowCache(bytes, offset);
        }
        else
        {
            target.Read(bytes, offset);
        }
    }
}

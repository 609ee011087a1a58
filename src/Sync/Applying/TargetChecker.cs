using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync;

/// <summary>Recognises the blocks of an item in the target.</summary>
internal sealed class TargetChecker(IReadableStorage target, SyncGeometry geometry, bool belowCache)
{
    private readonly int _blockSize = geometry.Target.BlockSize;

    /// <summary>Counts what the blocks of one operation are found to be; told of each block that is not new.</summary>
    /// <param name="item">Blocks of an operation.</param>
    /// <param name="targetLength">Bytes of the target that are looked at.</param>
    public void Check(PatchItem item, long targetLength) => Check(item, item.Group, item.Operation, item.Blocks, targetLength, null);

    /// <summary>As <see cref="Check(PatchItem, long)"/>, for any blocks of an operation that fit into a chunk.</summary>
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
            int last = item.Classifier.ContentLength(blocks.Last, targetLength);
            long offset = geometry.Target.OffsetOf(blocks.First);
            long before = geometry.Target.OffsetOf(blocks.Last) - offset;
            bytes = item.Target.AsSpan(0, (int)Math.Clamp(targetLength - offset, 0, before + last));
            if (bytes.Length > 0)
            {
                Read(bytes, offset);
            }
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

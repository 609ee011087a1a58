using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Storage.Native;
using BinarySync.Sync.Applying.Evidence;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Recognizing;

namespace BinarySync.Sync.Applying.Planning;

/// <summary>From where the target is read, and what is not believed.</summary>
internal enum CheckMode
{
    /// <summary>From the cache; what is in doubt from below it.</summary>
    Recognize,

    /// <summary>
    /// As <see cref="Recognize"/>, so that the same is found again; but what may be torn is not read at all: it is written.
    /// </summary>
    Write,

    /// <summary>All from below the cache.</summary>
    ReadBack,
}

/// <summary>Recognises the blocks of an item in the target.</summary>
/// <param name="target">The target.</param>
/// <param name="geometry">A and B.</param>
/// <param name="mode">From where it is read.</param>
/// <param name="doubt">What is not believed.</param>
/// <param name="witnesses">Is shown what the target has; null where nobody asks.</param>
/// <param name="longestGap">Bytes that nobody asked for and that are read all the same between two parts.</param>
internal sealed class TargetChecker(
    IReadableStorage target,
    SyncGeometry geometry,
    CheckMode mode,
    PatchDoubt doubt,
    WitnessCollector? witnesses = null,
    int longestGap = TargetChecker.LongestGap)
{
    private const int LongestGap = 64 << 10;

    private readonly int _blockSize = geometry.Target.BlockSize;
    private readonly int _chunkBlocks = Math.Max(1, PatchItem.ChunkLength / geometry.Target.BlockSize);

    private volatile StorageException? _failure;

    /// <summary>Why a block could not be read, the latest time; null where all could.</summary>
    public StorageException? Failure => _failure;

    /// <summary>Counts what the blocks of an item are found to be.</summary>
    /// <param name="item">Blocks of operations.</param>
    /// <param name="targetLength">Bytes of the target that are looked at.</param>
    /// <param name="onOther">Told of each block that is not new, and what it is.</param>
    public void Check(PatchItem item, long targetLength, Action<long, BlockState>? onOther = null)
    {
        for (int first = 0, end; first < item.Parts.Count; first = end)
        {
            end = EndOfStretch(item.Parts, first);
            BlockRun all = BlockRun.Between(item.Parts[first].Blocks.First, item.Parts[end - 1].Blocks.End);
            if (end - first > 1 && !doubt.Touches(all))
            {
                LoadAll(item, all, targetLength);
            }

            for (int i = first; i < end; i++)
            {
                Check(item, item.Group, item.Parts[i].Operation, item.Parts[i].Blocks, targetLength, onOther);
            }

            item.Loaded = default;
        }
    }

    // What lies near in the target is read with one call, and the gaps with it: a disk that turns would wait for each. Nothing outside
    // the ranges of the data file is read.
    private int EndOfStretch(List<OperationPart> parts, int first)
    {
        int end = first + 1;
        for (; end < parts.Count; end++)
        {
            BlockRun gap = BlockRun.Between(parts[end - 1].Blocks.End, parts[end].Blocks.First);
            if (geometry.Target.OffsetOf(gap.Count) > longestGap
                || parts[end].Blocks.End - parts[first].Blocks.First > _chunkBlocks
                || !geometry.Coverage.Contains(gap))
            {
                break;
            }
        }

        return end;
    }

    /// <summary>
    /// As <see cref="Check(PatchItem, long, Action{long, BlockState})"/>, for any blocks of an operation that fit into a chunk.
    /// </summary>
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

        if (!doubt.Touches(blocks))
        {
            CheckBelieved(item, group, operation, blocks, targetLength, onOther);
            return;
        }

        foreach ((BlockRun some, bool mayBeTorn) in doubt.Cut(blocks))
        {
            if (mayBeTorn)
            {
                CheckTorn(item, group, operation, some, targetLength, onOther);
            }
            else
            {
                CheckBelieved(item, group, operation, some, targetLength, onOther);
            }
        }
    }

    // Blocks that cannot be read together are tried one by one, and each below the cache, where a sector is enough.
    private void CheckBelieved(
        PatchItem item, OperationGroup group, in Operation operation, BlockRun blocks, long targetLength, Action<long, BlockState>? onOther)
    {
        bool belowCache = mode == CheckMode.ReadBack || doubt.Touches(blocks);
        try
        {
            CheckBelieved(item, group, operation, blocks, targetLength, belowCache, onOther);
        }
        catch (StorageException failure) when (failure.IsOfMedium)
        {
            _failure = failure;
            for (long block = blocks.First; block < blocks.End; block++)
            {
                CheckOne(item, group, operation, new BlockRun(block, 1), targetLength, onOther);
            }
        }
    }

    private void CheckOne(
        PatchItem item, OperationGroup group, in Operation operation, BlockRun block, long targetLength, Action<long, BlockState>? onOther)
    {
        try
        {
            CheckBelieved(item, group, operation, block, targetLength, belowCache: true, onOther);
        }
        catch (StorageException failure) when (failure.IsOfMedium)
        {
            _failure = failure;
            item.NotOldBlocks++;
            item.Count(BlockState.Unreadable, block.First);
            onOther?.Invoke(block.First, BlockState.Unreadable);
        }
    }

    private void CheckBelieved(
        PatchItem item, OperationGroup group, in Operation operation, BlockRun blocks, long targetLength, bool belowCache, Action<long, BlockState>? onOther)
    {
        bool inMemory = _blockSize <= PatchItem.ChunkLength;
        Span<byte> bytes = default;
        if (inMemory)
        {
            bytes = Load(item, blocks, targetLength, belowCache);
            witnesses?.AddBefore(geometry.Target.OffsetOf(blocks.First), bytes, operation.New == NewKind.Zero);
        }

        for (int i = 0; i < blocks.Count; i++)
        {
            long block = blocks.First + i;
            int length = item.Classifier.ContentLength(block, targetLength);
            BlockState state = inMemory
                ? item.Classifier.Classify(group, operation, block, bytes.Slice(Math.Min(i * _blockSize, bytes.Length), length))
                : ClassifyLarge(item, group, operation, block, length, belowCache);
            item.NotOldBlocks += IsOld(state) ? 0 : 1;
            item.Seen = With(item.Seen, state, isTorn: false);
            if (state is BlockState.New or BlockState.OldAndNew && doubt.DoubtsNew(block))
            {
                state = BlockState.Again;
            }

            item.Count(state, block);
            if (state is not (BlockState.New or BlockState.OldAndNew))
            {
                onOther?.Invoke(block, state);
            }
        }
    }

    // Whatever these blocks are, they are written. Whether they are still old matters to an undo file only; and a sector that was being
    // written when the power failed may not be readable before it is written again.
    private void CheckTorn(
        PatchItem item, OperationGroup group, in Operation operation, BlockRun blocks, long targetLength, Action<long, BlockState>? onOther)
    {
        if (mode == CheckMode.Recognize)
        {
            item.NotOldBlocks += CountNotOld(item, group, operation, blocks, targetLength);
        }

        for (long block = blocks.First; block < blocks.End; block++)
        {
            item.Count(BlockState.Again, block);
            onOther?.Invoke(block, BlockState.Again);
        }
    }

    private long CountNotOld(PatchItem item, OperationGroup group, in Operation operation, BlockRun blocks, long targetLength)
    {
        try
        {
            if (_blockSize > PatchItem.ChunkLength)
            {
                int length = item.Classifier.ContentLength(blocks.First, targetLength);
                BlockState state = ClassifyLarge(item, group, operation, blocks.First, length, belowCache: true);
                item.Seen = With(item.Seen, state, isTorn: true);
                return IsOld(state) ? 0 : 1;
            }

            long count = 0;
            Span<byte> bytes = Load(item, blocks, targetLength, belowCache: true);
            witnesses?.AddBefore(geometry.Target.OffsetOf(blocks.First), bytes, operation.New == NewKind.Zero);
            for (int i = 0; i < blocks.Count; i++)
            {
                long block = blocks.First + i;
                ReadOnlySpan<byte> content = bytes.Slice(Math.Min(i * _blockSize, bytes.Length), item.Classifier.ContentLength(block, targetLength));
                BlockState state = item.Classifier.Classify(group, operation, block, content);
                item.Seen = With(item.Seen, state, isTorn: true);
                count += IsOld(state) ? 0 : 1;
            }

            return count;
        }
        catch (StorageException unreadable) when (unreadable.Error == StorageError.ReadFailed)
        {
            return blocks.Count;
        }
    }

    private static SeenBlocks With(SeenBlocks seen, BlockState state, bool isTorn) => state switch
    {
        BlockState.Old => seen with { Old = seen.Old + 1 },
        BlockState.New => seen with { New = seen.New + 1 },
        BlockState.Unrecognized when isTorn => seen with { Torn = seen.Torn + 1 },
        _ => seen,
    };

    private static bool IsOld(BlockState state) => state is BlockState.Old or BlockState.OldAndNew;

    // Several parts fit into the buffer with what lies between them.
    private void LoadAll(PatchItem item, BlockRun all, long targetLength)
    {
        try
        {
            item.Loaded = (geometry.Target.OffsetOf(all.First), Load(item, all, targetLength, mode == CheckMode.ReadBack).Length);
        }
        catch (StorageException)
        {
            // It may be a gap that cannot be read, and nobody asked for that: each part is read by itself, and tells its own error.
            item.Loaded = default;
        }
    }

    // The bytes of these blocks, as far as the target has them: from the buffer where it holds them, else read into it.
    private Span<byte> Load(PatchItem item, BlockRun blocks, long targetLength, bool belowCache)
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
            Read(bytes, offset, belowCache);
        }

        return bytes;
    }

    // By itself: what small blocks go through should make no delegate.
    private BlockState ClassifyLarge(PatchItem item, OperationGroup group, in Operation operation, long block, int length, bool belowCache)
    {
        bool becomesZero = operation.New == NewKind.Zero;
        return item.Classifier.ClassifyInPieces(
            group, operation, block, length, item.Target, (piece, offset) => ReadPiece(piece, offset, belowCache, becomesZero));
    }

    private void ReadPiece(Span<byte> bytes, long offset, bool belowCache, bool becomesZero)
    {
        Read(bytes, offset, belowCache);
        witnesses?.AddBefore(offset, bytes, becomesZero);
    }

    private void Read(Span<byte> bytes, long offset, bool belowCache)
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

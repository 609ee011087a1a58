using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Storage.Native;
using BinarySync.Sync.Applying.Evidence;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Recognizing;

namespace BinarySync.Sync.Applying.Planning;

/// <summary>From where the target is read, and which blocks are not believed.</summary>
internal enum CheckMode
{
    /// <summary>From the cache; blocks in doubt from below it.</summary>
    Recognize,

    /// <summary>
    /// As <see cref="Recognize"/>, so that the same is found again. But blocks that may be torn are not read at all: they are written.
    /// </summary>
    Write,

    /// <summary>Everything from below the cache.</summary>
    ReadBack,
}

/// <summary>Recognises the blocks of an item in the target.</summary>
/// <param name="target">The target.</param>
/// <param name="geometry">A and B.</param>
/// <param name="mode">From where it is read.</param>
/// <param name="doubt">The blocks that are not believed.</param>
/// <param name="witnesses">Gets the present content of the target; null if it is not wanted.</param>
/// <param name="longestGap">Bytes between two parts that are read although they are not needed.</param>
internal sealed class TargetChecker(
    IReadableStorage target,
    SyncGeometry geometry,
    CheckMode mode,
    PatchDoubt doubt,
    WitnessCollector? witnesses = null,
    int longestGap = TargetChecker.LongestGap)
{
    private const int LongestGap = 64 << 10;

    private readonly int _chunkBlocks = Math.Max(1, PatchItem.ChunkLength / geometry.Target.BlockSize);

    private volatile StorageException? _failure;

    /// <summary>Why a block could not be read, the latest time; null if all could be read.</summary>
    public StorageException? Failure => _failure;

    /// <summary>Counts the blocks of an item by their states.</summary>
    /// <param name="item">Blocks of operations.</param>
    /// <param name="targetLength">Bytes of the target that are checked.</param>
    /// <param name="onOther">Called for each block that is not new, with its state.</param>
    public void Check(PatchItem item, long targetLength, Action<long, BlockState>? onOther = null)
    {
        if (mode == CheckMode.Recognize)
        {
            Announce(item, targetLength);
        }

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

            item.Window.Release();
        }
    }

    // What is checked again later is in the cache by then.
    private void Announce(PatchItem item, long targetLength)
    {
        for (int first = 0, end; first < item.Parts.Count; first = end)
        {
            end = EndOfStretch(item.Parts, first);
            BlockRun all = BlockRun.Between(item.Parts[first].Blocks.First, item.Parts[end - 1].Blocks.End);
            long offset = geometry.Target.OffsetOf(all.First);
            long length = EndOf(item, all, targetLength) - offset;
            if (length is > 0 and <= int.MaxValue && !doubt.Touches(all))
            {
                target.Announce(offset, (int)length);
            }
        }
    }

    // Parts that are near each other in the target are read with one call, including the gaps: a rotating disk would wait for each. Nothing
    // outside the ranges of the data file is read.
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
    /// <param name="targetLength">Bytes of the target that are checked.</param>
    /// <param name="onOther">Called for each block that is not new, with its state.</param>
    public void Check(
        PatchItem item, OperationGroup group, in Operation operation, BlockRun blocks, long targetLength, Action<long, BlockState>? onOther)
    {
        if (operation.Old == OldKind.Absent && geometry.Target.OffsetOf(blocks.First) >= targetLength)
        {
            // The target has not grown yet, so there is nothing to read, however many blocks there are.
            item.Found.CountAbsent(blocks.Count);
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

    // Blocks that cannot be read together are tried one by one, each from below the cache, where a single sector can be read.
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
            item.Found.SeeNothing(1);
            item.Found.Count(BlockState.Unreadable, block.First);
            onOther?.Invoke(block.First, BlockState.Unreadable);
        }
    }

    private void CheckBelieved(
        PatchItem item, OperationGroup group, in Operation operation, BlockRun blocks, long targetLength, bool belowCache,
        Action<long, BlockState>? onOther)
    {
        item.Window.Begin(target, EndOf(item, blocks, targetLength), belowCache);
        for (long block = blocks.First; block < blocks.End; block++)
        {
            BlockState state = StateOf(item, group, operation, block, targetLength);
            item.Found.See(state, isTorn: false);
            if (state is BlockState.New or BlockState.OldAndNew && doubt.DoubtsNew(block))
            {
                state = BlockState.Again;
            }

            item.Found.Count(state, block);
            if (state is not (BlockState.New or BlockState.OldAndNew))
            {
                onOther?.Invoke(block, state);
            }
        }
    }

    // These blocks are written in any case. Whether they are still old matters only to an undo file. A sector that was being written when
    // the power failed may be unreadable until it is written again.
    private void CheckTorn(
        PatchItem item, OperationGroup group, in Operation operation, BlockRun blocks, long targetLength, Action<long, BlockState>? onOther)
    {
        if (mode == CheckMode.Recognize)
        {
            SeeTorn(item, group, operation, blocks, targetLength);
        }

        for (long block = blocks.First; block < blocks.End; block++)
        {
            item.Found.Count(BlockState.Again, block);
            onOther?.Invoke(block, BlockState.Again);
        }
    }

    private void SeeTorn(PatchItem item, OperationGroup group, in Operation operation, BlockRun blocks, long targetLength)
    {
        long seen = 0;
        try
        {
            item.Window.Begin(target, EndOf(item, blocks, targetLength), belowCache: true);
            for (long block = blocks.First; block < blocks.End; block++)
            {
                item.Found.See(StateOf(item, group, operation, block, targetLength), isTorn: true);
                seen++;
            }
        }
        catch (StorageException unreadable) when (unreadable.Error == StorageError.ReadFailed)
        {
            item.Found.SeeNothing(blocks.Count - seen);
        }
    }

    private BlockState StateOf(PatchItem item, OperationGroup group, in Operation operation, long block, long targetLength)
    {
        BlockClassifier classifier = item.Classifier;
        classifier.Begin(group, operation, block);
        long offset = geometry.Target.OffsetOf(block);
        for (int left = classifier.ContentLength(block, targetLength); left > 0;)
        {
            ReadOnlySpan<byte> piece = item.Window.From(offset, left);
            witnesses?.AddBefore(offset, piece, operation.New == NewKind.Zero);
            classifier.Append(piece);
            offset += piece.Length;
            left -= piece.Length;
        }

        return classifier.Finish().State;
    }

    // Several parts fit into the buffer, together with the gaps between them.
    private void LoadAll(PatchItem item, BlockRun all, long targetLength)
    {
        try
        {
            item.Window.Hold(target, geometry.Target.OffsetOf(all.First), EndOf(item, all, targetLength), mode == CheckMode.ReadBack);
        }
        catch (StorageException)
        {
            // Perhaps only a gap cannot be read, and gaps are not needed. Each part is read by itself, and reports its own error.
        }
    }

    // Where the bytes of these blocks end, as far as the target has them.
    private long EndOf(PatchItem item, BlockRun blocks, long targetLength) =>
        Math.Min(targetLength, geometry.Target.OffsetOf(blocks.Last) + item.Classifier.ContentLength(blocks.Last, targetLength));
}

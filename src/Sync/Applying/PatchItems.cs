using BinarySync.Format;

namespace BinarySync.Sync;

/// <summary>
/// Cuts a data file into items for a pass: the frames of each group and the blocks of its operations, in ascending order of blocks as far
/// as a frame, which may span several operations, allows it.
/// </summary>
/// <param name="reader">The data file.</param>
/// <param name="pass">Which items.</param>
/// <param name="lengthBefore">Bytes of the target when it was opened: zeros behind them come by growing, so nobody looks at them and a run of them is one item.</param>
/// <param name="workspace">Where groups come from.</param>
/// <param name="onGroup">Told of each group, in order.</param>
internal sealed class PatchItems(
    OperationReader reader, PatchPass pass, long lengthBefore, PatchWorkspace workspace, Action<OperationGroup>? onGroup = null)
{
    // Bytes that nobody asked for and that are read all the same.
    private const int LongestGap = 64 << 10;

    private readonly SyncGeometry _geometry = reader.Geometry;
    private readonly int _chunkBlocks = Math.Max(1, PatchItem.ChunkLength / reader.Geometry.Target.BlockSize);
    private OperationGroup _group = new();
    private long _groupNumber;
    private int _operation;
    private long _blocksDone;
    private long _contentDone;

    /// <summary>True where the next item does not continue a block that the last one has begun.</summary>
    public bool IsBetweenBlocks => _contentDone == _group.ContentLength || _contentDone % _geometry.Target.BlockSize == 0;

    /// <summary>Fills the slot with the next item; false at the end of the data file, when it has been found right.</summary>
    /// <param name="item">The slot.</param>
    public bool Take(PatchItem item)
    {
        while (true)
        {
            BlockRun? chunk = NextChunk();
            if (_contentDone < _group.ContentLength && pass != PatchPass.ReadBack
                && (chunk is null || NextFrameBlock() < chunk.Value.First))
            {
                TakeFrame(item);
                return true;
            }

            if (chunk is { } blocks)
            {
                item.IsFrame = false;
                item.Group = _group;
                item.GroupNumber = _groupNumber;
                item.Parts.Clear();
                AddPart(item, blocks);
                AddNeighbours(item, blocks);
                return true;
            }

            if (!NextGroup())
            {
                return false;
            }
        }
    }

    private void AddPart(PatchItem item, BlockRun blocks)
    {
        item.Parts.Add(new OperationPart(_group.Operations[_operation], blocks));
        _blocksDone += blocks.Count;
    }

    // What lies near in the target is read with one call, and the gaps with it: a disk that turns would wait for each. Nothing outside the ranges of
    // the data file is read. Not for writing: between
    // two runs of zeros there may be content, and writes ascend.
    private void AddNeighbours(PatchItem item, BlockRun first)
    {
        long end = first.End;
        while (pass != PatchPass.Write && !ComesByGrowing(item.Parts[^1])
            && NextChunk() is { } next
            && _geometry.Target.OffsetOf(next.First - end) <= LongestGap
            && next.End - first.First <= _chunkBlocks
            && _geometry.Coverage.Contains(BlockRun.Between(end, next.First))
            && !ComesByGrowing(new OperationPart(_group.Operations[_operation], next)))
        {
            AddPart(item, next);
            end = next.End;
        }
    }

    private bool ComesByGrowing(OperationPart part) =>
        part.Operation.New == NewKind.Zero && _geometry.Target.OffsetOf(part.Blocks.First) >= lengthBefore;

    private BlockRun? NextChunk()
    {
        while (pass != PatchPass.Verify && _operation < _group.Operations.Count)
        {
            Operation operation = _group.Operations[_operation];
            BlockRun left = BlockRun.Between(operation.Blocks.First + _blocksDone, operation.Blocks.End);
            if (left.Count > 0 && (pass != PatchPass.Write || operation.New == NewKind.Zero))
            {
                return ComesByGrowing(new OperationPart(operation, left)) ? left : new BlockRun(left.First, Math.Min(left.Count, _chunkBlocks));
            }

            _operation++;
            _blocksDone = 0;
        }

        return null;
    }

    private long NextFrameBlock()
    {
        // In a data file for several remotes, content that only others want may lie before that, or all that is left.
        ContentPiece first = _group.PiecesOf(_geometry.Target, _contentDone, (int)(_group.ContentLength - _contentDone)).FirstOrDefault();
        return first.Length == 0 ? long.MaxValue : _geometry.Target.BlockAt(first.TargetOffset);
    }

    private void TakeFrame(PatchItem item)
    {
        if (!reader.ReadFrame(out _))
        {
            throw new InvalidOperationException("the group has more content than frames");
        }

        item.Stored = reader.ExchangePayload(item.Stored);
        if (reader.Frame.Codec == FrameCodec.Repeats)
        {
            item.Pieces = reader.ExchangePieces(item.Pieces);
        }

        item.IsFrame = true;
        item.Group = _group;
        item.GroupNumber = _groupNumber;
        item.Frame = reader.Frame;
        item.FramePlace = reader.FramePlace;
        item.ContentFrom = _contentDone;
        _contentDone += reader.Frame.RawLength;
    }

    private bool NextGroup()
    {
        while (pass == PatchPass.ReadBack && reader.ReadFrame(out _))
        {
        }

        // Items of the group before may still be at work with it.
        _group = workspace.TakeGroup();
        _operation = 0;
        _blocksDone = 0;
        _contentDone = 0;
        if (!reader.ReadGroup(_group))
        {
            return false;
        }

        _groupNumber++;
        onGroup?.Invoke(_group);
        return true;
    }
}

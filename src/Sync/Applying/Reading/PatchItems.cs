using BinarySync.Format;

namespace BinarySync.Sync.Applying.Reading;

/// <summary>
/// Cuts a data file into items for a pass: the frames of each group and the blocks of its operations. Blocks ascend as far as a frame,
/// which may span several operations, allows it.
/// </summary>
/// <param name="reader">The data file.</param>
/// <param name="pass">The items to take.</param>
/// <param name="lengthBefore">
/// Bytes of the target when it was opened. Zeros behind them appear when the file grows, so they are not read, and a run of them is one
/// item.
/// </param>
/// <param name="workspace">Where groups come from.</param>
/// <param name="onGroup">Called for each group, in order.</param>
internal sealed class PatchItems(
    IOperationReader reader, PatchPass pass, long lengthBefore, PatchWorkspace workspace, Action<OperationGroup>? onGroup = null)
{
    private readonly SyncGeometry _geometry = reader.Geometry;
    private readonly int _chunkBlocks = Math.Max(1, PatchItem.ChunkLength / reader.Geometry.Target.BlockSize);
    private OperationGroup _group = new();
    private long _groupNumber;
    private int _operation;
    private long _blocksDone;
    private long _contentDone;
    private (long Content, long Block) _nextFrame = (-1, 0);

    /// <summary>True if the next item does not continue a block that the last item has begun.</summary>
    public bool IsBetweenBlocks => _contentDone == _group.ContentLength || _contentDone % _geometry.Target.BlockSize == 0;

    /// <summary>Fills the slot with the next item; false at the end of the data file, once it is verified.</summary>
    /// <param name="item">The slot.</param>
    public bool Take(PatchItem item)
    {
        while (true)
        {
            BlockRun? chunk = NextChunk();
            if (IsFrameDue(chunk))
            {
                if (TakeFrame(item))
                {
                    return true;
                }

                continue;
            }

            if (chunk is { } blocks)
            {
                item.IsFrame = false;
                item.Group = _group;
                item.GroupNumber = _groupNumber;
                item.Parts.Clear();
                AddPart(item, blocks);
                AddMore(item, blocks);
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

    // One item for each of a thousand small operations would cost more than their processing. Writes ascend: content between two runs of
    // zeros is an item between two items.
    private void AddMore(PatchItem item, BlockRun first)
    {
        long blocks = first.Count;
        while (item.Parts.Count < PatchItem.MostParts && !ComesByGrowing(item.Parts[^1])
            && NextChunk() is { } next
            && blocks + next.Count <= _chunkBlocks
            && !ComesByGrowing(new OperationPart(_group.Operations[_operation], next))
            && (pass != PatchPass.Write || !IsFrameDue(next)))
        {
            AddPart(item, next);
            blocks += next.Count;
        }
    }

    private bool IsFrameDue(BlockRun? chunk) =>
        _contentDone < _group.ContentLength && pass != PatchPass.ReadBack && (chunk is null || NextFrameBlock() < chunk.Value.First);

    private bool ComesByGrowing(OperationPart part) =>
        part.Operation.New == NewKind.Zero && _geometry.Target.OffsetOf(part.Blocks.First) >= lengthBefore;

    private BlockRun? NextChunk()
    {
        while (pass is not (PatchPass.Verify or PatchPass.Prefix) && _operation < _group.Operations.Count)
        {
            Operation operation = _group.Operations[_operation];
            BlockRun left = BlockRun.Between(operation.Blocks.First + _blocksDone, operation.Blocks.End);
            if (left.Count > 0 && (pass != PatchPass.Write || operation.New == NewKind.Zero))
            {
                return ComesByGrowing(new OperationPart(operation, left))
                    ? left
                    : new BlockRun(left.First, Math.Min(left.Count, _chunkBlocks));
            }

            _operation++;
            _blocksDone = 0;
        }

        return null;
    }

    private long NextFrameBlock()
    {
        if (_nextFrame.Content != _contentDone)
        {
            // In a data file for several remotes, the bytes before the next needed ones, or all that is left, may be only for other
            // remotes.
            ContentPiece first = _group.PiecesOf(
                _geometry.Target, _contentDone, (int)(_group.ContentLength - _contentDone)).FirstOrDefault();
            _nextFrame = (_contentDone, first.Length == 0 ? long.MaxValue : _geometry.Target.BlockAt(first.TargetOffset));
        }

        return _nextFrame.Block;
    }

    // False for a frame of which the pass makes no use.
    private bool TakeFrame(PatchItem item)
    {
        if (!reader.ReadFrame(out _))
        {
            throw new InvalidOperationException("the group has more content than frames");
        }

        bool isOverOld = reader.Frame.Codec == FrameCodec.Prefix;
        if (isOverOld ? pass == PatchPass.Write : pass == PatchPass.Prefix)
        {
            _contentDone += reader.Frame.RawLength;
            return false;
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
        item.FramePosition = reader.FramePosition;
        item.ContentFrom = _contentDone;
        _contentDone += reader.Frame.RawLength;
        return true;
    }

    private bool NextGroup()
    {
        while (pass == PatchPass.ReadBack && reader.ReadFrame(out _))
        {
        }

        // Items of the previous group may still use it.
        _group = workspace.TakeGroup();
        _operation = 0;
        _blocksDone = 0;
        _contentDone = 0;
        _nextFrame = (-1, 0);
        if (!reader.ReadGroup(_group))
        {
            return false;
        }

        _groupNumber++;
        onGroup?.Invoke(_group);
        return true;
    }
}

using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync;

/// <summary>
/// Carries out a plan: grows first, writes in ascending order, flushes, and cuts last. Every frame, every new hash and every old block is checked
/// again on the way. Knows the target only as an <see cref="IWritableStorage"/>.
/// </summary>
internal sealed class PatchExecutor
{
    private readonly IWritableStorage _target;
    private readonly PatchPlan _plan;
    private readonly PatchSource _patch;
    private readonly PatchWorkspace _workspace;
    private readonly bool _force;
    private readonly SparseMode _sparse;
    private readonly SyncOptions _options;
    private readonly SyncGeometry _geometry;
    private readonly TargetChecker _checker;
    private readonly ZeroWriter _zeros;
    private readonly SpanningBlockWriter? _spanning;
    private WriteCounts _written;

    public PatchExecutor(IWritableStorage target, PatchPlan plan, PatchSource patch, PatchWorkspace workspace, ApplySpecification specification, SyncOptions options)
    {
        _target = target;
        _plan = plan;
        _patch = patch;
        _workspace = workspace;
        _force = specification.ForceUnrecognized;
        _sparse = specification.Sparse;
        _options = options;
        _geometry = plan.Header.SyncGeometry;
        _checker = new TargetChecker(target, _geometry, belowCache: false);
        _zeros = new ZeroWriter(target, specification.Sparse, options);
        _spanning = _geometry.Target.BlockSize > plan.Header.FrameSize
            ? new SpanningBlockWriter(_target, _geometry, plan.Header.Hash, _checker, BlockMayBeWritten)
            : null;
    }

    /// <summary>True once the target may have been changed.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Reserves space, grows the target and writes; nothing is promised to be durable yet.</summary>
    /// <exception cref="StorageException">
    /// <see cref="StorageError.NoSpace"/> before the first write where the file system can tell; any other failure of the target.
    /// </exception>
    /// <exception cref="SyncException">A block changed since it was recognised.</exception>
    public WriteCounts Write()
    {
        if (_plan.BlocksToWrite > 0)
        {
            SpaceReservation.Reserve(_target, _plan, _patch, _sparse);
        }

        HasBegun = true;
        if (_plan.Sizing.Grows)
        {
            _target.SetLength(_plan.Sizing.LengthAfter);
        }

        if (_plan.BlocksToWrite > 0)
        {
            WriteBlocks();
        }

        return _written;
    }

    private void WriteBlocks()
    {
        OperationReader reader = _patch.Open(skipContent: false);
        PatchItems items = new(reader, PatchPass.Write, _plan.Sizing.LengthBefore, _workspace);
        _options.Progress.Begin("writing", 0);

        // A cancelled pass ends between two blocks, with everything written that was taken: a block larger than a frame is not torn.
        OrderedPipeline<PatchItem>.Run(
            _options.Threads,
            _workspace.BeginPass(reader),
            item => !(_options.Cancellation.IsCancellationRequested && items.IsBetweenBlocks) && items.Take(item),
            Prepare,
            Emit,
            CancellationToken.None);
        _options.Cancellation.ThrowIfCancellationRequested();
        _zeros.Finish();
        _patch.RequireSame(reader.Trailer);
    }

    // Runs on many threads: everything but the writing.
    private void Prepare(PatchItem item)
    {
        item.Clear();
        if (!item.IsFrame)
        {
            PrepareZeros(item);
            return;
        }

        item.Decompress(_patch.Name);
        if (_spanning is not null)
        {
            return;
        }

        BlockGeometry geometry = _geometry.Target;
        foreach (ContentPiece piece in item.Group.PiecesOf(geometry, item.ContentFrom, item.Frame.RawLength))
        {
            BlockContent.FindMismatches(
                item.Group, piece, geometry, _plan.Header.Hash, item.Raw.AsSpan(piece.ContentOffset, piece.Length), item.Hash, item.WrongContent);
            if (item.WrongContent.Count > 0)
            {
                throw PatchPlanner.WrongContent(_patch.Name, item, item.WrongContent[0]);
            }
        }

        // Only now: what is found in the target goes into the same list.
        foreach (ContentPiece piece in item.Group.PiecesOf(geometry, item.ContentFrom, item.Frame.RawLength))
        {
            PrepareData(item, piece);
        }
    }

    private void PrepareData(PatchItem item, ContentPiece piece)
    {
        BlockGeometry geometry = _geometry.Target;
        if (piece.Operation.Old == OldKind.Absent && piece.TargetOffset >= _plan.Sizing.LengthBefore)
        {
            // What the target was grown by holds nothing that could be lost.
            item.AddWrite(piece.Operation, piece.TargetOffset, piece.ContentOffset, piece.Length);
            return;
        }

        BlockRun blocks = BlockRun.Between(geometry.BlockAt(piece.TargetOffset), geometry.BlockAt(piece.TargetOffset + piece.Length - 1) + 1);

        // A frame may be larger than the slot's buffer for the target.
        int step = Math.Max(1, PatchItem.ChunkLength / geometry.BlockSize);
        for (long first = blocks.First; first < blocks.End; first += step)
        {
            BlockRun some = BlockRun.Between(first, Math.Min(first + step, blocks.End));
            _checker.Check(item, item.Group, piece.Operation, some, _target.Length, (block, state) =>
            {
                RequireWritable(block, state);
                long offset = geometry.OffsetOf(block);
                item.AddWrite(piece.Operation, offset, piece.ContentOffset + (int)(offset - piece.TargetOffset), geometry.LengthOf(block));
            });
        }
    }

    private void PrepareZeros(PatchItem item)
    {
        BlockGeometry geometry = _geometry.Target;

        // What the target was grown by is zero already: it need not even be read.
        if (geometry.OffsetOf(item.Parts[0].Blocks.First) >= _plan.Sizing.LengthBefore)
        {
            return;
        }

        _checker.Check(item, _target.Length, (block, state) =>
        {
            RequireWritable(block, state);
            item.AddWrite(item.Parts[0].Operation, geometry.OffsetOf(block), 0, geometry.LengthOf(block));
        });
    }

    private void Emit(PatchItem item)
    {
        if (!item.IsFrame)
        {
            foreach (ContentPiece stretch in item.Writes)
            {
                _zeros.Add(stretch.TargetOffset, stretch.Length);
                _written = _written with { ZeroBlocks = _written.ZeroBlocks + BlocksIn(stretch) };
            }

            return;
        }

        // Zeros that wait to be joined with others lie before this frame: all is written in ascending order.
        _zeros.Finish();
        if (_spanning is not null)
        {
            _written = _spanning.Write(item, _written);
        }

        foreach (ContentPiece stretch in item.Writes)
        {
            _target.Write(item.Raw.AsSpan(stretch.ContentOffset, stretch.Length), stretch.TargetOffset);
            _written = _written with { DataBlocks = _written.DataBlocks + BlocksIn(stretch), DataBytes = _written.DataBytes + stretch.Length };
        }

        _options.Progress.Advance(item.Frame.RawLength);
    }

    private long BlocksIn(in ContentPiece stretch) =>
        _geometry.Target.BlockAt(stretch.TargetOffset + stretch.Length - 1) - _geometry.Target.BlockAt(stretch.TargetOffset) + 1;

    private bool BlockMayBeWritten(long block, BlockState state)
    {
        RequireWritable(block, state);
        return state != BlockState.New;
    }

    private void RequireWritable(long block, BlockState state)
    {
        if (state == BlockState.Unrecognized && !_force)
        {
            throw new SyncException(
                SyncError.Unrecognized,
                _target.Name,
                $"block {block} changed while the data file was being applied; blocks before it may be written already",
                "stop what else writes to the target",
                [new BlockRun(block, 1)]);
        }
    }
}

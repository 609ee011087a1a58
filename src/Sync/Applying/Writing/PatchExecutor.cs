using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Recognizing;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Writing;

/// <summary>
/// Carries out a plan: grows first, and writes in ascending order, window by window: the journal knows of each before it is written, and
/// each is flushed before the next. Every frame, every new hash and every old block is checked again on the way. Knows the target only as
/// an <see cref="IWritableStorage"/>.
/// </summary>
internal sealed class PatchExecutor
{
    // Bytes written before the system is asked to bring them to the medium: it works while the next ones are checked, and the flush has
    // less to wait for.
    private const long WriteBackLength = 8 << 20;

    private readonly IWritableStorage _target;
    private readonly PatchPlan _plan;
    private readonly PatchSource _patch;
    private readonly PatchWorkspace _workspace;
    private readonly RedoLog _redo;
    private readonly ApplySpecification _specification;
    private readonly SyncOptions _options;
    private readonly SyncGeometry _geometry;
    private readonly TargetChecker _checker;
    private readonly ZeroWriter _zeros;
    private readonly SpanningBlockWriter? _spanning;
    private readonly PatchJournal _journal;
    private readonly ApplyTuning _tuning;
    private WriteCounts _written;
    private int _window;
    private int _marked = -1;
    private long _unsentFrom = -1;
    private long _unsentBytes;

    public PatchExecutor(
        IWritableStorage target,
        PatchPlan plan,
        PatchSource patch,
        PatchWorkspace workspace,
        PatchJournal journal,
        RedoLog redo,
        ApplySpecification specification,
        ApplyTuning tuning,
        SyncOptions options)
    {
        _journal = journal;
        _tuning = tuning;
        _target = target;
        _plan = plan;
        _patch = patch;
        _workspace = workspace;
        _redo = redo;
        _specification = specification;
        _options = options;
        _geometry = plan.Header.SyncGeometry;
        _checker = new TargetChecker(target, _geometry, CheckMode.Write, plan.Doubt);
        _zeros = new ZeroWriter(target, specification.Sparse, options);
        _spanning = _geometry.Target.BlockSize > plan.Header.FrameSize
            ? new SpanningBlockWriter(plan.Header.Hash, _geometry, _checker, target, BlockMayBeWritten, WriteSpanning)
            : null;
    }

    /// <summary>True once the target may have been changed.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Begins the journal, grows the target, writes, and flushes.</summary>
    /// <exception cref="StorageException">A failure of the target, or of the journal.</exception>
    /// <exception cref="SyncException">A block changed since it was recognised.</exception>
    public WriteCounts Write()
    {
        // The first window is marked with the first record: one flush less where there is one window, as there is most often. Copies have
        // windows of their own before that.
        bool copies = _plan.BlocksToWrite > 0 && !_plan.Copies.IsEmpty;
        bool marks = _plan.BlocksToWrite > 0 && _plan.Windows.Count > 0 && !copies;
        if (!_tuning.JournalsBeforeGrowing)
        {
            Grow();
        }

        _journal.Begin(marks ? BytesOf(_plan.Windows[0]) : null);
        _marked = marks ? 0 : -1;
        HasBegun = true;
        Grow();
        LastBlock.ClearBehindInterruptedCut(_target, _plan, _patch);
        if (copies)
        {
            _written = new CopyExecutor(_target, _plan, _patch, _workspace, _journal, _redo, _specification, _tuning, _options).Run();
        }

        if (_plan.BlocksToWrite > 0)
        {
            WriteBlocks();
        }

        ClearBehindTarget();
        if (!_tuning.CutsLast && _plan.Sizing.Shrinks)
        {
            _target.SetLength(_plan.Sizing.LengthAfter);
        }

        if (_tuning.FlushesBeforeFinish)
        {
            // Also where nothing was written: what was recognised as new may only be in the cache.
            _options.Progress.Begin("flushing", 0);
            _target.Flush();
        }

        return _written;
    }

    /// <summary>An error for a block that is no longer what it was found to be.</summary>
    internal static SyncException ChangedBlock(string target, long block) => new(
        SyncReason.TargetChanged,
        target,
        $"block {block} changed while the data file was being applied; blocks before it may be written already",
        [new BlockRun(block, 1)]);

    private void Grow()
    {
        if (!_plan.Sizing.Grows)
        {
            return;
        }

        _target.SetLength(_plan.Sizing.LengthAfter);
        if (!_plan.Doubt.IsNone)
        {
            // What is in doubt is read from below the cache: there, too, the target must be as long.
            _target.Flush();
        }
    }

    private ByteRange BytesOf(in PatchWindow window) =>
        new(_geometry.Target.OffsetOf(window.Blocks.First), Math.Min(_geometry.Target.OffsetOf(window.Blocks.End), FormatLimits.MaxSize));

    // Before anything in the group is changed, the journal knows; and what it knew before is durable by then.
    private void EnterWindowOf(PatchItem item)
    {
        if (item.GroupNumber >= _plan.Windows[_window].EndGroup)
        {
            _zeros.Finish();
            while (item.GroupNumber >= _plan.Windows[_window].EndGroup)
            {
                _window = _window + 1 < _plan.Windows.Count ? _window + 1 : throw _patch.Changed();
            }
        }

        // A data file that was exchanged since it was verified is found at its end at the latest; but nothing must be written where the
        // journal does not say so.
        BlockRun blocks = _plan.Windows[_window].Blocks;
        if (item.Group.Operations[0].Blocks.First < blocks.First || item.Group.Operations[^1].Blocks.End > blocks.End)
        {
            throw _patch.Changed();
        }

        if (_marked == _window)
        {
            return;
        }

        if (_marked >= 0)
        {
            _target.Flush();
            _journal.Flushed(BytesOf(_plan.Windows[_marked]).End);
        }

        _journal.Mark(BytesOf(_plan.Windows[_window]));
        _marked = _window;
    }

    // A device cannot be cut, and a file not before all parts of a set are in place. What an interrupted run that made it larger may have
    // torn behind the smaller size was zeros before, or that run would have refused: it becomes zeros again, so that the same run
    // recognises it later.
    private void ClearBehindTarget()
    {
        if (!_journal.TailWasZero || !MayStayLonger || !_geometry.ResizesTarget || _geometry.Target.Size > _geometry.Base.Size)
        {
            return;
        }

        foreach (ByteRange range in _journal.Inherited)
        {
            long from = Math.Max(range.Offset, _geometry.Target.Size);
            long end = Math.Min(range.End, Math.Min(_geometry.Base.Size, _target.Length));
            if (from < end)
            {
                _zeros.Finish();
                _zeros.Add(from, end - from);
                _zeros.Finish();
            }
        }
    }

    private void WriteBlocks()
    {
        OperationReader reader = _patch.Open(skipContent: false);
        PatchItems items = new(reader, PatchPass.Write, _plan.Sizing.LengthBefore, _workspace);
        _options.Progress.Begin("writing", _plan.Bytes - _plan.CopyBytes);

        // A cancelled pass ends between two blocks, with everything written that was taken: a block larger than a frame is not torn.
        OrderedPipeline<PatchItem>.Run(
            _options.Threads,
            _workspace.BeginPass(reader),
            item => !(_options.Cancellation.IsCancellationRequested && items.IsBetweenBlocks) && items.Take(item),
            Prepare,
            item =>
            {
                Emit(item);
                item.Release();
            },
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

        item.Decode(_patch);
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
                throw FrameVerifier.WrongContent(_patch.Name, item, item.WrongContent[0]);
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
                EnterWindowOf(item);
                _zeros.Add(stretch.TargetOffset, stretch.Length + RestOfLastBlock(stretch));
                _written = _written with { ZeroBlocks = _written.ZeroBlocks + BlocksIn(stretch) };
            }

            _options.Progress.Advance(item.Parts.Sum(part => _geometry.Target.LengthOf(part.Blocks)));
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
            EnterWindowOf(item);
            _target.Write(item.Raw.AsSpan(stretch.ContentOffset, stretch.Length), stretch.TargetOffset);
            _written = _written with { DataBlocks = _written.DataBlocks + BlocksIn(stretch), DataBytes = _written.DataBytes + stretch.Length };
            SendSoon(stretch.TargetOffset, stretch.Length);
            if (RestOfLastBlock(stretch) is var rest and > 0)
            {
                _zeros.Add(stretch.TargetOffset + stretch.Length, rest);
            }
        }

        // In a data file for several remotes, a frame may have content for others.
        foreach (ContentPiece piece in item.Group.PiecesOf(_geometry.Target, item.ContentFrom, item.Frame.RawLength))
        {
            _options.Progress.Advance(piece.Length);
        }
    }

    private void SendSoon(long offset, long length)
    {
        _unsentFrom = _unsentBytes == 0 ? offset : _unsentFrom;
        _unsentBytes += length;
        if (_unsentBytes >= WriteBackLength)
        {
            _target.BeginWriteBack(_unsentFrom, offset + length - _unsentFrom);
            _unsentBytes = 0;
        }
    }

    private bool MayStayLonger => _target.HasFixedLength || _plan.Header.Set is not null;

    private int RestOfLastBlock(in ContentPiece stretch) =>
        LastBlock.RestBehind(_target, _plan.Header, _journal, stretch.TargetOffset + stretch.Length);

    private long BlocksIn(in ContentPiece stretch) =>
        _geometry.Target.BlockAt(stretch.TargetOffset + stretch.Length - 1) - _geometry.Target.BlockAt(stretch.TargetOffset) + 1;

    private bool BlockMayBeWritten(long block, BlockState state)
    {
        RequireWritable(block, state);
        return state is not (BlockState.New or BlockState.OldAndNew);
    }

    private void WriteSpanning(PatchItem item, ContentPiece piece)
    {
        EnterWindowOf(item);
        _target.Write(item.Raw.AsSpan(piece.ContentOffset, piece.Length), piece.TargetOffset);
        SendSoon(piece.TargetOffset, piece.Length);
        if (RestOfLastBlock(piece) is var rest and > 0)
        {
            _zeros.Add(piece.TargetOffset + piece.Length, rest);
        }
    }

    private void RequireWritable(long block, BlockState state)
    {
        if (state == BlockState.Unreadable && !_specification.OverwriteUnreadable)
        {
            StorageException failure = _checker.Failure!;
            throw new StorageException(failure.Error, failure.Path, $"{failure.Message}: block {block}", failure.Errno, failure.Offset);
        }

        if (state == BlockState.Unrecognized && !_specification.ForceUnrecognized)
        {
            throw ChangedBlock(_target.Name, block);
        }
    }
}

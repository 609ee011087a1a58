using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Recognizing;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Writing;

/// <summary>
/// Carries out a plan: grows the target first, then writes in ascending order, window by window. The journal knows each window before it is
/// written, and each is flushed before the next. Every frame, every new hash and every old block is checked again on the way. Knows the
/// target only as an <see cref="IWritableStorage"/>.
/// </summary>
internal sealed class PatchExecutor
{
    // Bytes written before the system is asked to bring them to the medium. It works while the next ones are checked, so the flush has less
    // to wait for.
    private const long WriteBackLength = 8 << 20;

    private readonly ApplyContext _context;
    private readonly IWritableStorage _target;
    private readonly PatchSource _patch;
    private readonly SyncOptions _options;
    private readonly PatchPlan _plan;
    private readonly RedoLog _redo;
    private readonly SyncGeometry _geometry;
    private readonly TargetChecker _checker;
    private readonly ZeroWriter _zeros;
    private readonly FrameVerifier _frames;
    private readonly PatchJournal _journal;
    private WriteCounts _written;
    private int _window;
    private int _marked = -1;
    private long _writtenTo = -1;
    private long _unsentFrom = -1;
    private long _unsentBytes;

    public PatchExecutor(ApplyContext context, PatchPlan plan, PatchJournal journal, RedoLog redo)
    {
        _context = context;
        _target = context.Target;
        _patch = context.Patch;
        _options = context.Options;
        _plan = plan;
        _journal = journal;
        _redo = redo;
        _geometry = plan.Header.SyncGeometry;
        _checker = new TargetChecker(_target, _geometry, CheckMode.Write, plan.Doubt);
        _zeros = new ZeroWriter(_target, context.Specification.Sparse, _options);
        _frames = new FrameVerifier(plan.Header, _patch, old: null);
    }

    /// <summary>True once the target may have been changed.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Begins the journal, grows the target, writes, and flushes.</summary>
    /// <exception cref="StorageException">A failure of the target, or of the journal.</exception>
    /// <exception cref="SyncException">A block changed since it was recognised.</exception>
    public WriteCounts Write()
    {
        // The first window is marked with the first record: that saves a flush if there is only one window, the usual case. What needs old
        // content has windows of its own before that.
        bool needsOld = _plan.BlocksToWrite > 0 && _plan.NeedsOld;
        bool marks = _plan.BlocksToWrite > 0 && _plan.Windows.Count > 0 && !needsOld;
        if (!_context.Tuning.JournalsBeforeGrowing)
        {
            Grow();
        }

        _journal.Begin(marks ? BytesOf(_plan.Windows[0]) : null);
        _marked = marks ? 0 : -1;
        HasBegun = true;
        Grow();
        LastBlock.ClearBehindInterruptedCut(_target, _plan, _patch);
        if (needsOld)
        {
            _written = new OldContentExecutor(_context, _plan, _journal, _redo).Run();
        }

        if (_plan.BlocksToWrite > 0)
        {
            WriteBlocks();
        }

        ClearBehindTarget();
        if (!_context.Tuning.CutsLast && _plan.Sizing.Shrinks)
        {
            _target.SetLength(_plan.Sizing.LengthAfter);
        }

        // Even if nothing was written: blocks recognised as new may be new only in the cache.
        _options.Progress.Begin("flushing", 0);
        _target.Flush();
        return _written;
    }

    /// <summary>An error for a block that has changed since it was recognised.</summary>
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
            // Blocks in doubt are read from below the cache: the target must have its new length there, too.
            _target.Flush();
        }
    }

    private ByteRange BytesOf(in PatchWindow window) =>
        new(_geometry.Target.OffsetOf(window.Blocks.First), Math.Min(_geometry.Target.OffsetOf(window.Blocks.End), FormatLimits.MaxSize));

    // The journal knows the window before anything in the group is changed; the changes of the previous window are durable by then.
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

        // A data file that was exchanged since it was verified is found out at its end at the latest. But nothing must be written outside
        // the window that the journal names.
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

    // A device cannot be cut, and a file cannot be cut before all parts of a set are in place. An interrupted run that made the target
    // larger may have torn bytes behind the smaller size. They were zeros before, or that run would have refused. They become zeros again,
    // so that the same run recognises them later.
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
        IOperationReader reader = _patch.Open(skipContent: false);
        PatchItems items = new(reader, PatchPass.Write, _plan.Sizing.LengthBefore, _context.Workspace);
        _options.Progress.Begin("writing", _plan.Bytes - _plan.CopyBytes - _plan.PrefixBytes);

        // A cancelled pass ends between two blocks, with everything written that was taken. A block larger than a frame is not torn.
        OrderedPipeline<PatchItem>.Run(
            _options.Threads,
            _context.Workspace.BeginPass(reader),
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

    // Runs on many threads: everything except the writing.
    private void Prepare(PatchItem item)
    {
        item.Clear();
        if (!item.IsFrame)
        {
            PrepareZeros(item);
            return;
        }

        _frames.Check(item);
        foreach (ContentPiece piece in item.Group.PiecesOf(_geometry.Target, item.ContentFrom, item.Frame.RawLength))
        {
            PrepareData(item, piece);
        }

        item.Window.Release();
    }

    // Whether to write a block larger than a frame is decided when its first frame comes: nothing of it is written by then.
    private void PrepareData(PatchItem item, ContentPiece piece)
    {
        BlockGeometry geometry = _geometry.Target;
        if (IsRestOfBlock(piece))
        {
            return;
        }

        if (piece.Operation.Old == OldKind.Absent && piece.TargetOffset >= _plan.Sizing.LengthBefore)
        {
            // The part by which the target has grown holds nothing that could be lost.
            item.AddWrite(piece.Operation, piece.TargetOffset, piece.ContentOffset, piece.Length);
            return;
        }

        BlockRun blocks = BlockRun.Between(
            geometry.BlockAt(piece.TargetOffset), geometry.BlockAt(piece.TargetOffset + piece.Length - 1) + 1);

        // A frame may be larger than the slot's buffer for the target.
        int step = Math.Max(1, PatchItem.ChunkLength / geometry.BlockSize);
        for (long first = blocks.First; first < blocks.End; first += step)
        {
            BlockRun some = BlockRun.Between(first, Math.Min(first + step, blocks.End));
            _checker.Check(item, item.Group, piece.Operation, some, _target.Length, (block, state) =>
            {
                RequireWritable(block, state);
                long offset = geometry.OffsetOf(block);
                int from = (int)(offset - piece.TargetOffset);
                item.AddWrite(piece.Operation, offset, piece.ContentOffset + from, Math.Min(geometry.LengthOf(block), piece.Length - from));
            });
        }
    }

    private void PrepareZeros(PatchItem item)
    {
        BlockGeometry geometry = _geometry.Target;

        // The part by which the target has grown is zero already: it need not even be read.
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

        // Zeros that wait to be joined with others are before this frame in the target, and all writes ascend.
        _zeros.Finish();
        DemandUnchanged(item);
        WriteRestOfBlock(item);
        foreach (ContentPiece stretch in item.Writes)
        {
            WriteContent(item, stretch);
            _written = _written with { DataBlocks = _written.DataBlocks + BlocksIn(stretch) };
        }

        // In a data file for several remotes, a frame may have content for others.
        foreach (ContentPiece piece in item.Group.PiecesOf(_geometry.Target, item.ContentFrom, item.Frame.RawLength))
        {
            _options.Progress.Advance(piece.Length);
        }
    }

    // True if the piece continues a block that is larger than a frame, and that the previous frame has begun: then the frame has one piece.
    private bool IsRestOfBlock(in ContentPiece piece) =>
        piece.TargetOffset > _geometry.Target.OffsetOf(_geometry.Target.BlockAt(piece.TargetOffset));

    private void WriteRestOfBlock(PatchItem item)
    {
        ContentPiece first = item.Group.PiecesOf(_geometry.Target, item.ContentFrom, item.Frame.RawLength).FirstOrDefault();
        if (first.Length > 0 && IsRestOfBlock(first) && first.TargetOffset == _writtenTo)
        {
            WriteContent(item, first);
        }
    }

    private void WriteContent(PatchItem item, in ContentPiece stretch)
    {
        EnterWindowOf(item);
        _target.Write(item.Raw.AsSpan(stretch.ContentOffset, stretch.Length), stretch.TargetOffset);
        _writtenTo = stretch.TargetOffset + stretch.Length;
        _written = _written with { DataBytes = _written.DataBytes + stretch.Length };
        SendSoon(stretch.TargetOffset, stretch.Length);
        if (RestOfLastBlock(stretch) is var rest and > 0)
        {
            _zeros.Add(stretch.TargetOffset + stretch.Length, rest);
        }
    }

    // A block that is larger than a frame is compared while its frames are written: it was right when the data file was verified.
    private void DemandUnchanged(PatchItem item)
    {
        try
        {
            _frames.CheckNext(item);
        }
        catch (MessageFormatException)
        {
            throw new SyncException(
                SyncReason.DataFileChanged,
                _target.Name,
                $"block {item.WrongContent.Blocks[0]} was written from a data file that changed while it was being applied");
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

    private void RequireWritable(long block, BlockState state)
    {
        if (state == BlockState.Unreadable && !_context.Specification.OverwriteUnreadable)
        {
            StorageException failure = _checker.Failure!;
            throw new StorageException(failure.Error, failure.Path, $"{failure.Message}: block {block}", failure.Errno, failure.Offset);
        }

        if (state == BlockState.Unrecognized && !_context.Specification.ForceUnrecognized)
        {
            throw ChangedBlock(_target.Name, block);
        }
    }
}

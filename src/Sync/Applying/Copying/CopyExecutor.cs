using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync;

/// <summary>
/// Carries out the copies of a plan, before content and zeros are written (docs/Design.md, "Copies"): says in which order, and what has to be durable before what. What is overwritten is
/// recognised once more, and what is copied is compared with its hash once more. When it returns, all copies are durable.
/// </summary>
internal sealed class CopyExecutor
{
    private readonly IWritableStorage _target;
    private readonly PatchPlan _plan;
    private readonly PatchJournal _journal;
    private readonly RedoLog _redo;
    private readonly ApplySpecification _specification;
    private readonly ApplyTuning _tuning;
    private readonly SyncOptions _options;
    private readonly BlockGeometry _geometry;
    private readonly CopyContent _content;
    private readonly CopyGather _gather;
    private readonly CopyMover _mover;
    private readonly RedoHandler _keep;
    private readonly RedoHandler _write;

    public CopyExecutor(
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
        _target = target;
        _plan = plan;
        _journal = journal;
        _redo = redo;
        _specification = specification;
        _tuning = tuning;
        _options = options;
        _geometry = plan.Header.SyncGeometry.Target;
        _content = new CopyContent(target, plan.Header.SyncGeometry, plan.Header.Hash, null, belowCache: !plan.Doubt.IsNone);
        _gather = new CopyGather(patch, plan.Copies, tuning.Gathering, workspace);
        _mover = new CopyMover(target, plan, workspace, _content, specification, options);
        _keep = WithRest(_redo.Add);
        _write = WithRest(_target.Write);
    }

    /// <summary>Does all that is due.</summary>
    /// <exception cref="StorageException">A failure of the target, of the redo or of the journal.</exception>
    /// <exception cref="SyncException">A block changed since it was looked at, or did not read back as written.</exception>
    public WriteCounts Run()
    {
        if (_journal.HasRedo)
        {
            WriteRedo();
        }
        else if (_tuning.ForgetsOthersRedo)
        {
            // What was loaded may be another session's.
            _redo.Clear();
        }

        if (_plan.Doubt.IsNone)
        {
            // What is copied must be on the medium for as long as it may have to be copied again. After an interrupted run that has been seen to.
            _target.Flush();
            _journal.FlushedCopies();
        }

        _options.Progress.Begin("copying", _plan.Copies.Runs.Sum(run => _geometry.LengthOf(run.Blocks)));
        ThroughRedo();
        CloseRedo();
        WritePlain();
        return new WriteCounts { CopyBlocks = _mover.Blocks, CopyBytes = _mover.Bytes };
    }

    // All that goes into one redo is read before anything of it is written: in what order, makes no difference.
    private void ThroughRedo()
    {
        CopySlices slices = new(_plan.Copies.Runs, _plan.Copies.Redo, _content.ChunkBlocks);
        for (bool more = slices.Next(out CopySlice slice); more;)
        {
            _gather.Clear();
            while (more && _gather.TryAdd(slice))
            {
                more = slices.Next(out slice);
            }

            ReadOnlySpan<int> operations = _gather.Load();
            while (operations.Length > 0)
            {
                int count = RoomFor(operations);
                if (count == 0)
                {
                    CloseRedo();
                    continue;
                }

                _mover.Move(_gather.Group, operations[..count], _keep);
                operations = operations[count..];
            }
        }
    }

    // How many of them surely fit. An eighth is given away: where much is new already, all of the room would be filled by ever smaller steps.
    private int RoomFor(ReadOnlySpan<int> operations)
    {
        long bytes = _redo.Length;
        long stretches = _redo.Count;
        if (!_redo.IsEmpty && (bytes > _tuning.RedoBytes - (_tuning.RedoBytes / 8) || stretches > RedoLog.MostStretches / 8 * 7))
        {
            return 0;
        }

        int count = 0;
        foreach (int operation in operations)
        {
            BlockRun blocks = _gather.Group.Operations[operation].Blocks;
            bytes += _geometry.LengthOf(blocks);
            stretches += (blocks.Count + 1) / 2;
            if ((bytes > _tuning.RedoBytes || stretches > RedoLog.MostStretches) && (count > 0 || !_redo.IsEmpty))
            {
                break;
            }

            count++;
        }

        return count;
    }

    // From here on the sources may be overwritten: what was read from them can be had from the redo, and is in the target before the next one is begun.
    private void CloseRedo()
    {
        if (!_redo.IsEmpty)
        {
            ReadOnlyMemory<byte> digest = _redo.Seal(_tuning.FlushesRedo);
            StretchCover cover = new();
            foreach (ByteRange stretch in _redo.Stretches)
            {
                cover.Add(stretch);
            }

            _journal.MarkRedo(cover.Ranges, digest);
            WriteRedo();
        }
    }

    private void WriteRedo()
    {
        RedoCursor content = new(_redo, longestGap: 0);
        RedoPiece piece = new();
        while (content.Next(piece))
        {
            // Whatever lies behind the end of a target that is shorter by now, the run that cut it had no more use for.
            int length = (int)Math.Clamp(_target.Length - piece.Offset, 0, piece.Length);
            if (length > 0)
            {
                _target.Write(piece.Bytes[..length], piece.Offset);
            }
        }

        _target.Flush();
        if (_specification.Verify != VerifyMode.None)
        {
            // While the redo is there to write it once more.
            new RedoReadBack(_target, _redo, _geometry, _options).Demand();
        }

        _journal.RedoDone();
        _redo.Clear();
    }

    // Their sources stay as they are until content and zeros are written, so each can be done again: windows are marked and flushed as for content.
    private void WritePlain()
    {
        CopySlices slices = new(_plan.Copies.Runs, _plan.Copies.Plain, _content.ChunkBlocks);
        for (bool more = slices.Next(out CopySlice slice); more;)
        {
            long left = Mark(slice, slices);
            while (left > 0)
            {
                _gather.Clear();
                for (; left > 0 && _gather.TryAdd(slice); left--)
                {
                    more = slices.Next(out slice);
                }

                WritePlain(_gather.Load());
            }

            if (_tuning.FlushesCopies)
            {
                _target.Flush();
                _journal.FlushedCopies();
            }
        }
    }

    private void WritePlain(ReadOnlySpan<int> operations)
    {
        if (_tuning.UsesRedo)
        {
            _mover.Move(_gather.Group, operations, _write);
            return;
        }

        // Without the redo their order is all that they have.
        for (int i = 0; i < operations.Length; i++)
        {
            _mover.Move(_gather.Group, operations.Slice(i, 1), _write);
        }
    }

    // Marks what is written until the next flush; returns how many slices that is.
    private long Mark(CopySlice slice, CopySlices following)
    {
        StretchCover cover = new();
        long count = 0;
        long bytes = 0;
        do
        {
            cover.Add(new ByteRange(_geometry.OffsetOf(slice.Blocks.First), Math.Min(_geometry.OffsetOf(slice.Blocks.End), FormatLimits.MaxSize)));
            bytes += _geometry.LengthOf(slice.Blocks);
            count++;
        }
        while (bytes < _tuning.WindowBytes && following.Next(out slice));

        _journal.Mark(cover.Ranges);
        return count;
    }

    private RedoHandler WithRest(RedoHandler use) => (bytes, offset) =>
    {
        use(bytes, offset);
        LastBlock.ForEachRestBehind(_target, _plan.Header, _journal, offset + bytes.Length, use);
    };
}

using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync;

/// <summary>
/// Carries out the copies of a plan, before content and zeros are written (docs/Design.md, "Copies"). What is overwritten is recognised once more, and what is copied is compared with its hash
/// once more. When it returns, all copies are durable.
/// </summary>
internal sealed class CopyExecutor
{
    private readonly IWritableStorage _target;
    private readonly PatchPlan _plan;
    private readonly PatchSource _patch;
    private readonly PatchJournal _journal;
    private readonly RedoLog _redo;
    private readonly ApplySpecification _specification;
    private readonly ApplyTuning _tuning;
    private readonly SyncOptions _options;
    private readonly SyncGeometry _geometry;
    private readonly TargetChecker _checker;
    private readonly CopyContent _content;
    private readonly PatchItem _item;
    private readonly OperationReader _reader;
    private readonly OperationGroup _group = new();
    private readonly byte[] _buffer;
    private readonly List<long> _due = [];
    private readonly List<long> _missing = [];
    private long _loaded = -1;
    private WriteCounts _written;

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
        _patch = patch;
        _journal = journal;
        _redo = redo;
        _specification = specification;
        _tuning = tuning;
        _options = options;
        _geometry = plan.Header.SyncGeometry;
        _checker = new TargetChecker(target, _geometry, CheckMode.Write, plan.Doubt);
        _content = new CopyContent(target, _geometry, plan.Header.Hash, null, belowCache: !plan.Doubt.IsNone);
        _reader = patch.Open(skipContent: true);
        _item = workspace.BeginPass(_reader)();
        _buffer = GC.AllocateUninitializedArray<byte>(_content.BufferLength);
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

        _options.Progress.Begin("copying", _plan.Copies.Runs.Sum(run => _geometry.Target.LengthOf(run.Blocks)));
        foreach (int copy in _plan.Copies.Redo)
        {
            ThroughRedo(copy);
        }

        CloseRedo();
        WritePlain();
        return _written;
    }

    // Like memmove: from the end that is not overwritten first.
    private void ThroughRedo(int copy)
    {
        Operation operation = Load(copy);
        bool descends = operation.Blocks.First > operation.Source;
        for (BlockRun left = operation.Blocks; left.Count > 0;)
        {
            _options.Cancellation.ThrowIfCancellationRequested();
            long count = Math.Min(left.Count, _content.ChunkBlocks);
            BlockRun blocks = new(descends ? left.End - count : left.First, count);
            left = descends ? BlockRun.Between(left.First, blocks.First) : BlockRun.Between(blocks.End, left.End);
            ForEachDue(operation, blocks, (bytes, offset) =>
            {
                if (!_redo.IsEmpty && (_redo.IsFull || _redo.Length + bytes.Length > _tuning.RedoBytes))
                {
                    CloseRedo();
                }

                _redo.Add(bytes, offset);
                if (Rest(offset + bytes.Length) is var rest and > 0)
                {
                    _redo.Add(new byte[rest], offset + bytes.Length);
                }
            });
        }
    }

    // From here on the sources may be overwritten: what was read from them can be had from the redo, and is in the target before the next one is begun.
    private void CloseRedo()
    {
        if (!_redo.IsEmpty)
        {
            ReadOnlyMemory<byte> digest = _redo.Seal(_tuning.FlushesRedo);
            _journal.MarkRedo(_redo.Stretches, digest);
            WriteRedo();
        }
    }

    private void WriteRedo()
    {
        _redo.ForEach((bytes, offset) =>
        {
            // Whatever lies behind the end of a target that is shorter by now, the run that cut it had no more use for.
            int length = (int)Math.Clamp(_target.Length - offset, 0, bytes.Length);
            if (length > 0)
            {
                _target.Write(bytes[..length], offset);
            }
        });
        _target.Flush();
        if (_specification.Verify != VerifyMode.None)
        {
            DemandReadBack();
        }

        _journal.RedoDone();
        _redo.Clear();
    }

    // While the redo is there to write it once more.
    private void DemandReadBack()
    {
        byte[]? found = null;
        _redo.ForEach((bytes, offset) =>
        {
            int length = (int)Math.Clamp(_target.Length - offset, 0, bytes.Length);
            if (length == 0)
            {
                return;
            }

            found = found?.Length >= length ? found : new byte[length];
            _target.ReadBelowCache(found.AsSpan(0, length), offset);
            if (!bytes[..length].SequenceEqual(found.AsSpan(0, length)))
            {
                BlockRun blocks = BlockRun.Between(_geometry.Target.BlockAt(offset), _geometry.Target.BlockAt(offset + length - 1) + 1);
                throw new SyncException(
                    SyncError.VerificationFailed,
                    _target.Name,
                    $"blocks {blocks} did not read back as they were copied",
                    ApplyRefusals.OtherBytesHint,
                    [blocks]);
            }
        });
    }

    // Their sources stay as they are until content and zeros are written, so each can be done again: windows are marked and flushed as for content.
    private void WritePlain()
    {
        long window = 0;
        IReadOnlyList<int> plain = _plan.Copies.Plain;
        for (int i = 0; i < plain.Count; i++)
        {
            if (window == 0)
            {
                MarkFrom(i);
            }

            Operation operation = Load(plain[i]);
            for (BlockRun left = operation.Blocks; left.Count > 0;)
            {
                _options.Cancellation.ThrowIfCancellationRequested();
                BlockRun blocks = new(left.First, Math.Min(left.Count, _content.ChunkBlocks));
                left = BlockRun.Between(blocks.End, left.End);
                ForEachDue(operation, blocks, (bytes, offset) =>
                {
                    _target.Write(bytes, offset);
                    if (Rest(offset + bytes.Length) is var rest and > 0)
                    {
                        _target.Write(new byte[rest], offset + bytes.Length);
                    }
                });
            }

            window += _geometry.Target.LengthOf(operation.Blocks);
            if ((window >= _tuning.WindowBytes || i == plain.Count - 1) && _tuning.FlushesCopies)
            {
                _target.Flush();
                _journal.FlushedCopies();
                window = 0;
            }
        }
    }

    // What is written before the next flush.
    private void MarkFrom(int index)
    {
        List<ByteRange> stretches = [];
        long bytes = 0;
        for (int i = index; i < _plan.Copies.Plain.Count && bytes < _tuning.WindowBytes; i++)
        {
            BlockRun blocks = _plan.Copies.Runs[_plan.Copies.Plain[i]].Blocks;
            stretches.Add(new ByteRange(_geometry.Target.OffsetOf(blocks.First), _geometry.Target.OffsetOf(blocks.End)));
            bytes += _geometry.Target.LengthOf(blocks);
            if (stretches.Count > 2 * JournalRecord.MaxWindows)
            {
                stretches = [.. JournalRecord.Join(stretches)];
            }
        }

        _journal.Mark(stretches);
    }

    private Operation Load(int copy)
    {
        CopyPlace place = _plan.Copies.PlaceOf(copy);
        if (place.GroupOffset != _loaded)
        {
            _reader.ReadGroupAt(place.GroupOffset, _group);
            _loaded = place.GroupOffset;
        }

        CopyRun expected = _plan.Copies.Runs[copy];
        Operation? found = place.Index < _group.Operations.Count ? _group.Operations[place.Index] : null;
        return found is { New: NewKind.Copy } operation && operation.Blocks == expected.Blocks && operation.Source == expected.Source ? operation : throw _patch.Changed();
    }

    // Those of the blocks that are to be written, in runs, with their content.
    private void ForEachDue(in Operation operation, BlockRun blocks, RedoHandler use)
    {
        BlockGeometry geometry = _geometry.Target;
        _options.Progress.Advance(geometry.LengthOf(blocks));
        FindDue(operation, blocks);
        for (int i = 0; i < _due.Count;)
        {
            int end = i + 1;
            while (end < _due.Count && _due[end] == _due[end - 1] + 1)
            {
                end++;
            }

            BlockRun run = new(_due[i], end - i);
            Span<byte> bytes = _buffer.AsSpan(0, (int)geometry.LengthOf(run));
            _missing.Clear();
            _content.Read(_group, operation, run, bytes, _item.Hash, _missing);
            if (_missing.Count > 0)
            {
                throw new SyncException(
                    SyncError.Unrecognized,
                    _target.Name,
                    $"the content of block {_missing[0]} changed where it was to be copied from; blocks before it may be written already",
                    "stop what else writes to the target",
                    [new BlockRun(_missing[0], 1)]);
            }

            use(bytes, geometry.OffsetOf(run.First));
            _written = _written with { CopyBlocks = _written.CopyBlocks + run.Count, CopyBytes = _written.CopyBytes + bytes.Length };
            i = end;
        }
    }

    private void FindDue(in Operation operation, BlockRun blocks)
    {
        _due.Clear();
        if (operation.Old == OldKind.Absent && _geometry.Target.OffsetOf(blocks.First) >= _plan.Sizing.LengthBefore)
        {
            // What the target was grown by holds nothing that could be lost.
            for (long block = blocks.First; block < blocks.End; block++)
            {
                _due.Add(block);
            }

            return;
        }

        _item.Clear();
        _checker.Check(_item, _group, operation, blocks, _target.Length, (block, state) =>
        {
            if (state == BlockState.Unrecognized && !_specification.ForceUnrecognized)
            {
                throw PatchExecutor.ChangedBlock(_target.Name, block);
            }

            _due.Add(block);
        });
    }

    private int Rest(long end) => LastBlock.RestBehind(_target, _plan.Header, _journal, end);
}

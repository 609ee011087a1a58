using System.Runtime.InteropServices;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;

namespace BinarySync.Sync.Applying.Writing;

/// <summary>
/// Carries out the copies of a plan, before content and zeros are written (docs/Design.md, "Copies"). It decides their order, and what must
/// be durable before what. Overwritten blocks are recognised once more, and copied content is compared with its hash once more. When it
/// returns, all copies are durable.
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
    private readonly RedoWriter _writer;
    private readonly List<CopySlice> _slices = [];
    private readonly RedoHandler _keep;
    private readonly RedoHandler _write;

    public CopyExecutor(ApplyContext context, PatchPlan plan, PatchJournal journal, RedoLog redo)
    {
        _target = context.Target;
        _specification = context.Specification;
        _tuning = context.Tuning;
        _options = context.Options;
        _plan = plan;
        _journal = journal;
        _redo = redo;
        _geometry = plan.Header.SyncGeometry.Target;
        _content = new CopyContent(_target, plan.Header.SyncGeometry, plan.Header.Hash, null, belowCache: !plan.Doubt.IsNone);
        _gather = new CopyGather(context.Patch, plan.Copies, _tuning.Gathering, context.Workspace);
        _mover = new CopyMover(context, plan, _content);
        _writer = new RedoWriter(_target, redo, _geometry, _options);
        _keep = WithRest(_redo.Add);
        _write = WithRest(_target.Write);
    }

    /// <summary>Does all copies that are due.</summary>
    /// <exception cref="StorageException">A failure of the target, of the redo or of the journal.</exception>
    /// <exception cref="SyncException">A block changed since it was checked, or did not read back as written.</exception>
    public WriteCounts Run()
    {
        if (_journal.HasRedo)
        {
            WriteRedo();
        }
        else if (_tuning.ForgetsOthersRedo)
        {
            // The loaded redo may be another session's.
            _redo.Clear();
        }

        if (_plan.Doubt.IsNone)
        {
            // The content to be copied must be on the medium for as long as it may have to be copied again. After an interrupted run, it is
            // there already.
            _target.Flush();
            _journal.FlushedCopies();
        }

        _options.Progress.Begin("copying", _plan.Copies.Runs.Sum(run => _geometry.LengthOf(run.Blocks)));
        ThroughRedo();
        CloseRedo();
        WritePlain();
        return new WriteCounts { CopyBlocks = _mover.Blocks, CopyBytes = _mover.Bytes };
    }

    // All content for one redo is read before any of it is written, so the order makes no difference.
    private void ThroughRedo()
    {
        // The room is reserved at once, here and elsewhere: of lists that grow by doubling, three quarters of the room end as garbage.
        _slices.EnsureCapacity(Math.Min(_plan.Copies.Redo.Length, RedoLog.MostStretches));
        CopySlices slices = new(_plan.Copies.Runs, _plan.Copies.Redo, _content.ChunkBlocks);
        for (bool more = slices.Next(out CopySlice slice); more;)
        {
            _slices.Clear();
            for (RedoRoom room = new(_redo, _tuning); more && room.Take(_geometry, slice.Blocks); more = slices.Next(out slice))
            {
                _slices.Add(slice);
            }

            if (_slices.Count > _tuning.Gathering.Slices)
            {
                FillOneRedo();
                continue;
            }

            if (_slices.Count == 0)
            {
                // The next redo gets all of the room: many slices may fit then.
                CloseRedo();
                continue;
            }

            // Fewer slices fit than are gathered at once.
            for (; more && _slices.Count < _tuning.Gathering.Slices; more = slices.Next(out slice))
            {
                _slices.Add(slice);
            }

            FillRedos();
        }
    }

    // All of them fit, and none is written before the last one is read. In the order of the groups, each group is read once.
    private void FillOneRedo()
    {
        _slices.Sort((one, other) => one.Blocks.First.CompareTo(other.Blocks.First));
        for (ReadOnlySpan<CopySlice> left = CollectionsMarshal.AsSpan(_slices); left.Length > 0;)
        {
            ReadOnlySpan<int> operations = _gather.Load(left);
            left = left[operations.Length..];
            _mover.Move(_gather.Group, operations, _keep);
        }
    }

    // In their order: a redo is written as soon as the next slice does not fit.
    private void FillRedos()
    {
        for (ReadOnlySpan<CopySlice> left = CollectionsMarshal.AsSpan(_slices); left.Length > 0;)
        {
            ReadOnlySpan<int> operations = _gather.Load(left);
            left = left[operations.Length..];
            while (operations.Length > 0)
            {
                int count = FittingOf(operations);
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

    private int FittingOf(ReadOnlySpan<int> operations)
    {
        RedoRoom room = new(_redo, _tuning);
        int count = 0;
        while (count < operations.Length && room.Take(_geometry, _gather.Group.Operations[operations[count]].Blocks))
        {
            count++;
        }

        return count;
    }

    // From here on, the sources may be overwritten: their content can be read from the redo, and is in the target before the next redo is
    // begun.
    private void CloseRedo()
    {
        if (!_redo.IsEmpty)
        {
            ReadOnlyMemory<byte> digest = _redo.Seal();
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
        _writer.Write();
        _target.Flush();
        if (_specification.Verify != VerifyMode.None)
        {
            // While the redo is still there to be written once more.
            _writer.DemandReadBack();
        }

        _journal.RedoDone();
        _redo.Clear();
    }

    // The sources of these copies stay as they are until content and zeros are written, so each copy can be done again. Windows are marked
    // and flushed as for content.
    private void WritePlain()
    {
        CopySlices slices = new(_plan.Copies.Runs, _plan.Copies.Plain, _content.ChunkBlocks);
        for (bool more = slices.Next(out CopySlice slice); more;)
        {
            long left = Mark(slice, slices);
            while (left > 0)
            {
                _slices.Clear();
                for (; left > 0 && _slices.Count < _tuning.Gathering.Slices; left--)
                {
                    _slices.Add(slice);
                    more = slices.Next(out slice);
                }

                WriteSlices();
            }

            if (_tuning.FlushesCopies)
            {
                _target.Flush();
                _journal.FlushedCopies();
            }
        }
    }

    private void WriteSlices()
    {
        for (ReadOnlySpan<CopySlice> left = CollectionsMarshal.AsSpan(_slices); left.Length > 0;)
        {
            ReadOnlySpan<int> operations = _gather.Load(left);
            left = left[operations.Length..];

            // Without the redo, only their order protects the copies: they are done one by one.
            int step = _tuning.UsesRedo ? operations.Length : 1;
            for (; operations.Length > 0; operations = operations[step..])
            {
                _mover.Move(_gather.Group, operations[..step], _write);
            }
        }
    }

    // Marks the writes until the next flush; returns how many slices that is.
    private long Mark(CopySlice slice, CopySlices following)
    {
        StretchCover cover = new();
        long count = 0;
        long bytes = 0;
        do
        {
            cover.Add(
                new ByteRange(
                    _geometry.OffsetOf(slice.Blocks.First), Math.Min(_geometry.OffsetOf(slice.Blocks.End), FormatLimits.MaxSize)));
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

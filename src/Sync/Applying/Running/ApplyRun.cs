using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Undo;
using BinarySync.Sync.Applying.Verifying;
using BinarySync.Sync.Applying.Writing;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Running;

/// <summary>One run of applying, step by step (docs/Design.md, "The passes of apply").</summary>
/// <param name="context">What it is told.</param>
/// <param name="observer">Keeps account of it.</param>
internal sealed class ApplyRun(ApplyContext context, IApplyObserver observer)
{
    private readonly IWritableStorage _target = context.Target;
    private readonly PatchSource _patch = context.Patch;
    private readonly ApplyPlaces _places = context.Places;
    private readonly ApplySpecification _specification = context.Specification;
    private readonly ApplyTuning _tuning = context.Tuning;
    private readonly SyncOptions _options = context.Options;
    private readonly RedoLog _redo = new(context.Places.Redo ?? new NoRedoFile());
    private ApplyStart _start;
    private JournalRecord? _standing;
    private PatchExecutor? _executor;
    private HoleClaim? _doubtedHoles;

    /// <summary>How far the target has come: for errors.</summary>
    public TargetProgress Progress =>
        _executor is { HasBegun: true } || _standing is { IsFinished: false } ? TargetProgress.PartlyPatched : TargetProgress.Untouched;

    public ApplyResult Run()
    {
        PatchPlan plan = Plan();
        if (plan.Unrecognized.BlockCount > 0 && !_specification.ForceUnrecognized)
        {
            throw ApplyRefusals.Unrecognized(_target, _patch, plan);
        }

        ApplyRefusals.DemandReadable(_target, _patch, plan, _specification.OverwriteUnreadable);
        ApplyRefusals.DemandCopies(_target, _patch.Name, plan, isFresh: _start == ApplyStart.Fresh);
        if (_specification.DemandsLeaveToShrink)
        {
            ApplyRefusals.DemandMeantShrinking(_target, _patch, plan, takesBack: _start == ApplyStart.TurnedRound);
        }

        if (_specification.CheckBase || DemandsBase())
        {
            CheckBase(plan);
        }

        // Whether there can be an undo file is found out before anything is touched, and by a dry run too.
        UndoFile? undo = _places.Undo is null ? null : new UndoFile(_target, plan, _patch, _places.Undo, _options);
        ReadOnlyMemory<byte>? other = undo?.FindExisting();
        if (undo is not null && other is null)
        {
            undo.DemandPossible();
        }

        if (plan.Sizing.Grows && _start == ApplyStart.Fresh)
        {
            SpaceReservation.DemandRoom(_target, plan, _patch, _specification.Sparse);
        }

        if (_specification.DryRun)
        {
            return new ApplyResult(plan, _start, DryRun: true, null, default, 0) { DoubtedHoles = _doubtedHoles };
        }

        if (_places.OldChecksums is { } checksums)
        {
            DerivedChecksums.RequireBase(checksums, plan, _target);
        }

        observer.BeforeWriting();
        if (plan.BlocksToWrite > 0)
        {
            SpaceReservation.Reserve(_target, plan, _patch, _specification.Sparse);
        }

        bool? undoKept = undo is null ? null : other is not null;
        bool makesUndo = undoKept == false;
        if (makesUndo && _tuning.WritesUndoFirst)
        {
            other = Make(undo!);
        }

        PatchJournal journal = new(
            _places.Journal,
            FirstRecord(plan, other),
            doubtIsInherited: _start is ApplyStart.Resumed or ApplyStart.TurnedRound or ApplyStart.OtherRetired,
            _tuning);
        WriteCounts written = Write(new PatchExecutor(context, plan, journal, _redo));
        if (makesUndo && !_tuning.WritesUndoFirst)
        {
            Make(undo!);
        }

        journal.Flushed(long.MaxValue);
        long verified = Verify(plan, journal);
        if (observer.MayCut(plan))
        {
            Cut(plan, journal);
        }

        // Success is said of a target of this length, and what somebody has added to it would be neither verified nor the master's.
        _target.DemandLength();
        observer.BeforeFinishing();
        Finish(journal);
        return new ApplyResult(plan, _start, DryRun: false, undoKept, written, verified) { DoubtedHoles = _doubtedHoles };
    }

    // A journal is taken for this session's at first: whose it is shows when the data file has been read to its end.
    private PatchPlan Plan()
    {
        _standing = ReadJournal();
        if (_standing is { IsFinished: false } && !_specification.DryRun)
        {
            // What the run before wrote must be on the medium to be looked at there. A flush that fails here leaves the journal as it is.
            _target.Flush();
        }

        bool hasRedo = _standing is { IsFinished: false, Redo: { } digest } && _redo.TryLoad(digest.Span);
        PatchPlan plan = new PatchPlanner(context, hasRedo ? _redo : null).Plan(_standing, othersStands: false);
        if (_standing is not { IsFinished: false } standing)
        {
            return plan.Misfit is { } misfit ? throw misfit : plan;
        }

        // The digest decides; the sizes can only agree with it, unless the journal is not what it seems.
        (long baseSize, long targetSize) = (plan.Header.SyncGeometry.Base.Size, plan.Header.TargetSize);
        bool isSame = standing.Session.Span.SequenceEqual(_patch.Digest.Span)
            && (standing.BaseSize, standing.TargetSize) == (baseSize, targetSize);
        bool isOther = standing.Other is { } other
            && other.Span.SequenceEqual(_patch.Digest.Span)
            && (standing.TargetSize, standing.BaseSize) == (baseSize, targetSize);
        _start = isSame ? ApplyStart.Resumed : isOther ? ApplyStart.TurnedRound : ApplyStart.OtherRetired;
        if (_start == ApplyStart.Resumed && standing.Redo is not null && !hasRedo)
        {
            throw new SyncException(
                SyncReason.RedoLost,
                _target.Name,
                $"cannot be resumed: {_places.Redo?.Name}, where the interrupted run kept the content that it was copying, is missing "
                    + "or damaged")
            {
                Values = [("undo", standing.Other is not null)],
            };
        }

        if (_start != ApplyStart.OtherRetired)
        {
            DemandSameTarget(plan, standing);
            if (_start == ApplyStart.Resumed && hasRedo && _tuning.ProvesRedo)
            {
                RedoProof.Demand(_redo, plan.Copies, plan.Header.SyncGeometry, _target.Name, _places.Redo!.Name);
            }

            return plan.Misfit is { } unfit ? throw unfit : plan;
        }

        plan = new PatchPlanner(context).Plan(null, othersStands: true);
        return plan.Misfit is null && plan.Unrecognized.BlockCount == 0 && Covers(plan, standing) && IsBaseThroughout(plan)
            ? plan
            : throw ApplyRefusals.OtherRun(_target, _patch.Stretch is null ? _patch.Name : null, _places.Journal.Name, standing);
    }

    // The journal was found by a name, or by what a device calls itself. Before any of it is believed the content has to prove
    // that it is this target's.
    private void DemandSameTarget(PatchPlan plan, JournalRecord standing)
    {
        if (_tuning.ProvesTarget)
        {
            EvidenceProof proof = new(_target, standing, _places.Journal.Name);
            proof.Demand(plan.Seen, _start == ApplyStart.Resumed, _specification.ForceUnrecognized);
        }
    }

    // Blocks that the other session has torn and that this data file does not speak of would stay as they are: so all of the base is
    // looked at, on the medium. And as the cache shows it: where a flush has failed, that may be what the other session wrote, and
    // without its journal nobody would know that it is there only.
    private bool IsBaseThroughout(PatchPlan plan) =>
        BaseCheck.Matches(_target, plan, _patch, tailMayBeGone: false, belowCache: true, _options)
        && (!_tuning.ComparesCache || BaseCheck.Matches(_target, plan, _patch, tailMayBeGone: false, belowCache: false, _options));

    // What the ranges of the data file leave out, nobody can vouch for; nor for what lies behind its end on a device that is longer. The
    // other session changed nothing behind its own two sizes, although a window ends with a whole block.
    private bool Covers(PatchPlan plan, JournalRecord standing)
    {
        SyncGeometry geometry = plan.Header.SyncGeometry;
        long end = Math.Min(_target.Length, Math.Max(standing.BaseSize, standing.TargetSize));
        foreach (ByteRange window in standing.Windows.Where(window => window.Offset < end))
        {
            BlockRun blocks = BlockRun.Between(
                geometry.Target.BlockAt(window.Offset), geometry.Target.BlockAt(Math.Min(window.End, end) - 1) + 1);

            // What B has behind A's end is in no root of the base: a data file speaks of all of it, but a part of a set leaves some to
            // others.
            bool isOthers = _tuning.LeavesOtherPartsTail && plan.Header.Set is not null && Math.Min(window.End, end) > geometry.Base.Size;
            if (isOthers || blocks.End > geometry.BlockCount || !geometry.Coverage.Contains(blocks))
            {
                return false;
            }
        }

        return true;
    }

    private JournalRecord? ReadJournal()
    {
        if (_places.Journal.Read() is not { } content)
        {
            return null;
        }

        if (_specification.AbandonJournal)
        {
            _start = ApplyStart.Abandoned;
            return null;
        }

        return JournalRecord.TryDecode(content, out JournalRecord? record) switch
        {
            JournalContent.Valid => record,
            JournalContent.Newer => throw new SyncException(
                SyncReason.NewerJournal,
                _places.Journal.Name,
                "is the journal of a newer version of this program"),
            _ => throw new SyncException(
                SyncReason.DamagedJournal,
                _places.Journal.Name,
                $"is damaged or not a journal: the changes of the earlier run to {_target.Name} are unknown"),
        };
    }

    private JournalRecord FirstRecord(PatchPlan plan, ReadOnlyMemory<byte>? undo)
    {
        JournalRecord? standing = _start is ApplyStart.Resumed or ApplyStart.TurnedRound ? _standing : null;
        SyncGeometry geometry = plan.Header.SyncGeometry;
        bool mayStayLonger = _target.HasFixedLength || plan.Header.Set is not null;
        return new JournalRecord
        {
            Sequence = 0,
            Session = _patch.Digest,
            Other = undo ?? (_start == ApplyStart.TurnedRound ? standing!.Session : standing?.Other),
            TailWasZero = standing?.TailWasZero ?? (mayStayLonger && geometry.ResizesTarget && geometry.Target.Size > geometry.Base.Size),
            Windows = standing?.Windows ?? (_start == ApplyStart.OtherRetired ? LastBlock.LeftByOthers(geometry) : []),

            // Until the first flush, what looks new may be so in the cache only. After an interrupted run that flush has been made, and
            // what it left in doubt stays so.
            DoubtFrom = standing?.DoubtFrom ?? 0,

            // The other direction has the old content of all that is being copied.
            Redo = _start == ApplyStart.Resumed ? standing!.Redo : null,
            IsDistrusted = standing?.IsDistrusted ?? false,

            // What was proved goes on being true. In the other direction a sector becomes what it was, and may be what it has become.
            Evidence = _start == ApplyStart.Resumed && !_specification.ForceUnrecognized && standing!.Evidence is { } proved
                ? proved
                : EvidenceTaker.Take(_target, plan),
            BaseSize = geometry.Base.Size,
            TargetSize = geometry.Target.Size,
            Target = _places.Identity,
            Patch = _patch.NameInJournal,
        };
    }

    private ReadOnlyMemory<byte> Make(UndoFile undo)
    {
        try
        {
            return undo.Make();
        }
        catch
        {
            WhileFailing.Do(_target.ReleasePastEnd);
            throw;
        }
    }

    private WriteCounts Write(PatchExecutor executor)
    {
        _executor = executor;
        try
        {
            return executor.Write();
        }
        catch (StorageException failure) when (!executor.HasBegun)
        {
            WhileFailing.Do(_target.ReleasePastEnd);
            throw failure.With(
                failure.Error == StorageError.NoSpace
                    ? StorageContext.KeepingJournal
                    : failure.Context, _patch.Untouched("nothing was written to the target"));
        }
        catch (StorageException failure) when (failure.Context == StorageContext.None)
        {
            throw failure.With(StorageContext.Patching);
        }
    }

    // The blocks that go are marked first: half of them may be gone after a crash, and the other direction has to bring them back.
    private void Cut(PatchPlan plan, PatchJournal journal)
    {
        if (!plan.Sizing.Shrinks || _target.Length == plan.Sizing.LengthAfter)
        {
            return;
        }

        journal.Mark(new ByteRange(plan.Sizing.LengthAfter, Math.Max(plan.Header.SyncGeometry.Base.Size, plan.Sizing.LengthBefore)));
        _target.SetLength(plan.Sizing.LengthAfter);
        if (_tuning.FlushesBeforeFinish)
        {
            _target.Flush();
        }
    }

    private void Finish(PatchJournal journal)
    {
        journal.Finish();
        _places.Redo?.Remove();
    }

    // Where there is one request for each of several remotes, one of them may be taken for another, and fit wherever it speaks of no more
    // than both have. What an interrupted run goes on with, was looked at when it began.
    private bool DemandsBase() => _patch.OwnName is not null && _start == ApplyStart.Fresh && !_specification.ForceUnrecognized;

    private void CheckBase(PatchPlan plan)
    {
        bool tailMayBeGone = _target.HasFixedLength || _start is ApplyStart.Resumed or ApplyStart.TurnedRound;
        if (!BaseCheck.Matches(_target, plan, _patch, tailMayBeGone, belowCache: false, _options, WeighHoles()))
        {
            throw new SyncException(
                SyncReason.NotTheBase,
                _target.Name,
                $"is not the base of {_patch.OwnName ?? _patch.Name}: its blocks outside the data file differ from the remote's checksum "
                    + "file; nothing was written")
            {
                Values = [("merged", _patch.OwnName is not null)],
            };
        }

        if (plan.Header.Parent is { } parent)
        {
            CheckParent(plan, parent);
        }
    }

    // What a coarse block was before a part of it was written, nobody can tell any more: so the target is either side as a whole, or
    // nothing can be said of it.
    private void CheckParent(PatchPlan plan, ParentIdentity parent)
    {
        bool isTouched = plan.NotOldBlocks > 0 || _target.Length < parent.BaseSize;
        if (ParentCheck.IsBase(_target, parent, belowCache: false, _options, WeighHoles())
            || (isTouched && ParentCheck.IsTarget(_target, plan.Sizing, parent, belowCache: false, _options, WeighHoles())))
        {
            return;
        }

        bool isBetween = isTouched && plan.BlocksToWrite > 0;
        throw new SyncException(
            SyncReason.NotTheCoarseBase,
            _target.Name,
            isBetween
                ? $"is partly patched: the rest can no longer be compared with the base of the coarse request that {_patch.Name} refines"
                : $"is not the base of the coarse request that {_patch.Name} refines: blocks outside the data file differ")
        {
            Values = [("partly_patched", isBetween)],
        };
    }

    // Weighed each time: what has been written since takes space that was a hole before.
    private HolePolicy WeighHoles()
    {
        _doubtedHoles = _specification.Holes == HolePolicy.Trust ? _target.WeighHoles() ?? _doubtedHoles : null;
        return _specification.Holes;
    }

    private long Verify(PatchPlan plan, PatchJournal journal)
    {
        if (_specification.Verify == VerifyMode.None)
        {
            return 0;
        }

        SyncGeometry geometry = plan.Header.SyncGeometry;
        if (_specification.Verify == VerifyMode.Full)
        {
            _options.Progress.Begin("reading back everything", geometry.Target.CoveredBytes(plan.Header.Coverage));
            ParentIdentity? parent = plan.Header.Parent;
            ReadOnlyMemory<byte> root = plan.Trailer.TargetRoot;
            if (ReadBackVerifier.RootMatches(_target, geometry.Target, plan.Header, root, belowCache: true, _options, WeighHoles())
                && (parent is null || ParentCheck.IsTarget(_target, plan.Sizing, parent, belowCache: true, _options, WeighHoles())))
            {
                if (_specification.Holes == HolePolicy.Trust && plan.Trailer.ZeroBlocks > 0)
                {
                    (BlockRunList others, _) = ReadBackVerifier.Blocks(_target, plan, _patch, context.Workspace, _options, onlyZeros: true);
                    DemandNoneWrong(plan, journal, others);
                }

                return parent is null
                    ? geometry.Target.CoveredBytes(plan.Header.Coverage)
                    : parent.SyncGeometry.Target.CoveredBytes(parent.Coverage);
            }
        }

        (BlockRunList wrong, long bytes) = ReadBackVerifier.Blocks(_target, plan, _patch, context.Workspace, _options);
        DemandNoneWrong(plan, journal, wrong);

        if (_specification.Verify == VerifyMode.Written)
        {
            return bytes;
        }

        // What was to be written is written: there is nothing to go on with, and a part of a set is in place.
        WhileFailing.Do(() =>
        {
            observer.BeforeFinishing();
            Finish(journal);
        });
        throw new SyncException(
            SyncReason.OtherBlocksDiffer,
            _target.Name,
            "all written blocks are correct, but others differ from the master");
    }

    private void DemandNoneWrong(PatchPlan plan, PatchJournal journal, BlockRunList wrong)
    {
        if (wrong.BlockCount > 0)
        {
            throw ReadBackFailed(plan, journal, wrong);
        }
    }

    // In the cache they look right: only the journal can tell the next run that they have to be written again.
    private SyncException ReadBackFailed(PatchPlan plan, PatchJournal journal, BlockRunList wrong)
    {
        BlockGeometry geometry = plan.Header.SyncGeometry.Target;
        List<ByteRange> ranges = [.. wrong.Runs.Select(
            run => new ByteRange(geometry.OffsetOf(run.First), Math.Min(geometry.OffsetOf(run.End), FormatLimits.MaxSize)))];
        if (wrong.RunCount > wrong.Runs.Count)
        {
            ranges.Add(new ByteRange(ranges[^1].Offset, geometry.Size));
        }

        string repair = string.Empty;
        try
        {
            journal.Distrust(ranges);
            if (_places.Repair is { } output)
            {
                Cut(plan, journal);
                journal.Distrust(ranges);
                RepairRequest.Write(_target, plan, _patch, wrong.Runs, output.Stream, _options);
                output.Commit();
                repair = $"; {output.Name} asks the master for {(wrong.RunCount > wrong.Runs.Count ? "the first of them" : "them")} again";
            }
        }
        catch (StorageException second)
        {
            // That the target is wrong weighs more than what could not be done about it.
            repair = $"; {second.Message}";
        }

        return new SyncException(
            SyncReason.WrittenBlocksDiffer,
            _target.Name,
            $"{wrong} did not read back as written{repair}",
            wrong.Runs);
    }

}

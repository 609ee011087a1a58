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
/// <param name="context">The context of the run.</param>
/// <param name="observer">Follows the run.</param>
internal sealed class ApplyRun(ApplyContext context, IApplyObserver observer)
{
    private readonly IWritableStorage _target = context.Target;
    private readonly PatchSource _patch = context.Patch;
    private readonly ApplyPlaces _places = context.Places;
    private readonly ApplySpecification _specification = context.Specification;
    private readonly ApplyTuning _tuning = context.Tuning;
    private readonly SyncOptions _options = context.Options;
    private readonly JournalsElsewhere _elsewhere = new(context);
    private readonly RedoLog _redo = new(context.Places.Redo ?? new NoRedoFile());
    private ApplyStart _start;
    private JournalRecord? _standing;
    private PatchExecutor? _executor;
    private HoleClaim? _doubtedHoles;
    private string? _undoReady;

    /// <summary>How far the target has come, for errors.</summary>
    public TargetProgress Progress =>
        _executor is { HasBegun: true } || _standing is { IsFinished: false } ? TargetProgress.PartlyPatched : TargetProgress.Untouched;

    /// <summary>What a signal has interrupted. A journal that was given up has left a target that is half patched, too.</summary>
    public ApplyInterruptedException Interrupted(OperationCanceledException cancellation) => new(
        _target.Name,
        _start == ApplyStart.Abandoned ? TargetProgress.PartlyPatched : Progress,
        cancellation)
    {
        WayBack = _undoReady,
    };

    public ApplyResult Run()
    {
        PatchPlan plan = Plan();
        _options.Progress.Expect(ApplyPhases.AfterPlanning(context, !plan.Copies.IsEmpty, plan.PrefixBytes > 0, plan.BlocksToWrite > 0));
        if (plan.Unrecognized.BlockCount > 0 && !_specification.ForceUnrecognized)
        {
            throw ApplyRefusals.Unrecognized(_target, _patch, plan, isHalfPatched: _start == ApplyStart.Abandoned);
        }

        ApplyRefusals.DemandReadable(_target, _patch, plan, _specification.OverwriteUnreadable);
        ApplyRefusals.DemandOldContent(_target, _patch.Name, plan, _start);
        if (_specification.DemandsLeaveToShrink)
        {
            ApplyRefusals.DemandMeantShrinking(_target, _patch, plan, takesBack: _start == ApplyStart.TurnedRound);
        }

        if (_specification.CheckBase || DemandsBase())
        {
            CheckBase(plan);
        }

        // Even a dry run finds out, before anything is touched, whether an undo file is possible.
        UndoFile? undo = _places.Undo is null ? null : new UndoFile(_target, plan, _patch, _places.Undo, _options);
        ReadOnlyMemory<byte>? other = undo?.FindExisting();
        _undoReady = other is null ? null : _places.Undo!.Name;
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
            _undoReady = _places.Undo!.Name;
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

        // Success is reported for a target of this length. Bytes that somebody has added would be neither verified nor the master's.
        _target.DemandLength();
        observer.BeforeFinishing();
        Finish(journal);
        return new ApplyResult(plan, _start, DryRun: false, undoKept, written, verified) { DoubtedHoles = _doubtedHoles };
    }

    // At first, any journal is treated as this session's. Only when the data file has been read to its end is it known whose it is.
    private PatchPlan Plan()
    {
        _standing = ReadJournal();
        if (_standing is { IsFinished: false } && !_specification.DryRun)
        {
            // The writes of the previous run must be on the medium before they are read there. If this flush fails, the journal stays as it
            // is.
            _target.Flush();
        }

        bool hasRedo = _standing is { IsFinished: false, Redo: { } digest } && _redo.TryLoad(digest.Span);
        PatchPlan plan = new PatchPlanner(context, hasRedo ? _redo : null).Plan(_standing, othersStands: false);
        _elsewhere.Demand(isResumed: _standing is { IsFinished: false });
        if (_standing is not { IsFinished: false } standing)
        {
            return plan.Misfit is { } misfit ? throw misfit : plan;
        }

        // The digest decides. The sizes always agree with it, unless the journal is not what it seems.
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
                $"cannot be resumed: {_places.Redo?.Name}, where the interrupted run kept content that it was writing, is missing "
                    + "or damaged")
            {
                Values = [("undo", standing.Other is not null)],
            };
        }

        if (_start == ApplyStart.TurnedRound && hasRedo && plan.NeedsOld)
        {
            // The redo is the other direction's: it is not written, so nothing that it has may be relied on.
            plan = new PatchPlanner(context).Plan(standing, othersStands: false);
        }

        if (_start != ApplyStart.OtherRetired)
        {
            DemandSameTarget(plan, standing);
            if (_start == ApplyStart.Resumed && hasRedo && _tuning.ProvesRedo)
            {
                RedoProof.Demand(_redo, plan.Copies, plan.PrefixInRedo, plan.Header.SyncGeometry, _target.Name, _places.Redo!.Name);
            }

            return plan.Misfit is { } unfit ? throw unfit : plan;
        }

        plan = new PatchPlanner(context).Plan(null, othersStands: true);
        return plan.Misfit is null && plan.Unrecognized.BlockCount == 0 && Covers(plan, standing) && IsBaseThroughout(plan)
            ? plan
            : throw ApplyRefusals.OtherRun(_target, _patch.Stretch is null ? _patch.Name : null, _places.Journal.Name, standing);
    }

    // The journal was found by a name, or by a device's own identifier. Before any of it is believed, the content must prove that it is
    // this target's.
    private void DemandSameTarget(PatchPlan plan, JournalRecord standing)
    {
        if (_tuning.ProvesTarget)
        {
            EvidenceProof proof = new(_target, standing, _places.Journal.Name);
            proof.Demand(plan.Seen, _start == ApplyStart.Resumed, _specification.ForceUnrecognized);
        }
    }

    // Blocks that the other session has torn, but that this data file does not change, would stay as they are. So all of the base is
    // checked on the medium. It is also checked in the cache: if a flush has failed, the cache may show the other session's writes. Without
    // its journal, nobody would know that they are only there.
    private bool IsBaseThroughout(PatchPlan plan) =>
        BaseCheck.Matches(_target, plan, _patch, tailMayBeGone: false, belowCache: true, _options)
        && (!_tuning.ComparesCache || BaseCheck.Matches(_target, plan, _patch, tailMayBeGone: false, belowCache: false, _options));

    // Nobody can vouch for blocks outside the data file's ranges, nor for bytes behind its end on a longer device. The other session
    // changed nothing behind its own two sizes, although a window ends with a whole block.
    private bool Covers(PatchPlan plan, JournalRecord standing)
    {
        SyncGeometry geometry = plan.Header.SyncGeometry;
        long end = Math.Min(_target.Length, Math.Max(standing.BaseSize, standing.TargetSize));
        foreach (ByteRange window in standing.Windows.Where(window => window.Offset < end))
        {
            BlockRun blocks = BlockRun.Between(
                geometry.Target.BlockAt(window.Offset), geometry.Target.BlockAt(Math.Min(window.End, end) - 1) + 1);

            // Content of B behind A's end is in no root of the base. A data file covers all of it, but a part of a set leaves some to
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

            // Until the first flush, blocks that look new may be new only in the cache. After an interrupted run that flush has been made,
            // but the blocks that the run left in doubt stay in doubt.
            DoubtFrom = standing?.DoubtFrom ?? 0,

            // The other direction has the old content of everything that is being copied.
            Redo = _start == ApplyStart.Resumed ? standing!.Redo : null,
            IsDistrusted = standing?.IsDistrusted ?? false,

            // Proved evidence stays true. In the other direction, a sector returns to its old content, and may still have its new content.
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

    // The blocks to be cut are marked first: after a crash half of them may be gone, and the other direction has to bring them back.
    private void Cut(PatchPlan plan, PatchJournal journal)
    {
        if (!plan.Sizing.Shrinks || _target.Length == plan.Sizing.LengthAfter)
        {
            return;
        }

        journal.Mark(new ByteRange(plan.Sizing.LengthAfter, Math.Max(plan.Header.SyncGeometry.Base.Size, plan.Sizing.LengthBefore)));
        _target.SetLength(plan.Sizing.LengthAfter);
        _target.Flush();
    }

    private void Finish(PatchJournal journal)
    {
        _elsewhere.Remove();
        journal.Finish();
        _places.Redo?.Remove();
    }

    // If there is one request for each of several remotes, one may be taken for another. It fits as long as it speaks only of content that
    // both have. A resumed run was checked when it began. A run that gives up a journal knows nothing of what came before.
    private bool DemandsBase() =>
        _patch.OwnName is not null
        && _start is ApplyStart.Fresh or ApplyStart.Abandoned
        && !_specification.ForceUnrecognized;

    private void CheckBase(PatchPlan plan)
    {
        bool tailMayBeGone = _target.HasFixedLength || _start is ApplyStart.Resumed or ApplyStart.TurnedRound or ApplyStart.Abandoned;
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

    // Once a part of a coarse block is written, the block's old content cannot be told any more. So the target is one of the two sides as a
    // whole, or nothing can be said about it.
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

    // Weighed each time: data written since then takes space that was a hole before.
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

        // Everything to be written is written: there is nothing to resume, and a part of a set is in place.
        WhileFailing.Do(() =>
        {
            observer.BeforeFinishing();
            Finish(journal);
        });
        throw new SyncException(
            SyncReason.OtherBlocksDiffer,
            _target.Name,
            "all written blocks are correct, but others differ from the content that the data file describes");
    }

    private void DemandNoneWrong(PatchPlan plan, PatchJournal journal, BlockRunList wrong)
    {
        if (wrong.BlockCount > 0)
        {
            throw ReadBackFailed(plan, journal, wrong);
        }
    }

    // In the cache these blocks look right: only the journal can tell the next run to write them again.
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
            // The wrong blocks matter more than the failure to do something about them.
            repair = $"; {second.Message}";
        }

        return new SyncException(
            SyncReason.WrittenBlocksDiffer,
            _target.Name,
            $"{wrong} did not read back as written{repair}",
            wrong.Runs);
    }

}

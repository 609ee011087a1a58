using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Applying.Undo;
using BinarySync.Sync.Applying.Verifying;

namespace BinarySync.Sync.Applying.Sets;

/// <summary>Applies parts of a set to a target, and keeps account of all parts meanwhile.</summary>
internal sealed class SetRun(
    IWritableStorage target,
    PartFiles parts,
    ApplyPlaces places,
    IStateFile noteFile,
    ApplySpecification specification,
    ApplyTuning tuning,
    SyncOptions options)
{
    private readonly ReadOnlyMemory<byte>[] _standing = specification.AbandonJournal ? [] : StandingSessions(places.Journal);
    private readonly List<(string Name, int Part, ApplyResult Result)> _runs = [];
    private readonly ApplyTuning _tuning = tuning;
    private SetNote _note = null!;
    private SetNoteState _state;

    /// <summary>Applies them, or finds out what it would do.</summary>
    public SetResult Run()
    {
        (_note, _state) = Known();
        DemandAllForFull();
        DemandNoneForBase();

        // An interrupted part goes first: no other part is allowed before it is finished.
        List<PartFile> order = [.. parts.Files.OrderBy(file => Stands(file) ? 0 : 1)];
        for (int i = 0; i < order.Count; i++)
        {
            // Each part is verified, written, flushed and read back, or only checked.
            PartFile file = order[i];
            options.Progress.Later = (order.Count - 1 - i) * (specification.DryRun ? 1 : specification.Verify == VerifyMode.None ? 3 : 4);
            Apply(file, isFirst: file == order[0], isLast: file == order[^1]);
            _note = _note.With(file.Part);
            if (!_tuning.NotesBeforeFinishing && !specification.DryRun)
            {
                Replace(_note);
            }
        }

        if (!specification.DryRun && _note.IsComplete)
        {
            noteFile.Remove();
        }

        return new SetResult(parts.Set, _state, _runs, _note.Numbers(applied: true), _note.Numbers(applied: false));
    }

    private void Apply(PartFile file, bool isFirst, bool isLast)
    {
        ApplySpecification how = specification with
        {
            CheckBase = specification.CheckBase && isFirst,
            Verify = specification.Verify == VerifyMode.Full && !isLast ? VerifyMode.Written : specification.Verify,
            KeepsLargerSize = !_note.With(file.Part).IsComplete,
            AbandonJournal = specification.AbandonJournal && isFirst,
        };
        Stream stream = file.Open();
        try
        {
            PatchSource patch = new(stream, file.Source.Name, digest: file.Digest);
            PartObserver observer = new(this, file.Part, how.Verify);
            _runs.Add((file.Source.Name, file.Part, ApplyOperation.Run(target, patch, places, how, _tuning, options, observer)));
        }
        catch (ApplyInterruptedException interrupted) when (_note.InPlace.Contains(true))
        {
            throw interrupted.AfterOthers();
        }
        finally
        {
            if (!file.Source.IsKept)
            {
                stream.Dispose();
            }
        }
    }

    private void DemandAllForFull()
    {
        SetNote after = parts.Files.Aggregate(_note, (known, file) => known.With(file.Part));
        if (specification.Verify == VerifyMode.Full && !after.IsComplete)
        {
            List<int> missing = after.Numbers(applied: false);
            throw new SyncException(
                SyncReason.PartsMissing,
                target.Name,
                $"is not yet what the set describes: of {parts.Set.Parts} parts, {NumberText.Of(missing)} "
                    + $"{(missing.Count == 1 ? "is" : "are")} missing; nothing was written")
            {
                Values = [("parts", parts.Set.Parts), ("missing", NumberText.Of(missing))],
            };
        }
    }

    private void DemandNoneForBase()
    {
        if (specification.CheckBase && _note.InPlace.Contains(true))
        {
            List<int> applied = _note.Numbers(applied: true);
            throw new SyncException(
                SyncReason.PartsAppliedAlready,
                target.Name,
                $"is no longer the base: of {parts.Set.Parts} parts, {NumberText.Of(applied)} {(applied.Count == 1 ? "is" : "are")} "
                    + "already applied")
            {
                Values = [("parts", parts.Set.Parts), ("applied", NumberText.Of(applied))],
            };
        }
    }

    // The part that completes the set may cut the target. Before that, the whole target must prove what the note says about the other
    // parts, unless that is certain.
    private bool MayCut(int part, VerifyMode verify, PatchPlan plan)
    {
        if (_note.With(part).IsComplete && (_note.IsInDoubt || CutsByHearsay(part, verify, plan)))
        {
            bool isWhole = ReadBackVerifier.RootMatches(
                target, plan.Header.SyncGeometry.Target, plan.Header, plan.Trailer.TargetRoot, belowCache: true, options);
            _state = isWhole ? _state : SetNoteState.TargetChanged;

            // If the whole target is not as it should be by now, only the parts that this command has applied are still believed.
            _note = isWhole ? _note with { IsInDoubt = false } : _runs.Aggregate(Unknown(), (known, run) => known.With(run.Part));
        }

        return _note.With(part).IsComplete;
    }

    // A note may be stale, or somebody else's. A file is cut by it only if the whole file is what the set makes, or if this very command
    // has applied all parts.
    private bool CutsByHearsay(int part, VerifyMode verify, PatchPlan plan) => _tuning.ProvesCut
        && !target.HasFixedLength && target.Length > plan.Header.SyncGeometry.FinalSize
        && verify != VerifyMode.Full && _runs.Select(run => run.Part).Append(part).Distinct().Count() < parts.Set.Parts;

    private void Replace(SetNote note) => noteFile.Replace((note with { Stamp = target.ReadStamp() }).Encode());

    private bool Stands(PartFile file) => _standing.Any(digest => digest.Span.SequenceEqual(file.Digest.Span));

    // The note, as this set sees it, if it can be believed; else the facts that the target itself shows.
    private (SetNote Note, SetNoteState State) Known()
    {
        byte[]? content = noteFile.Read();
        SetNote? found = content is null ? null : SetNote.TryDecode(content);
        if (found is not null && found.Reverse.Span.SequenceEqual(parts.Set.Id.Span))
        {
            found = found.TurnedRound();
        }

        SetNoteState state = content is null ? SetNoteState.None
            : found is null ? SetNoteState.Unreadable
            : !found.Id.Span.SequenceEqual(parts.Set.Id.Span) || found.Parts != parts.Set.Parts || found.Target != places.Identity
                ? SetNoteState.OtherSet
            : !_tuning.ComparesNoteTimes || HasTimesOf(found) ? SetNoteState.Used
            : IsInterrupted(found) ? SetNoteState.Used
            : SetNoteState.TargetChanged;
        if (state == SetNoteState.Used)
        {
            bool isInDoubt = found!.IsInDoubt || (_tuning.ProvesNote && !HasTimesOf(found));
            return (found with { IsInDoubt = isInDoubt }, state);
        }

        // If B is longer, every part makes the file as long as B. While it is as long as A, no part is in place.
        SyncGeometry geometry = parts.Header.SyncGeometry;
        bool isFresh = !target.HasFixedLength
            && geometry.ResizesTarget
            && geometry.Base.Size < geometry.Target.Size
            && target.Length == geometry.Base.Size;
        SetNote fresh = Unknown();
        Array.Fill(fresh.NotInPlace, isFresh);
        return (fresh, state);
    }

    private SetNote Unknown() => new()
    {
        Id = parts.Set.Id,
        Reverse = UndoFile.SetOf(parts.Set, parts.Trailer).Id,
        Target = places.Identity,
        InPlace = new bool[parts.Set.Parts],
        NotInPlace = new bool[parts.Set.Parts],
    };

    // A target without times has a fixed length too, and is never cut.
    private bool HasTimesOf(SetNote note) => !target.HasTimes || note.Stamp == target.ReadStamp();

    // A change made by an interrupted run of one of these parts is our own, but it may not be the only change.
    private bool IsInterrupted(SetNote note) => parts.Files.Any(file => file.Part == note.Running || Stands(file));

    // The digests of an interrupted session: its data file, and the one that leads the other way.
    private static ReadOnlyMemory<byte>[] StandingSessions(IStateFile journal) =>
        journal.Read() is { } content
            && JournalRecord.TryDecode(content, out JournalRecord? record) == JournalContent.Valid
            && !record!.IsFinished
            ? record.Other is { } other ? [record.Session, other] : [record.Session]
            : [];

    /// <summary>Keeps the note while a part is applied.</summary>
    private sealed class PartObserver(SetRun run, int part, VerifyMode verify) : IApplyObserver
    {
        public void BeforeWriting()
        {
            if (run._tuning.NotesBeforeChanging)
            {
                run.Replace(run._note.Without(part));
            }
        }

        public bool MayCut(PatchPlan plan) => run.MayCut(part, verify, plan);

        public void BeforeFinishing()
        {
            if (run._tuning.NotesBeforeFinishing)
            {
                run.Replace(run._note.With(part));
            }
        }
    }
}

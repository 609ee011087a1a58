using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Applying.Undo;
using BinarySync.Sync.Applying.Verifying;

namespace BinarySync.Sync.Applying.Sets;

/// <summary>What became of the note that stood.</summary>
public enum SetNoteState
{
    /// <summary>There was none.</summary>
    None,

    /// <summary>It was of this set, or of the one that leads the other way, and of this target as it is.</summary>
    Used,

    /// <summary>It was of another set.</summary>
    OtherSet,

    /// <summary>It was damaged, or made by a newer program.</summary>
    Unreadable,

    /// <summary>It was of this set, but the target has been changed since, not by a part of it.</summary>
    TargetChanged,
}

/// <summary>What came of applying parts of a set.</summary>
/// <param name="Set">The first of the parts: its identity and how many there are.</param>
/// <param name="Note">What was known before.</param>
/// <param name="Runs">In the order in which they were applied: the name of the file, its number, and what came of it.</param>
/// <param name="InPlace">Numbers of the parts that are known to be applied now (or would be, of a dry run), ascending.</param>
/// <param name="Missing">Numbers of all others, ascending.</param>
public sealed record SetResult(
    SetPlace Set, SetNoteState Note, IReadOnlyList<(string Name, int Part, ApplyResult Result)> Runs, IReadOnlyList<int> InPlace, IReadOnlyList<int> Missing)
{
    /// <summary>True where all parts are applied: the target is what the set makes of it.</summary>
    public bool IsComplete => Missing.Count == 0;
}

/// <summary>
/// Applies parts of a set to a target, each as a run of its own, and keeps a note of which are in place (docs/Design.md, "Parts of a
/// set").
/// </summary>
public static class SetApplyOperation
{
    /// <summary>Does it, or finds out what it would do.</summary>
    /// <param name="target">As for <see cref="ApplyOperation"/>.</param>
    /// <param name="parts">Looked at already.</param>
    /// <param name="places">The journal, and, for a single part only, the undo file.</param>
    /// <param name="noteFile">Where the note is kept.</param>
    /// <param name="specification">How.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <exception cref="SyncException">
    /// As <see cref="ApplyOperation"/>; and <see cref="SyncError.Mismatch"/>, before anything is written, where
    /// <see cref="VerifyMode.Full"/> is asked for and parts would still be missing, or <see cref="ApplySpecification.CheckBase"/> and
    /// some are in place already.
    /// </exception>
    public static SetResult Run(
        IWritableStorage target, PartFiles parts, ApplyPlaces places, IStateFile noteFile, ApplySpecification specification, SyncOptions options) =>
        Run(target, parts, places, noteFile, specification, new ApplyTuning(), options);

    internal static SetResult Run(
        IWritableStorage target,
        PartFiles parts,
        ApplyPlaces places,
        IStateFile noteFile,
        ApplySpecification specification,
        ApplyTuning tuning,
        SyncOptions options)
    {
        ReadOnlyMemory<byte>[] standing = specification.AbandonJournal ? [] : StandingSessions(places.Journal);
        (SetNote note, SetNoteState state) = Known(target, parts, places.Identity, noteFile, standing, tuning);
        SetNote after = parts.Files.Aggregate(note, (known, file) => known.With(file.Part));
        if (specification.Verify == VerifyMode.Full && !after.IsComplete)
        {
            throw new SyncException(
                SyncReason.PartsMissing,
                target.Name,
                $"cannot be equal to the master yet: of {parts.Set.Parts} parts, {NumberText.Of(Numbers(after, applied: false))} {(Numbers(after, applied: false).Count == 1 ? "is" : "are")} missing; nothing was written")
            {
                Values = [("parts", parts.Set.Parts), ("missing", NumberText.Of(Numbers(after, applied: false)))],
            };
        }

        if (specification.CheckBase && note.InPlace.Contains(true))
        {
            throw new SyncException(
                SyncReason.PartsAppliedAlready,
                target.Name,
                $"is no longer the base: of {parts.Set.Parts} parts, {NumberText.Of(Numbers(note, applied: true))} {(Numbers(note, applied: true).Count == 1 ? "is" : "are")} already applied")
            {
                Values = [("parts", parts.Set.Parts), ("applied", NumberText.Of(Numbers(note, applied: true)))],
            };
        }

        // A part that was interrupted goes first: no other one is let in before it is finished.
        List<PartFile> order = [.. parts.Files.OrderBy(file => standing.Any(digest => digest.Span.SequenceEqual(file.Digest.Span)) ? 0 : 1)];
        List<(string Name, int Part, ApplyResult Result)> runs = [];
        foreach (PartFile file in order)
        {
            ApplySpecification how = specification with
            {
                CheckBase = specification.CheckBase && file == order[0],
                Verify = specification.Verify == VerifyMode.Full && file != order[^1] ? VerifyMode.Written : specification.Verify,
                KeepsLargerSize = !note.With(file.Part).IsComplete,
                AbandonJournal = specification.AbandonJournal && file == order[0],
            };
            ApplyPlaces with = places with
            {
                BeforeWriting = tuning.NotesBeforeChanging ? () => Replace(noteFile, target, note.Without(file.Part)) : null,
                MayCut = plan =>
                {
                    if (note.With(file.Part).IsComplete && (note.IsInDoubt || CutsByHearsay(plan)))
                    {
                        // Of what was believed only what this command itself has applied is left, if the whole is not what it should be
                        // by now.
                        bool isWhole = ReadBackVerifier.RootMatches(
                            target, plan.Header.SyncGeometry.Target, plan.Header, plan.Trailer.TargetRoot!.Value, belowCache: true, options);
                        state = isWhole ? state : SetNoteState.TargetChanged;
                        note = isWhole ? note with { IsInDoubt = false } : runs.Aggregate(Unknown(parts, places.Identity), (known, run) => known.With(run.Part));
                    }

                    return note.With(file.Part).IsComplete;
                },
                BeforeFinishing = tuning.NotesBeforeFinishing ? () => Replace(noteFile, target, note.With(file.Part)) : null,
            };

            // A note may be stale, or somebody else's: a file is cut by it only if the whole of it is what the set makes, or this very
            // command has applied all parts of it.
            bool CutsByHearsay(PatchPlan plan) => tuning.ProvesCut
                && !target.HasFixedLength && target.Length > plan.Header.SyncGeometry.FinalSize
                && how.Verify != VerifyMode.Full && runs.Select(run => run.Part).Append(file.Part).Distinct().Count() < parts.Set.Parts;

            Stream stream = file.Open();
            try
            {
                PatchSource patch = new(stream, file.Source.Name, digest: file.Digest);
                runs.Add((file.Source.Name, file.Part, ApplyOperation.Run(target, patch, with, how, tuning, options)));
            }
            finally
            {
                if (!file.Source.IsKept)
                {
                    stream.Dispose();
                }
            }

            note = note.With(file.Part);
            if (!tuning.NotesBeforeFinishing && !specification.DryRun)
            {
                Replace(noteFile, target, note);
            }
        }

        if (!specification.DryRun && note.IsComplete)
        {
            noteFile.Remove();
        }

        return new SetResult(parts.Set, state, runs, Numbers(note, applied: true), Numbers(note, applied: false));
    }

    private static void Replace(IStateFile noteFile, IWritableStorage target, SetNote note) => noteFile.Replace((note with { Stamp = target.ReadStamp() }).Encode());

    // The note where it can be believed, as this set sees it; else what the target itself shows.
    private static (SetNote Note, SetNoteState State) Known(
        IWritableStorage target, PartFiles parts, string identity, IStateFile noteFile, ReadOnlyMemory<byte>[] standing, ApplyTuning tuning)
    {
        byte[]? content = noteFile.Read();
        SetNote? found = content is null ? null : SetNote.TryDecode(content);
        if (found is not null && found.Reverse.Span.SequenceEqual(parts.Set.Id.Span))
        {
            found = found.TurnedRound();
        }

        SetNoteState state = content is null ? SetNoteState.None
            : found is null ? SetNoteState.Unreadable
            : !found.Id.Span.SequenceEqual(parts.Set.Id.Span) || found.Parts != parts.Set.Parts || found.Target != identity ? SetNoteState.OtherSet
            : !tuning.ComparesNoteTimes || HasTimesOf(target, found) ? SetNoteState.Used
            : IsInterrupted(found, parts, standing) ? SetNoteState.Used
            : SetNoteState.TargetChanged;
        if (state == SetNoteState.Used)
        {
            bool isInDoubt = found!.IsInDoubt || (tuning.ProvesNote && !HasTimesOf(target, found));
            return (found with { IsInDoubt = isInDoubt }, state);
        }

        // Every part makes a file as long as B, if B is longer: while it is as long as A, none is in place.
        SyncGeometry geometry = parts.Header.SyncGeometry;
        bool isFresh = !target.HasFixedLength && geometry.ResizesTarget && geometry.Base.Size < geometry.Target.Size && target.Length == geometry.Base.Size;
        SetNote fresh = Unknown(parts, identity);
        Array.Fill(fresh.NotInPlace, isFresh);
        return (fresh, state);
    }

    private static SetNote Unknown(PartFiles parts, string identity) => new()
    {
        Id = parts.Set.Id,
        Reverse = UndoFile.SetOf(parts.Set, parts.Trailer).Id,
        Target = identity,
        InPlace = new bool[parts.Set.Parts],
        NotInPlace = new bool[parts.Set.Parts],
    };

    // What has no times has a fixed length too, and is never cut.
    private static bool HasTimesOf(IWritableStorage target, SetNote note) => !target.HasTimes || note.Stamp == target.ReadStamp();

    // A change that an interrupted run of one of these parts has made is our own; but it may not be the only one.
    private static bool IsInterrupted(SetNote note, PartFiles parts, ReadOnlyMemory<byte>[] standing) =>
        parts.Files.Any(file => file.Part == note.Running || standing.Any(digest => digest.Span.SequenceEqual(file.Digest.Span)));

    // The digests of an interrupted session: its data file, and the one that leads the other way.
    private static ReadOnlyMemory<byte>[] StandingSessions(IStateFile journal) =>
        journal.Read() is { } content && JournalRecord.TryDecode(content, out JournalRecord? record) == JournalContent.Valid && !record!.IsFinished
            ? record.Other is { } other ? [record.Session, other] : [record.Session]
            : [];

    private static List<int> Numbers(SetNote note, bool applied) => [.. Enumerable.Range(1, note.Parts).Where(part => note.InPlace[part - 1] == applied)];
}

using BinarySync.Storage;
using BinarySync.Sync.Applying.Sets;

namespace BinarySync.Sync.Tests.Crash;

/// <summary>Says of a run of a set whether it kept what applying promises.</summary>
internal sealed class SetJudge(SetCase set)
{
    private readonly long[] _spokenOf = [.. set.Blocks.SelectMany(blocks => blocks)];

    /// <summary>True where a part's blocks all are as it makes them, or all as they were before.</summary>
    public bool IsPart(CrashImage image, int part, bool isNew) =>
        Array.TrueForAll(set.Blocks[part], block => set.Images.Is(image, block, isNew));

    /// <summary>What is wrong after a success; null where nothing is.</summary>
    /// <param name="command">What was asked for.</param>
    /// <param name="result">What was said of it.</param>
    /// <param name="state">The machine.</param>
    /// <param name="known">Of each part, after the success.</param>
    public string? Judge(SetCommand command, SetResult result, MachineState state, IReadOnlyList<PartKnowledge> known)
    {
        if (!state.Cache.SameAs(state.Medium))
        {
            return "success was said, and a reader sees other bytes than the medium has";
        }

        if (state.Journal.Cache is not null)
        {
            return "success was said, and the journal stands";
        }

        if (command.WithUndo && command.Parts.Any(part => state.Undos[part] is not { Cache: not null, IsDurable: true }))
        {
            return "success was said, and the undo file is not durable";
        }

        if (!state.Note.IsDurable || (state.Note.Cache is null) != result.IsComplete)
        {
            return $"success was said, complete: {result.IsComplete}, and the note {(state.Note.Cache is null ? "is gone" : "stands")}";
        }

        // Until it is proved, what a note in doubt says of other parts is hearsay: nothing is cut by it.
        bool isInDoubt = state.Note.Cache is { } file && SetNote.TryDecode(file)!.IsInDoubt;
        bool isForth = command.Direction == Direction.Forth;
        return (
            result.IsComplete && set.Images.JudgeWhole(state.Medium, isForth) is { } wrong
                ? $"it was said that the set is complete, and {wrong}"
                : null)






            ?? result.InPlace.Where(part => !isInDoubt && !IsPart(state.Medium, part - 1, isForth)).Select(part => "it was said that part "
                + $"{part} is in place, and it is not").FirstOrDefault()
            ?? Enumerable.Range(0, known.Count)
                .Select(part => JudgePart(state.Medium, part, known[part]))
                .FirstOrDefault(text => text is not null)
            ?? set.Images.JudgeRest(state.Medium, _spokenOf);
    }

    /// <summary>
    /// What is wrong with the note on the way: where the journal of a part has gone, a crash leaves nothing but the note to say that the
    /// part is in place.
    /// </summary>
    public static string? JudgeNote(SetCommand command, CrashMachine machine)
    {
        bool isDone = false;
        foreach (CrashPoint point in machine.Points)
        {
            if (isDone
                && command.Parts is [int part]
                && point.Before.Note.Cache is { } file
                && SetNote.TryDecode(file) is { } note
                && !note.InPlace[part])
            {
                return $"part {part + 1} is done, and is not known to be";
            }

            isDone |= point.Call == CrashCall.JournalRemove;
        }

        return null;
    }

    /// <summary>What is wrong with a run that did not succeed; null where it may be so.</summary>
    public string? JudgeFailure(CrashMachine machine, Exception failure, bool mustSucceed)
    {
        if (machine.Failed is not null)
        {
            return failure is StorageException ? null : "a call failed, and the run ended with another error";
        }

        // It may refuse, but it must not touch anything then. Where copies were being taken back, what they need may have been
        // overwritten: then that has to be finished first.
        bool isOfOld = set.NeedsOld
            && failure is SyncException
            {
                Reason: SyncReason.CopySourceMissing or SyncReason.CopySourceChanged or SyncReason.OldContentMissing,
            };
        return mustSucceed ? "what must succeed was refused"
            : failure is not SyncException { Error: SyncError.Mismatch } && !isOfOld
                ? "it was refused for another reason than the journal"
            : machine.Points.All(point => point.Call == CrashCall.Flush) ? null : "it was refused after something had been changed";
    }

    private string? JudgePart(CrashImage image, int part, PartKnowledge known)
    {
        bool isNew = IsPart(image, part, isNew: true);
        bool isOld = IsPart(image, part, isNew: false);
        return known switch
        {
            PartKnowledge.InPlace => isNew ? null : $"success was said, and part {part + 1} is not in place",
            PartKnowledge.NotInPlace => isOld ? null : $"success was said, and part {part + 1} has been changed",
            _ =>
                Array.TrueForAll(
                    set.Blocks[part], block => set.Images.Is(image, block, isNew: true) || set.Images.Is(image, block, isNew: false))
                ? null : $"success was said, and part {part + 1} is torn",
        };
    }
}

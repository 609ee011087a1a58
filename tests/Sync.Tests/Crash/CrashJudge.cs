using BinarySync.Storage;

namespace BinarySync.Sync.Tests.Crash;

/// <summary>
/// Says of a run of a case whether it kept what applying promises. Knows the undo file from the first time that one is made: it has to be
/// the same ever after.
/// </summary>
internal sealed class CrashJudge(CrashCase crashCase)
{
    private byte[]? _undo;

    /// <summary>Of the undo file; empty before there is one.</summary>
    public byte[] UndoDigest { get; private set; } = [];

    /// <summary>What is wrong with the state after a success: the power may fail at once. Null where nothing is.</summary>
    public string? Judge(Direction direction, MachineState state, bool withUndo)
    {
        if (crashCase.Judge(direction, state.Medium) is { } wrong)
        {
            return $"success was said, and {wrong}";
        }

        if (!state.Cache.SameAs(state.Medium))
        {
            return "success was said, and a reader sees other bytes than the medium has";
        }

        if ((crashCase.Behaviour.FlushesJournal ? state.Journal.Cache ?? state.Journal.Medium : state.Journal.Cache) is not null)
        {
            return "success was said, and the journal stands";
        }

        if (withUndo)
        {
            if (state.Undo.Medium is not { } undo || !state.Undo.IsDurable)
            {
                return "success was said, and the undo file is not durable";
            }

            if (_undo is null)
            {
                (_undo, UndoDigest) = (undo, CrashCase.DigestOf(undo));
            }

            return _undo.AsSpan().SequenceEqual(undo) ? null : "the undo file is another one than the time before";
        }

        return null;
    }

    /// <summary>What is wrong with a run that did not succeed; null where it may be so.</summary>
    /// <param name="machine">Where it ran.</param>
    /// <param name="failure">How it ended.</param>
    /// <param name="mustSucceed">What it found left it no reason.</param>
    /// <param name="mayBeThird">The target may have become what a data file of another sync makes of it.</param>
    public string? JudgeFailure(CrashMachine machine, Exception failure, bool mustSucceed, bool mayBeThird = false)
    {
        if (machine.Failed is not null)
        {
            return failure is StorageException ? null : "a call failed, and the run ended with another error";
        }

        if (mustSucceed)
        {
            return "what must succeed was refused";
        }

        // It may refuse, but it must not touch anything then.
        bool isOfOld = crashCase.NeedsOld
            && failure is SyncException
            {
                Reason: SyncReason.CopySourceMissing or SyncReason.CopySourceChanged or SyncReason.OldContentMissing,
            };
        bool isOfThird = mayBeThird && failure is SyncException { Error: SyncError.Unrecognized };
        return failure is not SyncException { Error: SyncError.Mismatch } && !isOfOld && !isOfThird
            ? "it was refused for another reason than the journal"
            : machine.Points.All(point => point.Call == CrashCall.Flush) ? null : "it was refused after something had been changed";
    }
}

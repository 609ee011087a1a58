using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync.Applying.Planning;

/// <summary>What an earlier run has left.</summary>
public enum ApplyStart
{
    /// <summary>Nothing.</summary>
    Fresh,

    /// <summary>This very data file was being applied, and is gone on with.</summary>
    Resumed,

    /// <summary>The data file that leads the other way was being applied: the direction is turned round.</summary>
    TurnedRound,

    /// <summary>Another data file was being applied; every block was recognised all the same, and its journal is given up.</summary>
    OtherRetired,

    /// <summary>A journal stood, and was given up by the user's word.</summary>
    Abandoned,
}

/// <summary>What came of applying.</summary>
/// <param name="Plan">What was to be done.</param>
/// <param name="Start">What an earlier run had left.</param>
/// <param name="DryRun">True where nothing was changed.</param>
/// <param name="UndoKept">True where the undo file of an earlier run was found right; null where none was wanted.</param>
/// <param name="Written">What was written.</param>
/// <param name="VerifiedBytes">Bytes read back and found right.</param>
public sealed record ApplyResult(PatchPlan Plan, ApplyStart Start, bool DryRun, bool? UndoKept, WriteCounts Written, long VerifiedBytes)
{
    /// <summary>What spoke against the target's holes, so that they were read; null where nothing did, or where nobody asked.</summary>
    public HoleClaim? DoubtedHoles { get; init; }
}

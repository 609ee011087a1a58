using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync.Applying.Planning;

/// <summary>What an earlier run has left.</summary>
public enum ApplyStart
{
    /// <summary>Nothing.</summary>
    Fresh,

    /// <summary>This very data file was being applied; the run is resumed.</summary>
    Resumed,

    /// <summary>The data file that leads the other way was being applied: the direction is turned round.</summary>
    TurnedRound,

    /// <summary>Another data file was being applied. Every block was recognised nevertheless, and its journal is given up.</summary>
    OtherRetired,

    /// <summary>There was a journal, and the user had it given up.</summary>
    Abandoned,
}

/// <summary>The result of applying.</summary>
/// <param name="Plan">What was to be done.</param>
/// <param name="Start">What an earlier run had left.</param>
/// <param name="DryRun">True if nothing was changed.</param>
/// <param name="UndoKept">True if the undo file of an earlier run was found right; null if none was wanted.</param>
/// <param name="Written">What was written.</param>
/// <param name="VerifiedBytes">Bytes read back and found right.</param>
public sealed record ApplyResult(PatchPlan Plan, ApplyStart Start, bool DryRun, bool? UndoKept, WriteCounts Written, long VerifiedBytes)
{
    /// <summary>
    /// Why the target's holes are doubted, so that they were read; null if there is no reason, or if holes were not checked.
    /// </summary>
    public HoleClaim? DoubtedHoles { get; init; }
}

using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync;

/// <summary>How much is verified after writing.</summary>
public enum VerifyMode
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The blocks that the data file speaks of.</summary>
    Written,

    /// <summary>The whole coverage, by its root.</summary>
    Full,
}

/// <summary>Whether blocks of zeros become holes of a regular file.</summary>
public enum SparseMode
{
    /// <summary>Only in a file that has holes already.</summary>
    Auto,

    Always,

    /// <summary>Zeros are written.</summary>
    Never,
}

/// <summary>How a data file is applied.</summary>
public sealed record ApplySpecification
{
    /// <summary>Change nothing; find out everything that applying would.</summary>
    public bool DryRun { get; init; }

    /// <summary>Before writing, compare the whole target with the base's root. For a data file for several remotes that is done in any case, unless a run is gone on with.</summary>
    public bool CheckBase { get; init; }

    public VerifyMode Verify { get; init; } = VerifyMode.Written;

    public SparseMode Sparse { get; init; } = SparseMode.Auto;

    /// <summary>Whether holes of the target are read where all of it is compared.</summary>
    public HolePolicy Holes { get; init; } = HolePolicy.Trust;

    /// <summary>Plan as if no journal stood, and remove it.</summary>
    public bool AbandonJournal { get; init; }

    /// <summary>A part of a set that does not complete it: a file that becomes smaller is not cut yet.</summary>
    public bool KeepsLargerSize { get; init; }

    /// <summary>Refuse to cut the target if it loses more than half of its bytes (<see cref="TargetSizing.ShrinksGreatly"/>): nobody has
    /// said that it shall.</summary>
    public bool DemandsLeaveToShrink { get; init; }

    /// <summary>Overwrite blocks that cannot be read, where the data file brings them whole.</summary>
    public bool OverwriteUnreadable { get; init; }

    /// <summary>Overwrite blocks even if they are neither old nor new.</summary>
    public bool ForceUnrecognized { get; init; }
}

/// <summary>What is to be done, found out without changing anything.</summary>
public sealed record PatchPlan
{
    public required MessageHeader Header { get; init; }

    public required MessageTrailer Trailer { get; init; }

    public required TargetSizing Sizing { get; init; }

    /// <summary>Blocks that are as the base was.</summary>
    public required long OldBlocks { get; init; }

    /// <summary>Blocks that already are as they shall be.</summary>
    public required long NewBlocks { get; init; }

    /// <summary>Blocks that the journal of an interrupted run does not vouch for: they are written again, whatever they look like.</summary>
    public required long AgainBlocks { get; init; }

    /// <summary>Blocks that are neither.</summary>
    public required BlockRunList Unrecognized { get; init; }

    /// <summary>Blocks that the medium does not give.</summary>
    public BlockRunList Unreadable { get; init; } = new();

    /// <summary>Those of them that the data file does not bring whole: what is copied comes from elsewhere in the target, and a part of a
    /// block leaves the rest.</summary>
    public BlockRunList UnreadableLost { get; init; } = new();

    /// <summary>Why they could not be read.</summary>
    internal StorageException? ReadFailure { get; init; }

    /// <summary>Blocks that cannot be copied: their content is not where the data file says.</summary>
    public BlockRunList WithoutSource { get; init; } = new();

    /// <summary>Blocks to be copied from content that has the hash of the master's, and is another one.</summary>
    public BlockRunList OtherContent { get; init; } = new();

    /// <summary>Blocks that would be written.</summary>
    public long BlocksToWrite => OldBlocks + AgainBlocks + Unrecognized.BlockCount + Unreadable.BlockCount;

    /// <summary>Blocks that are not as the base had them, those of which the journal knows included.</summary>
    internal long NotOldBlocks { get; init; }

    /// <summary>Bytes of the target's blocks that the data file speaks of.</summary>
    internal long Bytes { get; init; }

    /// <summary>Those of them that are copied from elsewhere.</summary>
    internal long CopyBytes { get; init; }

    /// <summary>The copies, in order.</summary>
    internal CopyPlan Copies { get; init; } = CopyPlan.None;

    /// <summary>What the evidence of the target is made of; null where nothing was looked at.</summary>
    internal EvidenceDraft? Draft { get; init; }

    /// <summary>What was seen of the blocks, whatever is believed of them.</summary>
    internal SeenBlocks Seen { get; init; }

    /// <summary>Why the target's size does not fit; null where it does.</summary>
    internal SyncException? Misfit { get; init; }

    /// <summary>What the journal does not vouch for.</summary>
    internal PatchDoubt Doubt { get; init; } = PatchDoubt.None;

    /// <summary>What is written between two flushes, ascending.</summary>
    internal IReadOnlyList<PatchWindow> Windows { get; init; } = [];
}

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

/// <summary>What was written.</summary>
/// <param name="DataBlocks">Blocks written with content.</param>
/// <param name="DataBytes">Their bytes.</param>
/// <param name="ZeroBlocks">Blocks turned to zeros.</param>
/// <param name="CopyBlocks">Blocks copied from elsewhere in the target.</param>
/// <param name="CopyBytes">Their bytes.</param>
public readonly record struct WriteCounts(long DataBlocks, long DataBytes, long ZeroBlocks, long CopyBlocks, long CopyBytes);

using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Evidence;
using BinarySync.Sync.Applying.Journal;

namespace BinarySync.Sync.Applying.Planning;

/// <summary>What is to be done, found out without changing anything.</summary>
public sealed record PatchPlan
{
    public required DataFileHeader Header { get; init; }

    public required OperationsTrailer Trailer { get; init; }

    public required TargetSizing Sizing { get; init; }

    /// <summary>Blocks that equal the base.</summary>
    public required long OldBlocks { get; init; }

    /// <summary>Blocks that are already new.</summary>
    public required long NewBlocks { get; init; }

    /// <summary>
    /// Blocks that the journal of an interrupted run does not vouch for: they are written again, no matter what they look like.
    /// </summary>
    public required long AgainBlocks { get; init; }

    /// <summary>Blocks that are neither old nor new.</summary>
    public required BlockRunList Unrecognized { get; init; }

    /// <summary>Blocks that the medium does not return.</summary>
    public BlockRunList Unreadable { get; init; } = new();

    /// <summary>
    /// Those of them that the data file does not bring whole. Copied content comes from elsewhere in the target, and a partial block leaves
    /// the rest as it is.
    /// </summary>
    public BlockRunList UnreadableLost { get; init; } = new();

    /// <summary>Why they could not be read.</summary>
    internal StorageException? ReadFailure { get; init; }

    /// <summary>Blocks that cannot be copied: their content is not where the data file says.</summary>
    public BlockRunList WithoutSource { get; init; } = new();

    /// <summary>Blocks to be copied from content that has the hash of the master's content, but differs from it.</summary>
    public BlockRunList OtherContent { get; init; } = new();

    /// <summary>Blocks that cannot be made: the old content over which their frame is compressed is gone.</summary>
    public BlockRunList WithoutOld { get; init; } = new();

    /// <summary>Blocks that would be written.</summary>
    public long BlocksToWrite => OldBlocks + AgainBlocks + Unrecognized.BlockCount + Unreadable.BlockCount;

    /// <summary>Blocks that differ from the base, including those of which the journal knows.</summary>
    internal long NotOldBlocks { get; init; }

    /// <summary>Bytes of the target's blocks that have an operation in the data file.</summary>
    internal long Bytes { get; init; }

    /// <summary>Those of them that are copied from elsewhere.</summary>
    internal long CopyBytes { get; init; }

    /// <summary>Those of them that are in frames over old content.</summary>
    internal long PrefixBytes { get; init; }

    /// <summary>Blocks of such frames whose content an interrupted run has left in the redo. Ascending.</summary>
    internal IReadOnlyList<BlockRun> PrefixInRedo { get; init; } = [];

    /// <summary>Old content is needed that the run itself overwrites.</summary>
    internal bool NeedsOld => !Copies.IsEmpty || PrefixBytes > 0;

    /// <summary>The copies, in order.</summary>
    internal CopyPlan Copies { get; init; } = CopyPlan.None;

    /// <summary>What the evidence of the target is made of; null if nothing was read.</summary>
    internal EvidenceDraft? Draft { get; init; }

    /// <summary>What was seen of the blocks, whether or not it is believed.</summary>
    internal SeenBlocks Seen { get; init; }

    /// <summary>Why the target's size does not fit; null if it fits.</summary>
    internal SyncException? Misfit { get; init; }

    /// <summary>The blocks that the journal does not vouch for.</summary>
    internal PatchDoubt Doubt { get; init; } = PatchDoubt.None;

    /// <summary>The blocks that are written between two flushes, ascending.</summary>
    internal IReadOnlyList<PatchWindow> Windows { get; init; } = [];
}

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

    /// <summary>Blocks that are as the base was.</summary>
    public required long OldBlocks { get; init; }

    /// <summary>Blocks that already are as they shall be.</summary>
    public required long NewBlocks { get; init; }

    /// <summary>
    /// Blocks that the journal of an interrupted run does not vouch for: they are written again, whatever they look like.
    /// </summary>
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

using BinarySync.Sync.Applying.Evidence;

namespace BinarySync.Sync.Applying;

/// <summary>
/// How applying protects the target. Tests make windows small, and take one safeguard away at a time to see that a state is lost; nothing
/// else sets any of this.
/// </summary>
internal sealed record ApplyTuning
{
    /// <summary>Bytes that are changed between two flushes.</summary>
    public long WindowBytes { get; init; } = 256L << 20;

    /// <summary>Bytes of copies whose content is put into the redo between two flushes.</summary>
    public long RedoBytes { get; init; } = 64L << 20;

    /// <summary>Cells of the target of which the journal keeps what they were and become.</summary>
    public int MostWitnesses { get; init; } = WitnessCollector.MostCells;

    /// <summary>What a journal says is believed only of the target that it describes.</summary>
    public bool ProvesTarget { get; init; } = true;

    /// <summary>Room for what the data file says of the copies that are being done.</summary>
    public CopyGatherLimits Gathering { get; init; } = new();

    /// <summary>Copies whose source is overwritten by copies go through the redo.</summary>
    public bool UsesRedo { get; init; } = true;

    /// <summary>The redo is durable before the journal speaks of it.</summary>
    public bool FlushesRedo { get; init; } = true;

    /// <summary>A redo is written only where the data file copies something.</summary>
    public bool ProvesRedo { get; init; } = true;

    /// <summary>What a run finds in the redo of another session is not its own.</summary>
    public bool ForgetsOthersRedo { get; init; } = true;

    /// <summary>Copies are durable before content and zeros overwrite their sources.</summary>
    public bool FlushesCopies { get; init; } = true;

    /// <summary>The journal says which stretch is being changed.</summary>
    public bool MarksWindows { get; init; } = true;

    /// <summary>The target is flushed before success is said.</summary>
    public bool FlushesBeforeFinish { get; init; } = true;

    /// <summary>What the journal does not vouch for is written again, even if it looks new.</summary>
    public bool WritesDoubtedAgain { get; init; } = true;

    /// <summary>The undo file is durable before the journal is, and before the first write.</summary>
    public bool WritesUndoFirst { get; init; } = true;

    /// <summary>The journal is durable before the target grows.</summary>
    public bool JournalsBeforeGrowing { get; init; } = true;

    /// <summary>Another session's journal is given up only if the cache shows what the medium has.</summary>
    public bool ComparesCache { get; init; } = true;

    /// <summary>A target that becomes smaller is cut after all else, when the journal knows of it.</summary>
    public bool CutsLast { get; init; } = true;

    /// <summary>
    /// A part of a set does not take the journal of another one for its own to give up where that one was making the target larger.
    /// </summary>
    public bool LeavesOtherPartsTail { get; init; } = true;

    /// <summary>The note of a set gives up what it says of a part before the first change that the part makes.</summary>
    public bool NotesBeforeChanging { get; init; } = true;

    /// <summary>The note of a set says that a part is in place before the part's journal goes.</summary>
    public bool NotesBeforeFinishing { get; init; } = true;

    /// <summary>The note of a set is believed only while the target's times are those that stand in it.</summary>
    public bool ComparesNoteTimes { get; init; } = true;

    /// <summary>The whole target proves what the note of a set says of parts that this command has not applied, before it is cut.</summary>
    public bool ProvesCut { get; init; } = true;

    /// <summary>After an interrupted run the whole target proves what the note of a set says, before it is cut.</summary>
    public bool ProvesNote { get; init; } = true;
}

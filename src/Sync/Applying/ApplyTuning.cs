using BinarySync.Sync.Applying.Evidence;

namespace BinarySync.Sync.Applying;

/// <summary>
/// How applying protects the target. Tests make windows small, and switch off one safeguard at a time to see that a state is lost. Nothing
/// else sets any of this.
/// </summary>
internal sealed record ApplyTuning
{
    /// <summary>Bytes changed between two flushes.</summary>
    public long WindowBytes { get; init; } = 256L << 20;

    /// <summary>Bytes of copies whose content is put into the redo between two flushes.</summary>
    public long RedoBytes { get; init; } = 64L << 20;

    /// <summary>Cells of the target for which the journal keeps the old and the new state.</summary>
    public int MostWitnesses { get; init; } = WitnessCollector.MostCells;

    /// <summary>A journal is believed only about the target that it describes.</summary>
    public bool ProvesTarget { get; init; } = true;

    /// <summary>Room for the data file's statements about the copies that are being done.</summary>
    public CopyGatherLimits Gathering { get; init; } = new();

    /// <summary>Copies whose source is overwritten by other copies go through the redo.</summary>
    public bool UsesRedo { get; init; } = true;

    /// <summary>A redo is written only if the data file copies something.</summary>
    public bool ProvesRedo { get; init; } = true;

    /// <summary>A run does not take the redo of another session for its own.</summary>
    public bool ForgetsOthersRedo { get; init; } = true;

    /// <summary>Copies are durable before content and zeros overwrite their sources.</summary>
    public bool FlushesCopies { get; init; } = true;

    /// <summary>The journal names the stretch that is being changed.</summary>
    public bool MarksWindows { get; init; } = true;

    /// <summary>Blocks that the journal does not vouch for are written again, even if they look new.</summary>
    public bool WritesDoubtedAgain { get; init; } = true;

    /// <summary>The undo file is durable before the journal is, and before the first write.</summary>
    public bool WritesUndoFirst { get; init; } = true;

    /// <summary>The journal is durable before the target grows.</summary>
    public bool JournalsBeforeGrowing { get; init; } = true;

    /// <summary>Another session's journal is given up only if the cache agrees with the medium.</summary>
    public bool ComparesCache { get; init; } = true;

    /// <summary>A target that becomes smaller is cut last, once the journal knows of it.</summary>
    public bool CutsLast { get; init; } = true;

    /// <summary>A part of a set does not give up another part's journal as its own if that part was making the target larger.</summary>
    public bool LeavesOtherPartsTail { get; init; } = true;

    /// <summary>The note of a set drops its statement about a part before that part makes its first change.</summary>
    public bool NotesBeforeChanging { get; init; } = true;

    /// <summary>The note of a set says that a part is in place before the part's journal is removed.</summary>
    public bool NotesBeforeFinishing { get; init; } = true;

    /// <summary>The note of a set is believed only while the target's times are those in the note.</summary>
    public bool ComparesNoteTimes { get; init; } = true;

    /// <summary>
    /// The note of a set may speak of parts that this command has not applied. Before the target is cut, all of it must prove that.
    /// </summary>
    public bool ProvesCut { get; init; } = true;

    /// <summary>After an interrupted run, the whole target must prove the note of a set before it is cut.</summary>
    public bool ProvesNote { get; init; } = true;
}

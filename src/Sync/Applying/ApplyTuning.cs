namespace BinarySync.Sync;

/// <summary>
/// How applying protects the target. Tests make windows small, and take one safeguard away at a time to see that a state is lost; nothing else sets any of this.
/// </summary>
internal sealed record ApplyTuning
{
    /// <summary>Bytes that are changed between two flushes.</summary>
    public long WindowBytes { get; init; } = 256L << 20;

    /// <summary>Bytes of copies whose content is put into the redo between two flushes.</summary>
    public long RedoBytes { get; init; } = 64L << 20;

    /// <summary>Copies whose source is overwritten by copies go through the redo.</summary>
    public bool UsesRedo { get; init; } = true;

    /// <summary>The redo is durable before the journal speaks of it.</summary>
    public bool FlushesRedo { get; init; } = true;

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

    /// <summary>A target that becomes smaller is cut after all else, when the journal knows of it.</summary>
    public bool CutsLast { get; init; } = true;
}

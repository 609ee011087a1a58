namespace BinarySync.Sync.Applying;

/// <summary>What to do about failures that several steps of applying find.</summary>
internal static class ApplyHints
{
    /// <summary>What to do if something else was read than had been written.</summary>
    public const string OtherBytes =
        "the device returns other bytes than were written to it, or another program writes to it too: check its health and who has it open, then run the same command again: it writes them once more";
}

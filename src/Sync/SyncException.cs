using BinarySync.Format;

namespace BinarySync.Sync;

/// <summary>What did not fit together, or could not be done.</summary>
public enum SyncError
{
    /// <summary>These files, or this target, do not belong together.</summary>
    Mismatch,

    /// <summary>A source changed while it was read, or since its checksum file was made.</summary>
    SourceChanged,

    /// <summary>The medium does not give some blocks.</summary>
    Unreadable,

    /// <summary>The medium does not give some blocks of the target, all of which the data file brings whole.</summary>
    UnreadableButBrought,

    /// <summary>What a file system calls a hole has content.</summary>
    HolesUntrue,

    /// <summary>The target would lose more than half of its bytes, and nobody has said that it shall.</summary>
    ShrinksGreatly,

    /// <summary>Blocks of the target are neither as expected nor already new.</summary>
    Unrecognized,

    /// <summary>What was written did not read back as it should.</summary>
    VerificationFailed,

    /// <summary>A journal stands, and this is not the target that it describes: another one has taken its name.</summary>
    OtherTarget,

    /// <summary>A journal stands, and nothing proves that this is the target that it describes.</summary>
    TargetNotProved,

    /// <summary>What an interrupted run is said to have left holds content that the data file does not bring.</summary>
    ForeignRedo,

    /// <summary>What was asked for cannot be had with this much; nothing was found to be wrong.</summary>
    OutOfBounds,
}

/// <summary>How far applying had come with the target.</summary>
public enum TargetProgress
{
    /// <summary>Nothing was written to it.</summary>
    Untouched,

    /// <summary>It may be partly patched, by this run or by an interrupted one before it: the journal stands.</summary>
    PartlyPatched,

    /// <summary>All is written, flushed and read back as far as that was asked for.</summary>
    Patched,
}

/// <summary>An operation was refused or failed for a reason of content; nothing is damaged by it unless the message says so.</summary>
public sealed class SyncException : Exception
{
    public SyncException(SyncError error, string subject, string message, string? hint = null, IReadOnlyList<BlockRun>? ranges = null)
        : base(message)
    {
        Error = error;
        Subject = subject;
        Hint = hint;
        Ranges = ranges ?? [];
    }

    public SyncError Error { get; }

    /// <summary>The file or target that the message is about; empty where it is about several.</summary>
    public string Subject { get; }

    public string? Hint { get; }

    /// <summary>How far the target had come, where a message changed while it was applied; else null.</summary>
    public TargetProgress? Progress { get; private init; }

    /// <summary>The blocks concerned, ascending; at most as many as <see cref="BlockRunList.Capacity"/>.</summary>
    public IReadOnlyList<BlockRun> Ranges { get; }

    /// <summary>The same error, telling how far the target had come.</summary>
    public SyncException With(TargetProgress progress)
    {
        string words = progress switch
        {
            TargetProgress.Untouched => "nothing was written to the target",
            TargetProgress.PartlyPatched => "the target may be partly patched",
            _ => "the target is patched",
        };
        return new SyncException(Error, Subject, $"{Message}; {words}", Hint, Ranges) { Progress = progress };
    }
}

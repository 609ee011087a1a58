using BinarySync.Format;

namespace BinarySync.Sync;

/// <summary>What did not fit together, or could not be done.</summary>
public enum SyncError
{
    /// <summary>These files, or this target, do not belong together.</summary>
    Mismatch,

    /// <summary>A source changed while it was read, or since its checksum file was made.</summary>
    SourceChanged,

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

    /// <summary>The blocks concerned, ascending; at most as many as <see cref="BlockRunList.Capacity"/>.</summary>
    public IReadOnlyList<BlockRun> Ranges { get; }
}

using BinarySync.Format;

namespace BinarySync.Sync;

/// <summary>The kinds of things that did not fit together, or could not be done.</summary>
public enum SyncError
{
    /// <summary>These files, or this target, do not belong together.</summary>
    Mismatch,

    /// <summary>A source changed while it was read, or since its checksum file was made.</summary>
    SourceChanged,

    /// <summary>The medium does not return some blocks.</summary>
    Unreadable,

    /// <summary>The medium does not return some blocks of the target, but the data file brings all of them whole.</summary>
    UnreadableButBrought,

    /// <summary>The file system reports a hole that has content.</summary>
    HolesUntrue,

    /// <summary>The target would lose more than half of its bytes, and nobody has confirmed that.</summary>
    ShrinksGreatly,

    /// <summary>Blocks of the target are neither as expected nor already new.</summary>
    Unrecognized,

    /// <summary>Written blocks did not read back as they should.</summary>
    VerificationFailed,

    /// <summary>There is a journal, and this is not the target that it describes: another one has taken its name.</summary>
    OtherTarget,

    /// <summary>There is a journal, and nothing proves that this is the target that it describes.</summary>
    TargetNotProved,

    /// <summary>The redo that an interrupted run is said to have left holds content that the data file does not bring.</summary>
    ForeignRedo,

    /// <summary>The wanted result is not possible within the limits; nothing was found to be wrong.</summary>
    OutOfBounds,
}

/// <summary>How far applying had come with the target.</summary>
public enum TargetProgress
{
    /// <summary>Nothing was written to it.</summary>
    Untouched,

    /// <summary>It may be partly patched, by this run or by an interrupted one before it: there is a journal.</summary>
    PartlyPatched,

    /// <summary>Everything is written and flushed, and read back as far as requested.</summary>
    Patched,
}

/// <summary>
/// An operation was refused or failed for a reason of content. Nothing is damaged by it unless the message says so. The remedy is not given
/// here: it depends on the program, which looks it up by the reason and the values.
/// </summary>
public sealed class SyncException : Exception
{
    public SyncException(SyncReason reason, string subject, string message, IReadOnlyList<BlockRun>? ranges = null, Exception? inner = null)
        : base(message, inner)
    {
        Reason = reason;
        Subject = subject;
        Ranges = ranges ?? [];
    }

    /// <summary>The reason.</summary>
    public SyncReason Reason { get; }

    /// <summary>The kind of failure of the reason.</summary>
    public SyncError Error => ErrorOf(Reason);

    /// <summary>The file or target that the message is about; empty if it is about several.</summary>
    public string Subject { get; }

    /// <summary>How far the target had come when a message changed while it was applied; else null.</summary>
    public TargetProgress? Progress { get; private init; }

    /// <summary>The blocks concerned, ascending; at most as many as <see cref="BlockRunList.Capacity"/>.</summary>
    public IReadOnlyList<BlockRun> Ranges { get; }

    /// <summary>
    /// Figures and names that belong to the reason, for hints and scripts: strings, integers (<see cref="long"/>, <see cref="int"/>) and
    /// booleans. Names in snake case.
    /// </summary>
    public IReadOnlyList<(string Name, object Value)> Values { get; init; } = [];

    /// <summary>The value with this name; the default of its type if there is none.</summary>
    public T? ValueOf<T>(string name) => Values.FirstOrDefault(value => value.Name == name).Value is T found ? found : default;

    /// <summary>The same error, with how far the target had come.</summary>
    public SyncException With(TargetProgress progress)
    {
        string words = progress switch
        {
            TargetProgress.Untouched => "nothing was written to the target",
            TargetProgress.PartlyPatched => "the target may be partly patched",
            _ => "the target is patched",
        };
        return new SyncException(Reason, Subject, $"{Message}; {words}", Ranges, this) { Progress = progress, Values = Values };
    }

    /// <summary>The kind of failure of a reason.</summary>
    public static SyncError ErrorOf(SyncReason reason) => reason switch
    {
        SyncReason.MessageChanged or SyncReason.ChecksumsNotDerived or SyncReason.DataFileChanged or SyncReason.SourceChanged
            or SyncReason.OtherMaster or SyncReason.PartsDoNotFit => SyncError.SourceChanged,
        SyncReason.UnreadableBlocks => SyncError.Unreadable,
        SyncReason.UnreadableBlocksBrought => SyncError.UnreadableButBrought,
        SyncReason.HolesUntrue => SyncError.HolesUntrue,
        SyncReason.ShrinksGreatly => SyncError.ShrinksGreatly,
        SyncReason.CopySourceChanged or SyncReason.CopySourceMissing or SyncReason.OldContentMissing
            or SyncReason.UnrecognizedBlocks or SyncReason.ChangedWhileSaved or SyncReason.TargetChanged => SyncError.Unrecognized,
        SyncReason.OtherBlocksDiffer or SyncReason.WrittenBlocksDiffer => SyncError.VerificationFailed,
        SyncReason.OtherTarget => SyncError.OtherTarget,
        SyncReason.TargetNotProved => SyncError.TargetNotProved,
        SyncReason.ForeignRedo => SyncError.ForeignRedo,
        SyncReason.NotPartOfSet or SyncReason.TooManyUnreadable or SyncReason.PartsTooSmall
            or SyncReason.BlocksTooLargeForBase or SyncReason.NoRollingSums => SyncError.OutOfBounds,
        _ => SyncError.Mismatch,
    };
}

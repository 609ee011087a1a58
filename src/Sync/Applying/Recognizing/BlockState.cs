using BinarySync.Format;

namespace BinarySync.Sync.Applying.Recognizing;

/// <summary>What a block of the target is found to be.</summary>
internal enum BlockState
{
    /// <summary>Equal to the base: may be overwritten.</summary>
    Old,

    /// <summary>New: nothing to do.</summary>
    New,

    /// <summary>New, and also equal to the base: the two differ only in length, and the target has the content of the longer one.</summary>
    OldAndNew,

    /// <summary>Neither old nor new.</summary>
    Unrecognized,

    /// <summary>The medium does not return it, so its content is unknown.</summary>
    Unreadable,

    /// <summary>The journal does not vouch for it: it is written again no matter what it looks like.</summary>
    Again,
}

using BinarySync.Format;

namespace BinarySync.Sync.Applying.Recognizing;

/// <summary>What a block of the target is found to be.</summary>
internal enum BlockState
{
    /// <summary>As the base had it: may be overwritten.</summary>
    Old,

    /// <summary>As it shall be: nothing to do.</summary>
    New,

    /// <summary>
    /// As it shall be, and as the base had it: the two differ in length only, and the target has what the longer one has.
    /// </summary>
    OldAndNew,

    /// <summary>Neither.</summary>
    Unrecognized,

    /// <summary>The medium does not give it: what it is, nobody can tell.</summary>
    Unreadable,

    /// <summary>The journal does not vouch for it: to be written again whatever it looks like.</summary>
    Again,
}

using BinarySync.Format;
using BinarySync.Sync.Applying.Planning;

namespace BinarySync.Sync.Applying.Sets;

/// <summary>What happened to the existing note.</summary>
public enum SetNoteState
{
    /// <summary>There was none.</summary>
    None,

    /// <summary>It was of this set, or of the one that leads the other way, and of this target as it is.</summary>
    Used,

    /// <summary>It was of another set.</summary>
    OtherSet,

    /// <summary>It was damaged, or made by a newer program.</summary>
    Unreadable,

    /// <summary>It was of this set, but the target has been changed since, not by a part of it.</summary>
    TargetChanged,
}

/// <summary>The result of applying parts of a set.</summary>
/// <param name="Set">The first of the parts: its identity and how many there are.</param>
/// <param name="Note">What was known before.</param>
/// <param name="Runs">In the order in which they were applied: the name of the file, its number, and its result.</param>
/// <param name="InPlace">Numbers of the parts that are known to be applied now (or would be, of a dry run), ascending.</param>
/// <param name="Missing">Numbers of all others, ascending.</param>
public sealed record SetResult(
    SetPart Set, SetNoteState Note, IReadOnlyList<(string Name, int Part, ApplyResult Result)> Runs, IReadOnlyList<int> InPlace,
    IReadOnlyList<int> Missing)
{
    /// <summary>True if all parts are applied: the target is what the set makes of it.</summary>
    public bool IsComplete => Missing.Count == 0;
}

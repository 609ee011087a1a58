using BinarySync.Format;

namespace BinarySync.Sync.Copies;

/// <summary>Finds blocks of B whose content is elsewhere in A.</summary>
internal interface ICopySearch
{
    /// <summary>Blocks that are sent although they might have been copied: there was no room to remember them.</summary>
    long BlocksLeftOut { get; }

    /// <summary>The copies, ascending; they can be ordered so that every source is read before it is overwritten.</summary>
    IReadOnlyList<CopyRun> Find();
}

using BinarySync.Storage.Usage;

namespace BinarySync.Storage;

/// <summary>What the guards ask, to find out who else uses a target or source.</summary>
public enum UsageTable
{
    /// <summary>What is mounted where.</summary>
    Mounts,

    /// <summary>What is swapped on.</summary>
    Swaps,

    /// <summary>Which block devices there are, and which stands on which.</summary>
    Devices,

    /// <summary>Which file or device one loop device stands on.</summary>
    LoopBacking,

    /// <summary>Whether another process has locked the file that a loop device stands on.</summary>
    LoopLock,
}

/// <summary>Something that could not be looked at, so that nobody knows whether it would have named a user.</summary>
/// <param name="Path">The file or directory that would have told it, or the device that it is about.</param>
/// <param name="Why">Why it told nothing, as the end of a sentence: "cannot be read".</param>
public sealed record UnseenTable(UsageTable Table, string Path, string Why)
{
    public override string ToString() => $"{Path} {Why}";
}

using BinarySync.Storage.Usage;

namespace BinarySync.Storage;

/// <summary>The tables that the guards read, to find out who else uses a target or source.</summary>
public enum UsageTable
{
    /// <summary>The mounts.</summary>
    Mounts,

    /// <summary>The swap areas.</summary>
    Swaps,

    /// <summary>Which block devices there are, and which of them is built on which.</summary>
    Devices,

    /// <summary>The file or device below one loop device.</summary>
    LoopBacking,

    /// <summary>Whether another process has locked the file below a loop device.</summary>
    LoopLock,
}

/// <summary>Something that could not be checked, so that nobody knows whether it would have named a user.</summary>
/// <param name="Path">The file or directory that would have told it, or the device in question.</param>
/// <param name="Why">Why it told nothing, as the end of a sentence: "cannot be read".</param>
public sealed record UnseenTable(UsageTable Table, string Path, string Why)
{
    public override string ToString() => $"{Path} {Why}";
}

namespace BinarySync.Storage;

/// <summary>What becomes of the page cache behind a pass that reads a storage once.</summary>
public enum CachePolicy
{
    /// <summary>
    /// <see cref="Drop"/> for block devices and for what is larger than half of the machine's memory, else <see cref="Keep"/>.
    /// </summary>
    Auto,

    /// <summary>What was read stays in the page cache, at the cost of what was there before.</summary>
    Keep,

    /// <summary>What the pass brought into the page cache is given back behind it; what was there before stays.</summary>
    Drop,
}

namespace BinarySync.Storage;

/// <summary>What becomes of the page cache behind a pass that reads a storage once.</summary>
public enum CachePolicy
{
    /// <summary>
    /// <see cref="Drop"/> for block devices and for files larger than half of the machine's memory, else <see cref="Keep"/>.
    /// </summary>
    Auto,

    /// <summary>The bytes read stay in the page cache, at the cost of what was there before.</summary>
    Keep,

    /// <summary>The pages that the pass brought into the page cache are dropped behind it; pages that were there before stay.</summary>
    Drop,
}

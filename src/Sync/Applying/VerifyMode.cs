using BinarySync.Format;

namespace BinarySync.Sync.Applying;

/// <summary>How much is verified after writing.</summary>
public enum VerifyMode
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The blocks that the data file describes.</summary>
    Written,

    /// <summary>The whole coverage, by its root.</summary>
    Full,
}

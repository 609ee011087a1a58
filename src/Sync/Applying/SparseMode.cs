using BinarySync.Format;

namespace BinarySync.Sync.Applying;

/// <summary>Whether blocks of zeros become holes of a regular file.</summary>
public enum SparseMode
{
    /// <summary>Only in a file that has holes already.</summary>
    Auto,

    Always,

    /// <summary>Zeros are written.</summary>
    Never,
}

namespace BinarySync.Storage;

/// <summary>Signs that another process may be writing to a file.</summary>
public enum WriterSign
{
    /// <summary>No sign; but not every file system can tell, and none tells of other machines.</summary>
    None,

    /// <summary>It is open for writing, or mapped so that writes to memory go into it.</summary>
    Open,

    /// <summary>At least part of it is locked for writing.</summary>
    Locked,
}

namespace BinarySync.Storage;

/// <summary>What shows that another process may be writing to a file.</summary>
public enum WriterSign
{
    /// <summary>Nothing does; but not every file system can tell, and none tells of other machines.</summary>
    None,

    /// <summary>It is open for writing, or mapped so that what is written to memory goes into it.</summary>
    Open,

    /// <summary>A part of it at least is locked for writing.</summary>
    Locked,
}

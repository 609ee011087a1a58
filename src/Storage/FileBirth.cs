namespace BinarySync.Storage;

/// <summary>
/// Tells a regular file from another one that has taken its name. Only from file systems that keep inode numbers over a restart.
/// </summary>
/// <param name="Inode">The inode number.</param>
/// <param name="BornNanoseconds">When the inode was made, since the epoch; null if the file system does not tell.</param>
public readonly record struct FileBirth(ulong Inode, long? BornNanoseconds)
{
    /// <summary>True if nothing shows that these are two files.</summary>
    public bool MayBe(FileBirth other) =>
        Inode == other.Inode && (BornNanoseconds is null || other.BornNanoseconds is null || BornNanoseconds == other.BornNanoseconds);
}

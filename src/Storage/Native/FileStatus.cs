using BinarySync.Storage.Usage;

namespace BinarySync.Storage.Native;

/// <summary>The kind of node that a path leads to.</summary>
internal enum NodeType
{
    Other,
    RegularFile,
    Directory,
    BlockDevice,
    CharacterDevice,
    Pipe,
    Socket,
    SymbolicLink,
}

/// <summary>What statx says of a path or descriptor.</summary>
/// <param name="Device">The device of the file system the node lies on.</param>
/// <param name="Node">The device that the node is, if it is one.</param>
/// <param name="Size">Bytes; 0 for a device.</param>
/// <param name="AllocatedBytes">Bytes that take space on the file system.</param>
/// <param name="MountId">The first field of a line of mountinfo; 0 if the kernel does not tell.</param>
/// <param name="DirectAlignment">
/// Bytes to which offset, length and address of direct I/O must be aligned; 0: no direct I/O; null: the kernel does not tell.
/// </param>
/// <param name="BlockSize">The preferred number of bytes for reads and writes; not less than one block of the file system.</param>
/// <param name="Links">The number of names of the node.</param>
/// <param name="Marks">Also none if the kernel does not tell.</param>
internal readonly record struct FileStatus(
    NodeType Type,
    DeviceNumber Device,
    ulong Inode,
    DeviceNumber Node,
    long Size,
    long AllocatedBytes,
    long ModifiedNanoseconds,
    long ChangedNanoseconds,
    ulong MountId,
    long? DirectAlignment,
    long BlockSize = 0,
    long Links = 1,
    FileMarks Marks = FileMarks.None)
{
    /// <summary>True if both are one and the same file, whatever the paths.</summary>
    public bool IsSameNode(in FileStatus other) => Inode == other.Inode && Device == other.Device;

    /// <summary>The word that a person would use.</summary>
    public string Noun => Type switch
    {
        NodeType.RegularFile => "a regular file",
        NodeType.Directory => "a directory",
        NodeType.BlockDevice => "a block device",
        NodeType.CharacterDevice => "a character device",
        NodeType.Pipe => "a pipe",
        NodeType.Socket => "a socket",
        NodeType.SymbolicLink => "a symbolic link",
        _ => "a special file",
    };
}

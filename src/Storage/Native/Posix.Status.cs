using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Native;

internal static unsafe partial class Posix
{
    private const int CurrentDirectory = -100;
    private const int DoNotFollowLinks = 0x100;
    private const int EmptyPath = 0x1000;

    private const uint BasicFields = 0x7ff;
    private const uint MountIdField = 0x1000;
    private const uint DirectAlignmentField = 0x2000;
    private const uint AllFields = BasicFields | MountIdField | DirectAlignmentField;

    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int StatusBlock = 512;

    private const ulong ImmutableAttribute = 0x10;
    private const ulong AppendOnlyAttribute = 0x20;

    /// <summary>The status of the file at a path; returns the error number, 0 if it worked.</summary>
    public static int TryStatus(string path, out FileStatus status, bool followLinks = true)
    {
        Libc.StatusBuffer buffer;
        int errno = Examine(path, followLinks ? 0 : DoNotFollowLinks, AllFields, &buffer);
        status = errno == 0 ? Decode(buffer) : default;
        return errno;
    }

    /// <summary>The status of an open descriptor.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.ReadFailed"/>.</exception>
    public static FileStatus Status(SafeFileHandle file, string name)
    {
        Libc.StatusBuffer buffer;
        int errno = Examine(file, AllFields, &buffer);
        return errno == 0 ? Decode(buffer) : throw Failure.System(errno, StorageError.ReadFailed, name, "examine");
    }

    private static FileStatus Decode(Libc.StatusBuffer buffer) => new(
        Type: (buffer.Mode & 0xF000) switch
        {
            0x1000 => NodeType.Pipe,
            0x2000 => NodeType.CharacterDevice,
            0x4000 => NodeType.Directory,
            0x6000 => NodeType.BlockDevice,
            0x8000 => NodeType.RegularFile,
            0xA000 => NodeType.SymbolicLink,
            0xC000 => NodeType.Socket,
            _ => NodeType.Other,
        },
        Device: new DeviceNumber(buffer.DeviceMajor, buffer.DeviceMinor),
        Inode: buffer.Inode,
        Node: new DeviceNumber(buffer.NodeMajor, buffer.NodeMinor),
        Size: (long)buffer.Size,
        AllocatedBytes: (long)buffer.Blocks * StatusBlock,
        ModifiedNanoseconds: (buffer.ModifiedSeconds * NanosecondsPerSecond) + buffer.ModifiedNanoseconds,
        ChangedNanoseconds: (buffer.ChangedSeconds * NanosecondsPerSecond) + buffer.ChangedNanoseconds,
        MountId: (buffer.Mask & MountIdField) != 0 ? buffer.MountId : 0,
        DirectAlignment: (buffer.Mask & DirectAlignmentField) == 0 ? null
            : buffer.DirectMemoryAlignment == 0 ? 0
            : Math.Max(buffer.DirectMemoryAlignment, buffer.DirectOffsetAlignment),
        BlockSize: buffer.BlockSize,
        Links: buffer.Links,
        Marks: ((buffer.Attributes & ImmutableAttribute) != 0 ? FileMarks.Immutable : 0)
            | ((buffer.Attributes & AppendOnlyAttribute) != 0 ? FileMarks.AppendOnly : 0));
}

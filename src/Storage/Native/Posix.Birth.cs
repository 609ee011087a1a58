using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Native;

/// <summary>Which inode an open file is.</summary>
internal static unsafe partial class Posix
{
    private const uint BirthField = 0x800;

    // Other file systems make up inode numbers when they are mounted (FAT, exFAT), or may do so (FUSE, an overlay): there a different
    // number proves nothing.
    private static ReadOnlySpan<uint> KeepsInodes =>
    [
        0x0000EF53, // ext2, ext3, ext4
        0x58465342, // XFS
        0x9123683E, // btrfs
        0xF2F52010, // F2FS
        0x2FC12FC1, // ZFS
        0xCA451A4E, // bcachefs
        0x00003434, // NILFS
        0x3153464A, // JFS
        0x00006969, // NFS
        TmpfsMagic,
    ];

    /// <summary>
    /// The inode of an open file and when it was made; null if the file system does not keep inode numbers, or cannot be asked.
    /// </summary>
    public static FileBirth? TryBirth(SafeFileHandle file)
    {
        // As in VolatileFileSystemAt.
        byte* system = stackalloc byte[512];
        if (Libc.FileSystemStatus(file, system) != 0 || !KeepsInodes.Contains(*(uint*)system))
        {
            return null;
        }

        Libc.StatusBuffer buffer;
        int errno;
        do
        {
            errno = Libc.Status(file, "", EmptyPath, BasicFields | BirthField, &buffer) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        while (errno == Errno.Interrupted);

        if (errno != 0)
        {
            return null;
        }

        long born = (buffer.BornSeconds * NanosecondsPerSecond) + buffer.BornNanoseconds;
        return new FileBirth(buffer.Inode, (buffer.Mask & BirthField) != 0 ? born : null);
    }
}

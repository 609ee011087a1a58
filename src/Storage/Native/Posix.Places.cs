using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Native;

/// <summary>Questions about a place in the file system.</summary>
internal static unsafe partial class Posix
{
    private const int WriteAndSearch = 3; // W_OK | X_OK
    private const int EffectiveUser = 0x200;

    private const uint TmpfsMagic = 0x01021994;
    private const uint RamfsMagic = 0x858458F6;
    private const uint ExtMagic = 0xEF53;
    private const uint XfsMagic = 0x58465342;
    private const uint BtrfsMagic = 0x9123683E;
    private const uint FatMagic = 0x4D44;
    private const uint ExfatMagic = 0x2011BAB0;
    private const uint NtfsMagic = 0x7366746E;
    private const uint F2fsMagic = 0xF2F52010;
    private const uint OverlayMagic = 0x794C7630;
    private const uint ZfsMagic = 0x2FC12FC1;
    private const uint ProcMagic = 0x9FA0;
    private const uint SysfsMagic = 0x62656572;

    /// <summary>The path with all symbolic links resolved, as its bytes; returns the error number, 0 if it worked.</summary>
    public static int TryRealPath(string path, out byte[] resolved)
    {
        byte* start = Libc.RealPath(path, null);
        if (start is null)
        {
            resolved = [];
            return Marshal.GetLastPInvokeError();
        }

        resolved = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(start).ToArray();
        NativeMemory.Free(start);
        return 0;
    }

    /// <summary>Whether this process may make names in a directory: the error number, 0 if it may.</summary>
    public static int TryWriteAccess(string directory)
    {
        int errno = Repeat(() => Libc.Access(CurrentDirectory, directory, WriteAndSearch, EffectiveUser));
        if (!IsKeptAway(errno))
        {
            return errno;
        }

        // An older call asks the same for the user who started the process. If that is refused too, the file is made to find out.
        errno = Repeat(() => Libc.Access(CurrentDirectory, directory, WriteAndSearch, 0));
        return IsKeptAway(errno) ? TryMakeFile(directory) : errno;
    }

    /// <summary>True for a file system that only this machine has, as far as its kind says.</summary>
    public static bool IsLocalFileSystem(string path) => FileSystemKind(path) is
        ExtMagic or XfsMagic or BtrfsMagic or TmpfsMagic or RamfsMagic
        or FatMagic or ExfatMagic or NtfsMagic or F2fsMagic or OverlayMagic or ZfsMagic;

    /// <summary>The name of a file system that is lost in a power cut; null for others, or if it cannot be asked.</summary>
    public static string? VolatileFileSystemAt(string path) => FileSystemKind(path) switch
    {
        TmpfsMagic => "tmpfs",
        RamfsMagic => "ramfs",
        _ => null,
    };

    /// <summary>True if a path leads into the kernel's list of processes (procfs). Also false if it cannot be asked.</summary>
    public static bool IsProcessFileSystem(string path) => FileSystemKind(path) == ProcMagic;

    /// <summary>True if a path leads into the kernel's list of devices (sysfs). Also false if it cannot be asked.</summary>
    public static bool IsDeviceFileSystem(string path) => FileSystemKind(path) == SysfsMagic;

    // 0 if it cannot be asked.
    private static uint FileSystemKind(string path)
    {
        // struct statfs has 64 to 120 bytes. Its first four hold the type, also on little-endian machines whose field has eight bytes.
        byte* status = stackalloc byte[512];
        return Libc.FileSystemStatus(path, status) == 0 ? *(uint*)status : 0;
    }

    // Makes a file without a name. If there are none, the first file with a name will tell.
    private static int TryMakeFile(string directory)
    {
        int errno = TryOpen(directory, OpenFlags.ReadWrite | OpenFlags.Temporary | OpenFlags.Exclusive, out SafeFileHandle? file, mode: 0);
        file?.Dispose();
        return errno != Errno.NotPermitted && IsWithoutNameless(errno) ? 0 : errno;
    }
}

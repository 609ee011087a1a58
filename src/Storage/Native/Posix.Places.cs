using System.Runtime.InteropServices;

namespace BinarySync.Storage.Native;

/// <summary>Questions about a place in the file system.</summary>
internal static unsafe partial class Posix
{
    private const int WriteAndSearch = 3; // W_OK | X_OK
    private const int EffectiveUser = 0x200;

    private const uint TmpfsMagic = 0x01021994;
    private const uint RamfsMagic = 0x858458F6;
    private const uint ProcMagic = 0x9FA0;
    private const uint SysfsMagic = 0x62656572;

    /// <summary>The path with all symbolic links resolved, as the bytes that it is; the error number, 0 where it worked.</summary>
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

    /// <summary>Whether this process may make names in a directory: the error number, 0 where it may.</summary>
    public static int TryWriteAccess(string directory) => Repeat(() => Libc.Access(CurrentDirectory, directory, WriteAndSearch, EffectiveUser));

    /// <summary>The name of a file system that is lost when the power goes; null for others and where it cannot be asked.</summary>
    public static string? VolatileFileSystemAt(string path) => FileSystemTypeAt(path) switch
    {
        TmpfsMagic => "tmpfs",
        RamfsMagic => "ramfs",
        _ => null,
    };

    /// <summary>True where a path leads into the kernel's list of processes (procfs). False as well where it cannot be asked.</summary>
    public static bool IsProcessFileSystem(string path) => FileSystemTypeAt(path) == ProcMagic;

    /// <summary>True where a path leads into the kernel's list of devices (sysfs). False as well where it cannot be asked.</summary>
    public static bool IsDeviceFileSystem(string path) => FileSystemTypeAt(path) == SysfsMagic;

    private static uint? FileSystemTypeAt(string path)
    {
        // struct statfs has 64 to 120 bytes. Its first four hold the type, where the field has eight bytes, on little-endian machines, too.
        byte* status = stackalloc byte[512];
        return Libc.FileSystemStatus(path, status) != 0 ? null : *(uint*)status;
    }
}

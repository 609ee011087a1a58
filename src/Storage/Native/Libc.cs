using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Native;

/// <summary>
/// The C library, as it is. off_t is taken as 64 bits, which holds on 64-bit Linux and on macOS. The variadic calls (open, fcntl, ioctl)
/// with a third argument may be called like this on Linux only: macOS on Arm passes it elsewhere.
/// </summary>
internal static unsafe partial class Libc
{
    private const string Name = "libc";

    [LibraryImport(Name, EntryPoint = "open", SetLastError = true,
        StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    public static partial int Open(string path, int flags, uint mode);

    [LibraryImport(Name, EntryPoint = "pread", SetLastError = true)]
    public static partial nint ReadAt(SafeFileHandle file, byte* buffer, nuint count, long offset);

    [LibraryImport(Name, EntryPoint = "preadv2", SetLastError = true)]
    public static partial nint ReadAt(SafeFileHandle file, Vector* vectors, int count, long offset, int flags);

    [LibraryImport(Name, EntryPoint = "pwrite", SetLastError = true)]
    public static partial nint WriteAt(SafeFileHandle file, byte* buffer, nuint count, long offset);

    [LibraryImport(Name, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, byte* buffer, nuint count);

    [LibraryImport(Name, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, byte* buffer, nuint count);

    [LibraryImport(Name, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport(Name, EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(SafeFileHandle file, long offset, int whence);

    [LibraryImport(Name, EntryPoint = "fsync", SetLastError = true)]
    public static partial int Flush(SafeFileHandle file);

    [LibraryImport(Name, EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(SafeFileHandle file, long length);

    /// <summary>M_ARENA_MAX of malloc.h.</summary>
    public const int MostArenas = -8;

    /// <summary>Of glibc only.</summary>
    [LibraryImport(Name, EntryPoint = "mallopt")]
    public static partial int SetAllocation(int parameter, int value);

    [LibraryImport(Name, EntryPoint = "getrandom", SetLastError = true)]
    public static partial nint GetRandom(byte* buffer, nuint count, uint flags);

    [LibraryImport(Name, EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);

    /// <summary>Returns the error number itself.</summary>
    [LibraryImport(Name, EntryPoint = "posix_fadvise")]
    public static partial int Advise(SafeFileHandle file, long offset, long length, int advice);

    /// <summary>cachestat, for which the C library has no function. Variadic, but its body takes registers only.</summary>
    [LibraryImport(Name, EntryPoint = "syscall", SetLastError = true)]
    public static partial nint CacheStatusOf(nint number, SafeFileHandle file, CacheRange* range, CacheStatus* status, nuint flags);

    [LibraryImport(Name, EntryPoint = "sync_file_range", SetLastError = true)]
    public static partial int BeginWriteBack(SafeFileHandle file, long offset, long length, uint flags);

    [LibraryImport(Name, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(SafeFileHandle file, nuint request, void* argument);

    [LibraryImport(Name, EntryPoint = "isatty")]
    public static partial int IsTerminal(int descriptor);

    [LibraryImport(Name, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int WindowOf(int descriptor, nuint request, WindowSize* size);

    /// <summary>-1 if the descriptor is not the process's terminal.</summary>
    [LibraryImport(Name, EntryPoint = "tcgetpgrp")]
    public static partial int ForegroundGroup(int descriptor);

    [LibraryImport(Name, EntryPoint = "getpgrp")]
    public static partial int OwnGroup();

    [LibraryImport(Name, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Lock(SafeFileHandle file, int command, FileLock* argument);

    [LibraryImport(Name, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Command(SafeFileHandle file, int command);

    [LibraryImport(Name, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int DescriptorCommand(int descriptor, int command, int argument);

    [LibraryImport(Name, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport(Name, EntryPoint = "statx", SetLastError = true,
        StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    public static partial int Status(int directory, string path, int flags, uint mask, StatusBuffer* status);

    [LibraryImport(Name, EntryPoint = "statx", SetLastError = true,
        StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    public static partial int Status(SafeFileHandle file, string path, int flags, uint mask, StatusBuffer* status);

    [LibraryImport(Name, EntryPoint = "renameat2", SetLastError = true,
        StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    public static partial int Rename(int fromDirectory, string from, int toDirectory, string to, uint flags);

    [LibraryImport(Name, EntryPoint = "rename", SetLastError = true,
        StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    public static partial int Rename(string from, string to);

    [LibraryImport(Name, EntryPoint = "link", SetLastError = true,
        StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    public static partial int Link(string existing, string name);

    [LibraryImport(Name, EntryPoint = "linkat", SetLastError = true,
        StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    public static partial int Link(int fromDirectory, string existing, int toDirectory, string name, int flags);

    [LibraryImport(Name, EntryPoint = "unlink", SetLastError = true,
        StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    public static partial int Unlink(string path);

    [LibraryImport(Name, EntryPoint = "mkdir", SetLastError = true,
        StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    public static partial int CreateDirectory(string path, uint mode);

    /// <summary>Returns memory of the C library, to be freed; null if it failed.</summary>
    [LibraryImport(Name, EntryPoint = "realpath", SetLastError = true,
        StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    public static partial byte* RealPath(string path, byte* buffer);

    [LibraryImport(Name, EntryPoint = "faccessat", SetLastError = true,
        StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    public static partial int Access(int directory, string path, int mode, int flags);

    /// <summary>The buffer must have room for struct statfs.</summary>
    [LibraryImport(Name, EntryPoint = "statfs", SetLastError = true,
        StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    public static partial int FileSystemStatus(string path, byte* buffer);

    /// <summary>The buffer must have room for struct statvfs.</summary>
    [LibraryImport(Name, EntryPoint = "fstatvfs", SetLastError = true)]
    public static partial int FileSystemRoom(SafeFileHandle file, ulong* buffer);

    /// <summary>As the one above, for an open file.</summary>
    [LibraryImport(Name, EntryPoint = "fstatfs", SetLastError = true)]
    public static partial int FileSystemStatus(SafeFileHandle file, byte* buffer);

    /// <summary>struct winsize.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Vector
    {
        public byte* Start;
        public nuint Length;
    }

    /// <summary>struct cachestat_range.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct CacheRange
    {
        public ulong Offset;
        public ulong Length;
    }

    /// <summary>struct cachestat; all in pages.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct CacheStatus
    {
        public ulong Cached;
        public ulong Dirty;
        public ulong WriteBack;
        public ulong Evicted;
        public ulong RecentlyEvicted;
    }

    /// <summary>struct flock with an off_t of 64 bits.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct FileLock
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int ProcessId;
    }

    /// <summary>struct statx: the kernel's own layout, the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct StatusBuffer
    {
        [FieldOffset(0)] public uint Mask;
        [FieldOffset(4)] public uint BlockSize;
        [FieldOffset(8)] public ulong Attributes;
        [FieldOffset(16)] public uint Links;
        [FieldOffset(20)] public uint User;
        [FieldOffset(24)] public uint Group;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(40)] public ulong Size;
        [FieldOffset(48)] public ulong Blocks;
        [FieldOffset(80)] public long BornSeconds;
        [FieldOffset(88)] public uint BornNanoseconds;
        [FieldOffset(96)] public long ChangedSeconds;
        [FieldOffset(104)] public uint ChangedNanoseconds;
        [FieldOffset(112)] public long ModifiedSeconds;
        [FieldOffset(120)] public uint ModifiedNanoseconds;
        [FieldOffset(128)] public uint NodeMajor;
        [FieldOffset(132)] public uint NodeMinor;
        [FieldOffset(136)] public uint DeviceMajor;
        [FieldOffset(140)] public uint DeviceMinor;
        [FieldOffset(144)] public ulong MountId;
        [FieldOffset(152)] public uint DirectMemoryAlignment;
        [FieldOffset(156)] public uint DirectOffsetAlignment;
    }

    [LibraryImport(Name, EntryPoint = "opendir", SetLastError = true,
        StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    public static partial nint OpenDirectory(string path);

    [LibraryImport(Name, EntryPoint = "readdir", SetLastError = true)]
    public static partial byte* ReadDirectory(nint directory);

    [LibraryImport(Name, EntryPoint = "closedir")]
    public static partial int CloseDirectory(nint directory);
}

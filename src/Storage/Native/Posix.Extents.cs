using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Native;

internal static unsafe partial class Posix
{
    private const nuint MapExtents = 0xC020_660B; // FS_IOC_FIEMAP
    private const int ExtentsAtOnce = 128;
    private const uint LastExtent = 0x1;

    /// <summary>
    /// Bytes of a file that its file system has mapped to a place (or is about to), counted up to <paramref name="end"/>. This includes
    /// content that was reserved and never written, but not the blocks that the file system needs for itself. Null if it does not tell.
    /// </summary>
    public static long? MappedBytes(SafeFileHandle file, long end)
    {
        byte* buffer = stackalloc byte[sizeof(ExtentMap) + (ExtentsAtOnce * sizeof(MappedExtent))];
        ExtentMap* map = (ExtentMap*)buffer;
        MappedExtent* extents = (MappedExtent*)(buffer + sizeof(ExtentMap));
        long bytes = 0;
        for (ulong start = 0; start < (ulong)end;)
        {
            *map = new ExtentMap { Start = start, Length = (ulong)end - start, Room = ExtentsAtOnce };
            if (Libc.Control(file, MapExtents, buffer) != 0)
            {
                return null;
            }

            for (uint i = 0; i < map->Count; i++)
            {
                ulong from = Math.Max(extents[i].Logical, start);
                ulong to = Math.Min(extents[i].Logical + extents[i].Length, (ulong)end);
                bytes += to > from ? (long)(to - from) : 0;
                start = Math.Max(start, to);
            }

            if (map->Count == 0 || (extents[map->Count - 1].Flags & LastExtent) != 0)
            {
                break;
            }
        }

        return bytes;
    }

    /// <summary>Free bytes on the file system of a file, including those kept for root. Null if it does not tell.</summary>
    public static long? FreeBytes(SafeFileHandle file)
    {
        // struct statvfs of 64-bit systems has 112 bytes: block size, fragment size, blocks, free blocks, ...
        ulong* status = stackalloc ulong[64];
        if (Libc.FileSystemRoom(file, status) != 0)
        {
            return null;
        }

        UInt128 free = (UInt128)(status[1] == 0 ? status[0] : status[1]) * status[3];
        return free > long.MaxValue ? long.MaxValue : (long)free;
    }

    /// <summary>struct fiemap.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ExtentMap
    {
        public ulong Start;
        public ulong Length;
        public uint Flags;
        public uint Count;
        public uint Room;
        public uint Reserved;
    }

    /// <summary>struct fiemap_extent.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MappedExtent
    {
        public ulong Logical;
        public ulong Physical;
        public ulong Length;
        public ulong Reserved1;
        public ulong Reserved2;
        public uint Flags;
        public uint Reserved3;
        public uint Reserved4;
        public uint Reserved5;
    }
}

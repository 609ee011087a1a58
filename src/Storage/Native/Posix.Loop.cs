using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Native;

internal static unsafe partial class Posix
{
    private const uint GetLoopStatus = 0x4C05; // LOOP_GET_STATUS64: no direction bits on any architecture

    /// <summary>Device and inode of the file below a loop device, as that tells it; null where it cannot be asked.</summary>
    public static FileStatus? TryLoopStatus(string loopNode)
    {
        if (TryOpen(loopNode, OpenFlags.ReadOnly, out SafeFileHandle? loop) != 0)
        {
            return null;
        }

        using (loop)
        {
            LoopInfo info;
            if (Libc.Control(loop!, GetLoopStatus, &info) != 0)
            {
                return null;
            }

            return new FileStatus(
                NodeType.RegularFile, Unpack(info.Device), info.Inode, Unpack(info.Node), 0, 0, 0, 0, MountId: 0, DirectAlignment: 0);
        }
    }

    // The kernel's huge_encode_dev: 8 low bits of the minor, 12 bits of the major, the rest of the minor.
    private static DeviceNumber Unpack(ulong device) =>
        new((uint)((device >> 8) & 0xFFF), (uint)((device & 0xFF) | ((device >> 12) & 0xFFFFFF00)));

    /// <summary>struct loop_info64; only its beginning is of interest.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 232)]
    private struct LoopInfo
    {
        [FieldOffset(0)] public ulong Device;
        [FieldOffset(8)] public ulong Inode;
        [FieldOffset(16)] public ulong Node;
    }
}

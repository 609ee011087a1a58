using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Native;

internal static unsafe partial class Posix
{
    private const uint GetLoopStatus = 0x4C05; // LOOP_GET_STATUS64: no direction bits on any architecture

    /// <summary>
    /// Device and inode of the file below a loop device, as the device tells them; returns the error number, 0 if it worked.
    /// </summary>
    /// <param name="loopNode">The node that should be the device.</param>
    /// <param name="number">The device that it must be: a node may be anything.</param>
    public static int TryLoopStatus(string loopNode, DeviceNumber number, out FileStatus status)
    {
        status = default;
        int errno = TryStatus(loopNode, out FileStatus node);
        if (errno == 0 && (node.Type != NodeType.BlockDevice || node.Node != number))
        {
            errno = Errno.NoEntry;
        }

        if (errno != 0 || (errno = TryOpen(loopNode, OpenFlags.ReadOnly, out SafeFileHandle? loop)) != 0)
        {
            return errno;
        }

        using (loop)
        {
            LoopInfo info;
            if (Libc.Control(loop!, GetLoopStatus, &info) != 0)
            {
                return Marshal.GetLastPInvokeError();
            }

            DeviceNumber below = Unpack(info.Node);
            NodeType type = below == default ? NodeType.RegularFile : NodeType.BlockDevice;
            status = new FileStatus(type, Unpack(info.Device), info.Inode, below, 0, 0, 0, 0, MountId: 0, DirectAlignment: 0);
            return 0;
        }
    }

    // The kernel's huge_encode_dev: 8 low bits of the minor, 12 bits of the major, the rest of the minor.
    private static DeviceNumber Unpack(ulong device) =>
        new((uint)((device >> 8) & 0xFFF), (uint)((device & 0xFF) | ((device >> 12) & 0xFFFFFF00)));

    /// <summary>struct loop_info64; only its beginning is used.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 232)]
    private struct LoopInfo
    {
        [FieldOffset(0)] public ulong Device;
        [FieldOffset(8)] public ulong Inode;
        [FieldOffset(16)] public ulong Node;
    }
}

using System.Globalization;
using BinarySync.Storage.Native;

namespace BinarySync.Storage.Usage;

/// <summary>
/// A loop device that a device is, is built on, or is a partition of; and which bytes of the layer below are the device's.
/// </summary>
/// <param name="Backing">The file or device below it; null if that cannot be found out.</param>
/// <param name="Start">The first byte, in the layer below.</param>
/// <param name="Length">Bytes.</param>
/// <param name="IsMapped">True if a mapping lies between (LVM, RAID, encryption): other devices may have parts of these bytes.</param>
internal sealed record LoopLayer(BlockDevice Loop, FileStatus? Backing, long Start, long Length, bool IsMapped)
{
    private const int MostLayers = 64; // far more than anyone stacks; also ends a circle in a made-up /sys
    private const int KernelSector = 512;

    /// <summary>True if another loop device over the same file or device has some of these bytes.</summary>
    public bool Overlaps(BlockDevice other)
    {
        long start = Number(other, "loop/offset");
        return start < Start + Length && Start < start + (Number(other, "size") * KernelSector);
    }

    /// <summary>All of them below a device, from the top down.</summary>
    public static IReadOnlyList<LoopLayer> Below(KernelView kernel, DeviceNumber number)
    {
        List<LoopLayer> layers = [];
        Queue<(BlockDevice Device, long Start, long Length, bool IsMapped)> open = new();
        Enter(number, 0, null, isMapped: false);
        while (open.TryDequeue(out (BlockDevice Device, long Start, long Length, bool IsMapped) at) && layers.Count < MostLayers)
        {
            if (at.Device.Disk is { } disk)
            {
                open.Enqueue((disk, at.Start + (Number(at.Device, "start") * KernelSector), at.Length, at.IsMapped));
            }
            else if (at.Device.BackingFile is not null)
            {
                long start = at.Start + Number(at.Device, "loop/offset");
                FileStatus? backing = LoopBacking.Of(at.Device);
                layers.Add(new LoopLayer(at.Device, backing, start, at.Length, at.IsMapped));
                if (backing is { Type: NodeType.BlockDevice } below)
                {
                    Enter(below.Node, start, at.Length, at.IsMapped);
                }
            }

            foreach (BlockDevice slave in at.Device.Slaves(kernel))
            {
                Enter(slave.Number, 0, null, isMapped: true);
            }
        }

        return layers;

        void Enter(DeviceNumber entered, long start, long? length, bool isMapped)
        {
            if (kernel.DirectoryOf(entered) is { } directory && open.Count < MostLayers)
            {
                BlockDevice device = new(entered, directory);
                open.Enqueue((device, start, length ?? (Number(device, "size") * KernelSector), isMapped));
            }
        }
    }

    private static long Number(BlockDevice device, string attribute) =>
        long.TryParse(device.Attribute(attribute), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : 0;
}

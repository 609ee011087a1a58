using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Usage;

/// <summary>
/// The other devices that share the content of one device or file, in whole or in part. Each has a page cache of its own, which knows
/// nothing of the others. Bytes written under one name are not seen under another while the kernel keeps that name's pages.
/// </summary>
internal static class SharedMedium
{
    private const int MostNames = 256;

    /// <summary>
    /// Partitions, the disk of a partition, the devices that hold one of them (LVM, RAID, encryption), the devices below, and loop devices
    /// over the same file or device. Not the device itself. Mappings side by side that each have a part of the device below are not names
    /// of one another.
    /// </summary>
    public static IReadOnlyList<BlockDevice> Names(KernelView kernel, FileStatus status)
    {
        UsageFinder finder = new(kernel);
        List<BlockDevice> names = [];
        HashSet<DeviceNumber> known = [];
        if (status.Type == NodeType.BlockDevice)
        {
            known.Add(status.Node);
            AddFamily(status.Node);
            AddBelow(status.Node);
            foreach (LoopLayer layer in LoopLayer.Below(kernel, status.Node))
            {
                foreach (BlockDevice sibling in finder.Siblings(layer))
                {
                    AddFamily(sibling.Number);
                }
            }
        }
        else
        {
            foreach (BlockDevice loop in finder.LoopsOver(status))
            {
                AddFamily(loop.Number);
            }
        }

        // Loop devices over the devices found, and the devices built on those.
        for (int i = -1; i < names.Count && names.Count < MostNames; i++)
        {
            FileStatus node = i < 0 ? status : new FileStatus { Type = NodeType.BlockDevice, Node = names[i].Number };
            foreach (BlockDevice loop in finder.LoopsOver(node))
            {
                AddFamily(loop.Number);
            }
        }

        return names;

        void AddFamily(DeviceNumber number)
        {
            foreach (BlockDevice member in BlockDevice.Family(kernel, number))
            {
                Add(member);
            }
        }

        void AddBelow(DeviceNumber number)
        {
            foreach (BlockDevice below in Below(number))
            {
                if (Add(below))
                {
                    AddBelow(below.Number);
                }
            }
        }

        bool Add(BlockDevice device)
        {
            bool isNew = names.Count < MostNames && known.Add(device.Number);
            if (isNew)
            {
                names.Add(device);
            }

            return isNew;
        }

        IEnumerable<BlockDevice> Below(DeviceNumber number)
        {
            if (kernel.DirectoryOf(number) is not { } directory)
            {
                yield break;
            }

            BlockDevice device = new(number, directory);
            if (device.Disk is { } disk)
            {
                yield return disk;
            }

            foreach (BlockDevice slave in device.Slaves(kernel))
            {
                yield return slave;
            }

            if (LoopBacking.Of(device) is { Type: NodeType.BlockDevice } backing
                && kernel.DirectoryOf(backing.Node) is { } backingDirectory)
            {
                yield return new BlockDevice(backing.Node, backingDirectory);
            }
        }
    }

    /// <summary>Writes out the dirty pages in the caches of these devices. Devices that cannot be opened are left out.</summary>
    public static void WriteBack(IReadOnlyList<BlockDevice> devices) => ForEach(devices, Posix.WriteBackCache);

    /// <summary>As <see cref="WriteBack"/>, and then drops all clean pages.</summary>
    public static void Drop(IReadOnlyList<BlockDevice> devices) => ForEach(devices, Posix.DropDeviceCache);

    private static void ForEach(IReadOnlyList<BlockDevice> devices, Action<SafeFileHandle> action)
    {
        foreach (BlockDevice device in devices)
        {
            if (Posix.TryStatus(device.Name, out FileStatus status) == 0
                && status.Type == NodeType.BlockDevice
                && status.Node == device.Number
                && Posix.TryOpen(device.Name, OpenFlags.ReadOnly | OpenFlags.NonBlocking, out SafeFileHandle? file) == 0)
            {
                using (file)
                {
                    action(file!);
                }
            }
        }
    }
}

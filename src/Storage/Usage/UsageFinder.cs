using BinarySync.Storage.Native;

namespace BinarySync.Storage.Usage;

/// <summary>Finds the users of a device or file, and names them in words that end a sentence: "mounted on /mnt/x".</summary>
internal sealed class UsageFinder(KernelView kernel)
{
    private readonly IReadOnlyList<MountEntry> _mounts = kernel.Mounts();

    /// <summary>Mounts, swap, holders and loop devices over a block device, its partitions and the devices built on them.</summary>
    public IReadOnlyList<string> UsesOfDevice(DeviceNumber number)
    {
        IReadOnlyList<BlockDevice> family = BlockDevice.Family(kernel, number);
        List<string> uses = UsesOfFamily(family, "");

        foreach (LoopDevice loop in Loops())
        {
            if (loop.Backing is { Type: NodeType.BlockDevice } status
                && (status.Node == number || family.Any(device => device.Number == status.Node)))
            {
                uses.Add($"{loop.Device.Name} is a loop device over it");
            }
        }

        foreach (BlockDevice sibling in LoopLayer.Below(kernel, number).SelectMany(Siblings))
        {
            uses.AddRange(
                UsesOfFamily(BlockDevice.Family(kernel, sibling.Number), $"{sibling.Name}, a loop device over the same content, is "));
        }

        return uses;
    }

    /// <summary>Other loop devices that show some of the bytes that a loop device shows.</summary>
    public IEnumerable<BlockDevice> Siblings(LoopLayer layer) => layer.Backing is not { } backing ? [] : LoopsOver(backing)
        .Where(other => other.Number != layer.Loop.Number && layer.Overlaps(other));

    private List<string> UsesOfFamily(IReadOnlyList<BlockDevice> family, string itself)
    {
        List<string> uses = [];
        foreach (BlockDevice device in family)
        {
            string subject = device == family[0] ? itself : device.Name + " is ";
            uses.AddRange(MountsOf(device.Number).Select(mount => $"{subject}mounted on {mount.MountPoint}"));
            uses.AddRange(device.Holders(kernel).Select(holder => $"{subject}held by {holder.Name}"));
            foreach (SwapEntry swap in kernel.Swaps())
            {
                if (!swap.IsFile && NodeAt(swap.Path) == device.Number)
                {
                    uses.Add(subject + "used as swap");
                }
            }
        }

        return uses;
    }

    /// <summary>Loop devices over a regular file, and swap in it.</summary>
    public IReadOnlyList<string> UsesOfFile(FileStatus file)
    {
        List<string> uses = [];
        foreach (BlockDevice loop in LoopsOver(file))
        {
            uses.Add($"{loop.Name} is a loop device over it");
            uses.AddRange(UsesOfDevice(loop.Number).Select(use => $"{loop.Name}: {use}"));
        }

        foreach (SwapEntry swap in kernel.Swaps())
        {
            if (swap.IsFile && Posix.TryStatus(swap.Path, out FileStatus status) == 0 && status.IsSameNode(file))
            {
                uses.Add("used as swap");
            }
        }

        return uses;
    }

    /// <summary>The checks that were not possible: if there are any, an empty list of uses proves nothing.</summary>
    public IReadOnlyList<UnseenTable> Unseen(FileStatus target)
    {
        List<UnseenTable> unseen = [.. KernelSight.Unseen(kernel)];
        if (unseen.Count == 0 && target.Type == NodeType.BlockDevice && kernel.DirectoryOf(target.Node) is null)
        {
            unseen.Add(new UnseenTable(UsageTable.Devices, kernel.PathOf(target.Node), "is not there"));
        }

        unseen.AddRange(Loops()
            .Where(loop => loop.Backing is null && loop.Device.Number != target.Node && LoopBacking.IsUnknown(loop.Device))
            .Select(loop =>
                new UnseenTable(
                    UsageTable.LoopBacking, loop.Device.Name, $"does not tell what is below it ({loop.Device.BackingFile})")));
        return unseen;
    }

    /// <summary>The places at which a device, or a loop device over a file, is mounted read-write.</summary>
    public IReadOnlyList<string> WritableMounts(FileStatus status)
    {
        IEnumerable<BlockDevice> devices = status.Type switch
        {
            NodeType.BlockDevice => BlockDevice.Family(kernel, status.Node),
            NodeType.RegularFile => LoopsOver(status).SelectMany(loop => BlockDevice.Family(kernel, loop.Number)),
            _ => [],
        };
        return [.. devices
            .SelectMany(device => MountsOf(device.Number))
            .Where(mount => mount.IsWritable)
            .Select(mount => mount.MountPoint)
            .Distinct()];
    }

    /// <summary>True if writing to a target, a device or a file below a loop device, changes the file system that a node lies on.</summary>
    public bool LiesOn(FileStatus node, FileStatus target) => target.Type == NodeType.BlockDevice
        ? LiesOn(node, target.Node)
        : LoopsOver(target).Any(loop => LiesOn(node, loop.Number));

    /// <summary>
    /// True if the file system that a node lies on is built on this device, its partitions or the devices that hold them.
    /// </summary>
    public bool LiesOn(FileStatus node, DeviceNumber device)
    {
        HashSet<DeviceNumber> below = [device, .. BlockDevice.Family(kernel, device).Select(member => member.Number)];
        if (below.Contains(node.Device))
        {
            return true;
        }

        // The files of btrfs have a device number that belongs to no device: its mount names the device below.
        MountEntry? mount = node.MountId == 0 ? null : _mounts.FirstOrDefault(entry => entry.Id == node.MountId);
        return mount is not null && NodeAt(mount.Source) is { } source && below.Contains(source);
    }

    /// <summary>True if writing to one device changes the other: a disk and its partition, or a device that holds it.</summary>
    public bool IsRelated(DeviceNumber one, DeviceNumber other) =>
        BlockDevice.Family(kernel, one).Any(device => device.Number == other);

    /// <summary>The file or device below a loop device; null for another device.</summary>
    public FileStatus? BackingOf(DeviceNumber device) =>
        BlockDevice.Family(kernel, device)
            .Select(LoopBacking.Of)
            .FirstOrDefault(status => status is not null);

    private IEnumerable<MountEntry> MountsOf(DeviceNumber device) =>
        _mounts.Where(mount => mount.Device == device || NodeAt(mount.Source) == device);

    /// <summary>The loop devices over a regular file or block device itself.</summary>
    public IEnumerable<BlockDevice> LoopsOver(FileStatus status) => Loops()
        .Where(loop => loop.Backing is { } backing
            && backing.Type == status.Type
            && (status.Type == NodeType.BlockDevice ? backing.Node == status.Node : backing.IsSameNode(status)))
        .Select(loop => loop.Device);

    private IEnumerable<LoopDevice> Loops()
    {
        foreach (string directory in kernel.LoopDirectories())
        {
            if (KernelView.NumberIn(directory) is { } number)
            {
                BlockDevice loop = new(number, directory);
                yield return new LoopDevice(loop, LoopBacking.Of(loop));
            }
        }
    }

    /// <summary>The device that a node under /dev is; null for anything else (asking about a network path might hang).</summary>
    private static DeviceNumber? NodeAt(string path) =>
        path.StartsWith("/dev/", StringComparison.Ordinal)
        && Posix.TryStatus(path, out FileStatus status) == 0
        && status.Type == NodeType.BlockDevice
            ? status.Node
            : null;

    // A class: queries over structs would be compiled in every run.
    private sealed record LoopDevice(BlockDevice Device, FileStatus? Backing);
}

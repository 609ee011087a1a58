using BinarySync.Storage.Native;

namespace BinarySync.Storage.Usage;

/// <summary>A block device as /sys shows it.</summary>
/// <param name="Directory">Its directory, links resolved.</param>
internal sealed record BlockDevice(DeviceNumber Number, string Directory)
{
    /// <summary>The node as people know it: /dev/sda1, /dev/mapper/vg-root.</summary>
    public string Name
    {
        get
        {
            string mapped = Attribute("dm/name");
            return mapped.Length > 0 ? "/dev/mapper/" + mapped : "/dev/" + Path.GetFileName(Directory).Replace('!', '/');
        }
    }

    /// <summary>The path of the file or device below a loop device; null for others.</summary>
    public string? BackingFile
    {
        get
        {
            // The kernel ends the line; a name may itself end with a blank.
            string text = KernelView.ReadText(Path.Combine(Directory, "loop/backing_file"));
            text = text.EndsWith('\n') ? text[..^1] : text;
            return text.Length > 0 ? text : null;
        }
    }

    /// <summary>The disk of which it is a partition; null for others.</summary>
    public BlockDevice? Disk =>
        File.Exists(Path.Combine(Directory, "partition"))
        && Path.GetDirectoryName(Directory) is { } disk
        && KernelView.NumberIn(disk) is { } number
            ? new BlockDevice(number, disk)
            : null;

    /// <summary>One of its files, without blanks around it; empty if there is none.</summary>
    public string Attribute(string name) => KernelView.ReadText(Path.Combine(Directory, name)).Trim();

    /// <summary>
    /// All devices that share this device's content: itself, its partitions, and the devices that hold one of them (LVM, RAID, encryption),
    /// and so on upwards; and the disk of which it is a partition, without that disk's other partitions.
    /// </summary>
    /// <returns>The device itself first. Empty if /sys does not know it.</returns>
    public static IReadOnlyList<BlockDevice> Family(KernelView kernel, DeviceNumber number)
    {
        if (kernel.DirectoryOf(number) is not { } directory)
        {
            return [];
        }

        List<BlockDevice> family = [new(number, directory)];
        HashSet<DeviceNumber> known = [number];
        if (family[0].Disk is { } disk)
        {
            known.Add(disk.Number);
            family.Add(disk);
            AddHolders(kernel, disk.Directory, family, known);
        }

        for (int i = 0; i < family.Count; i++)
        {
            string member = family[i].Directory;
            if (member != Path.GetDirectoryName(directory)) // the disk's other partitions do not matter for this one
            {
                AddPartitions(member, family, known);
                AddHolders(kernel, member, family, known);
            }
        }

        return family;
    }

    /// <summary>The devices that hold this one directly.</summary>
    public IEnumerable<BlockDevice> Holders(KernelView kernel) => Linked(kernel, "holders");

    /// <summary>The devices that this one holds directly: those below a mapping.</summary>
    public IEnumerable<BlockDevice> Slaves(KernelView kernel) => Linked(kernel, "slaves");

    private IEnumerable<BlockDevice> Linked(KernelView kernel, string name)
    {
        foreach (string entry in KernelView.Entries(Path.Combine(Directory, name)))
        {
            if (KernelView.NumberIn(entry) is { } number)
            {
                yield return new BlockDevice(number, kernel.DirectoryOf(number) ?? entry);
            }
        }
    }

    private static void AddPartitions(string directory, List<BlockDevice> family, HashSet<DeviceNumber> known)
    {
        foreach (string entry in KernelView.Entries(directory))
        {
            if (File.Exists(Path.Combine(entry, "partition")) && KernelView.NumberIn(entry) is { } number && known.Add(number))
            {
                family.Add(new BlockDevice(number, entry));
            }
        }
    }

    private static void AddHolders(KernelView kernel, string directory, List<BlockDevice> family, HashSet<DeviceNumber> known)
    {
        foreach (BlockDevice holder in new BlockDevice(default, directory).Holders(kernel))
        {
            if (known.Add(holder.Number))
            {
                family.Add(holder);
            }
        }
    }
}

using BinarySync.Storage.Native;

namespace BinarySync.Storage.Usage;

/// <summary>
/// The name that /sys has for a block device and that is the same after a restart, with a word for its kind before it. Of any length, and
/// with any characters.
/// </summary>
internal static class DeviceName
{
    private const int MostLevels = 8; // loop devices over devices: more than anyone has

    public static string Of(DeviceNumber number, KernelView kernel) => Of(number, kernel, MostLevels);

    /// <summary>The name that a loop device over a regular file has, from its first byte on.</summary>
    public static string OfLoopOver(string file) => $"loop:{file}";

    /// <summary>The regular file of which a loop device shows all, from its first byte on; null for every other device.</summary>
    public static string? FileUnder(string device)
    {
        KernelView kernel = new();
        return Posix.TryStatus(device, out FileStatus status) == 0
            && status.Type == NodeType.BlockDevice
            && kernel.DirectoryOf(status.Node) is { } directory
            && new BlockDevice(status.Node, directory) is { Disk: null, BackingFile: { } backing } loop
            && loop.Attribute("loop/offset") is "" or "0"
            && Posix.TryStatus(backing, out FileStatus below) == 0
            && LoopBacking.Of(loop) is { Type: NodeType.RegularFile } found
            && found.IsSameNode(below)
                ? backing
                : null;
    }

    private static string Of(DeviceNumber number, KernelView kernel, int levels)
    {
        if (levels == 0 || kernel.DirectoryOf(number) is not { } directory)
        {
            return $"number:{number}";
        }

        BlockDevice device = new(number, directory);
        if (device.Disk is { } disk)
        {
            return $"part:{device.Attribute("partition")}@{device.Attribute("start")}:{Of(disk.Number, kernel, levels - 1)}";
        }

        return device.BackingFile is { } backing ? OfLoop(device, backing, kernel, levels)
            : FirstOf(device, ("dm:", "dm/uuid"), ("dm-name:", "dm/name"), ("md:", "md/uuid"))
            ?? FirstOf(device, ("wwid:", "wwid"), ("wwid:", "device/wwid"), ("serial:", "device/serial"), ("serial:", "serial"))
            ?? "name:" + Path.GetFileName(directory);
    }

    private static string OfLoop(BlockDevice loop, string backing, KernelView kernel, int levels)
    {
        // A path begins with a slash and the identity of a device with a letter: neither is mistaken for an offset.
        string offset = loop.Attribute("loop/offset");
        string below = Posix.TryStatus(backing, out FileStatus status) == 0 && status.Type == NodeType.BlockDevice
            ? Of(status.Node, kernel, levels - 1)
            : backing;
        return offset is "" or "0" ? OfLoopOver(below) : $"loop:+{offset}:{below}";
    }

    private static string? FirstOf(BlockDevice device, params ReadOnlySpan<(string Kind, string Attribute)> attributes)
    {
        foreach ((string kind, string attribute) in attributes)
        {
            // Some drivers pad serial numbers with blanks or zero bytes, others do not.
            string value = string.Join(' ', device.Attribute(attribute).Trim('\0').Split(' ', StringSplitOptions.RemoveEmptyEntries));
            if (value.Length > 0)
            {
                return kind + value;
            }
        }

        return null;
    }
}

using BinarySync.Storage.Native;
using BinarySync.Storage.Usage;

namespace BinarySync.Storage.Tests;

/// <summary>A made-up /sys and /proc: a disk with two partitions, LVM on the first, a RAID on the LVM.</summary>
public sealed class DeviceFamilyTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();
    private readonly KernelView _kernel;

    public DeviceFamilyTests()
    {
        Device("sda", "8:0");
        Device("sda/sda1", "8:1", partition: true);
        Device("sda/sda2", "8:2", partition: true);
        Device("dm-0", "253:0");
        Write("sys/devices/dm-0/dm/name", "vg-root\n");
        Device("md0", "9:0");
        Hold("sda/sda1", "dm-0");
        Hold("dm-0", "md0");
        Write("proc/swaps", "");
        Write(
            "proc/self/mountinfo",
            """
            50 1 9:0 / /srv/raid rw - ext4 /dev/none1 rw
            51 1 8:2 / /boot ro - ext4 /dev/none2 ro
            52 1 8:2 / /boot\040two rw - ext4 /dev/none2 rw
            """);
        _kernel = new KernelView(_root["proc"], _root["sys"]);
    }

    public void Dispose() => _root.Dispose();

    [LinuxFact]
    public void A_disk_has_its_partitions_and_what_stands_on_them() =>
        Assert.Equal(["/dev/sda", "/dev/sda1", "/dev/sda2", "/dev/mapper/vg-root", "/dev/md0"], Names(8, 0));

    [LinuxFact]
    public void A_partition_has_its_disk_but_not_its_sisters() =>
        Assert.Equal(["/dev/sda1", "/dev/sda", "/dev/mapper/vg-root", "/dev/md0"], Names(8, 1));

    [LinuxFact]
    public void An_unknown_device_has_no_family() => Assert.Empty(Names(8, 9));

    [LinuxFact]
    public void Uses_of_a_disk_are_named() => Assert.Equal(
        [
            "/dev/sda1 is held by /dev/mapper/vg-root",
            "/dev/sda2 is mounted on /boot",
            "/dev/sda2 is mounted on /boot two",
            "/dev/mapper/vg-root is held by /dev/md0",
            "/dev/md0 is mounted on /srv/raid",
        ],
        new UsageFinder(_kernel).UsesOfDevice(new DeviceNumber(8, 0)));

    [LinuxFact]
    public void A_partition_itself_needs_no_name() => Assert.Equal(
        ["mounted on /boot", "mounted on /boot two"], new UsageFinder(_kernel).UsesOfDevice(new DeviceNumber(8, 2)));

    [LinuxFact]
    public void Only_writable_file_systems_are_listed_as_such() => Assert.Equal(
        ["/boot two"], new UsageFinder(_kernel).WritableMounts(Node(new DeviceNumber(8, 2))));

    [LinuxFact]
    public void A_file_on_what_stands_on_a_device_lies_on_it()
    {
        UsageFinder finder = new(_kernel);
        FileStatus onRaid = Node(default) with { Type = NodeType.RegularFile, Device = new DeviceNumber(9, 0) };

        Assert.True(finder.LiesOn(onRaid, new DeviceNumber(8, 0)));
        Assert.True(finder.LiesOn(onRaid, new DeviceNumber(8, 1)));
        Assert.False(finder.LiesOn(onRaid, new DeviceNumber(8, 2)));
    }

    [LinuxFact]
    public void Nothing_is_found_where_there_is_no_proc_and_no_sys()
    {
        UsageFinder finder = new(new KernelView(_root["none"], _root["none"]));

        Assert.Empty(finder.UsesOfDevice(new DeviceNumber(8, 0)));
        Assert.Empty(finder.UsesOfFile(Node(default)));
        Assert.Empty(finder.WritableMounts(Node(new DeviceNumber(8, 0))));
    }

    private static FileStatus Node(DeviceNumber number) => new(NodeType.BlockDevice, default, 1, number, 0, 0, 0, 0, 0, null);

    private IEnumerable<string> Names(uint major, uint minor) =>
        BlockDevice.Family(_kernel, new DeviceNumber(major, minor)).Select(device => device.Name);

    private void Device(string path, string number, bool partition = false)
    {
        Write($"sys/devices/{path}/dev", number + "\n");
        if (partition)
        {
            Write($"sys/devices/{path}/partition", "1\n");
        }

        Directory.CreateDirectory(_root["sys/dev/block"]);
        Directory.CreateSymbolicLink(_root[$"sys/dev/block/{number}"], $"../../devices/{path}");
    }

    private void Hold(string path, string holder)
    {
        Directory.CreateDirectory(_root[$"sys/devices/{path}/holders"]);
        Directory.CreateSymbolicLink(_root[$"sys/devices/{path}/holders/{holder}"], _root[$"sys/devices/{holder}"]);
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_root[path])!);
        File.WriteAllText(_root[path], text);
    }
}

using BinarySync.Storage.Native;
using BinarySync.Storage.State;
using BinarySync.Storage.Usage;

namespace BinarySync.Storage.Tests;

/// <summary>Identities of files, of real loop devices, and of devices of a made-up /sys.</summary>
public sealed class TargetIdentityTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();
    private readonly KernelView _kernel;

    public TargetIdentityTests() => _kernel = new KernelView(_root["proc"], _root["sys"]);

    public void Dispose() => _root.Dispose();

    [LinuxFact]
    public void A_file_is_its_real_path_whatever_leads_there()
    {
        Directory.CreateDirectory(_root["there"]);
        string file = _root.File("there/file", 5);
        File.CreateSymbolicLink(_root["directory"], "there");
        File.CreateSymbolicLink(_root["one"], "directory/file");

        Assert.Equal("file:" + file, TargetIdentity.Of(file));
        Assert.Equal("file:" + file, TargetIdentity.Of(_root["directory/../directory/file"]));
        Assert.Equal("file:" + file, TargetIdentity.Of(_root["one"]));
        Assert.NotEqual(TargetIdentity.Of(file), TargetIdentity.Of(_root.File("there/other", 5)));
    }

    [LinuxFact]
    public void What_does_not_fit_is_hashed_and_still_told_apart()
    {
        string[] names = ["tab\there", "tab\there2", new('n', 255), new string('n', 254) + "m", new string('ö', 120)];
        string[] identities = [.. names.Select(name => TargetIdentity.Of(_root.File(name, 5)))];

        Assert.All(identities, identity => Assert.Matches("^file:sha256:[0-9a-f]{32}$", identity));
        Assert.Equal(identities.Length, identities.Distinct().Count());
        string longest = "wwid:" + new string('w', 250);
        Assert.Equal(longest, TargetIdentity.Fit(longest));
        Assert.Matches("^wwid:sha256:[0-9a-f]{32}$", TargetIdentity.Fit(longest + "w"));
    }

    [LinuxFact]
    public void A_name_that_is_no_text_has_an_identity_too()
    {
        Command.Demand(
            "sh",
            "-c",
            $"cd '{_root.Path}' && n=$(printf 'a\\377b') && m=$(printf 'a\\376b') && : > \"$n\" && : > \"$m\" && ln -s \"$n\" one && ln -s "
                + "\"$m\" two");

        Assert.Matches("^file:sha256:[0-9a-f]{32}$", TargetIdentity.Of(_root["one"]));
        Assert.NotEqual(TargetIdentity.Of(_root["one"]), TargetIdentity.Of(_root["two"]));
        Command.Demand("sh", "-c", $"rm '{_root.Path}'/a*");
    }

    [LinuxFact]
    public void What_cannot_be_a_target_has_no_identity()
    {
        Expect.Error(StorageError.NotFound, () => _ = TargetIdentity.Of(_root["none"]));
        Expect.Error(StorageError.IsDirectory, () => _ = TargetIdentity.Of(_root.Path));
        Expect.Error(StorageError.NotAFileOrBlockDevice, () => _ = TargetIdentity.Of("/dev/null"));
    }

    [LinuxFact]
    public void A_device_is_what_is_the_same_after_a_restart()
    {
        Device("dm-3", "253:3", ("dm/uuid", "LVM-abc\n"), ("dm/name", "vg-root\n"));
        Device("dm-4", "253:4", ("dm/uuid", "\n"), ("dm/name", "plain\n"));
        Device("md127", "9:127", ("md/uuid", "0123-4567\n"));
        Device("md1", "9:1");
        Device("nvme0n1", "259:0", ("wwid", "eui.0025\n"), ("device/serial", "S3RIAL  \n"));
        Device("sda", "8:0", ("device/wwid", "t10.ATA     DISK      QM00001   \n"));
        Device("mmcblk0", "179:0", ("device/serial", "0x12ab\n"));
        Device("vda", "254:0", ("serial", "disk-1\n"));
        Device("vdb", "254:16", ("serial", "\n"));
        Device("vdc", "254:32", ("serial", "a\tb\n"));
        Device("cciss!c0d0", "104:0");

        Assert.Equal("dm:LVM-abc", Of(253, 3));
        Assert.Equal("dm-name:plain", Of(253, 4));
        Assert.Equal("md:0123-4567", Of(9, 127));
        Assert.Equal("name:md1", Of(9, 1));
        Assert.Equal("wwid:eui.0025", Of(259, 0));
        Assert.Equal("wwid:t10.ATA DISK QM00001", Of(8, 0));
        Assert.Equal("serial:0x12ab", Of(179, 0));
        Assert.Equal("serial:disk-1", Of(254, 0));
        Assert.Equal("name:vdb", Of(254, 16));
        Assert.Matches("^serial:sha256:[0-9a-f]{32}$", Of(254, 32));
        Assert.Equal("name:cciss!c0d0", Of(104, 0));
        Assert.Equal("number:99:1", Of(99, 1));
    }

    [LinuxFact]
    public void A_partition_is_a_place_on_its_disk()
    {
        Device("sda", "8:0", ("device/wwid", "naa.5000\n"));
        Device("sda/sda2", "8:2", ("partition", "2\n"), ("start", "43008\n"));
        Device("vdb", "254:16");
        Device("vdb/vdb1", "254:17", ("partition", "1\n"), ("start", "2048\n"));

        Assert.Equal("part:2@43008:wwid:naa.5000", Of(8, 2));
        Assert.Equal("part:1@2048:name:vdb", Of(254, 17));
    }

    [LinuxFact]
    public void A_loop_device_is_what_it_stands_on()
    {
        Device("loop0", "7:0", ("loop/backing_file", "/images/a b \n"), ("loop/offset", "0\n"));
        Device("loop1", "7:1", ("loop/backing_file", "/images/a\n"), ("loop/offset", "1048576\n"));
        Device("loop0/loop0p1", "259:1", ("partition", "1\n"), ("start", "2048\n"));

        Assert.Equal("loop:/images/a b ", Of(7, 0));
        Assert.Equal("loop:+1048576:/images/a", Of(7, 1));
        Assert.Equal("part:1@2048:loop:/images/a b ", Of(259, 1));
    }

    [RootFact]
    public void Real_loop_devices_are_known_again_under_another_number()
    {
        string image = _root.Sparse("image", 4 << 20);
        File.CreateSymbolicLink(_root["link"], "image");
        using LoopDevice first = new(image);
        using LoopDevice second = new(_root["link"]);
        using LoopDevice shifted = new(image, "--offset", "1048576");
        using LoopDevice above = new(first.Path);
        File.CreateSymbolicLink(_root["disk"], first.Path);

        Assert.NotEqual(first.Path, second.Path);
        Assert.Equal("loop:" + image, TargetIdentity.Of(first.Path));
        Assert.Equal("loop:" + image, TargetIdentity.Of(second.Path));
        Assert.Equal("loop:" + image, TargetIdentity.Of(_root["disk"]));
        Assert.Equal("loop:+1048576:" + image, TargetIdentity.Of(shifted.Path));
        Assert.Equal("loop:loop:" + image, TargetIdentity.Of(above.Path));
    }

    private string Of(uint major, uint minor) => TargetIdentity.Of(new DeviceNumber(major, minor), _kernel);

    private void Device(string path, string number, params (string Name, string Text)[] attributes)
    {
        foreach ((string name, string text) in attributes.Append(("dev", number + "\n")))
        {
            string file = _root[$"sys/devices/{path}/{name}"];
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        Directory.CreateDirectory(_root["sys/dev/block"]);
        Directory.CreateSymbolicLink(_root[$"sys/dev/block/{number}"], $"../../devices/{path}");
    }
}

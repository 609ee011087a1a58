using BinarySync.Storage.Native;
using BinarySync.Storage.Usage;

namespace BinarySync.Storage.Tests;

public class ParserTests
{
    [Theory]
    [InlineData("/plain", "/plain")]
    [InlineData(@"/mnt/my\040disk", "/mnt/my disk")]
    [InlineData(@"\134\011\012", "\\\t\n")]
    [InlineData(@"/\303\244", "/ä")]
    [InlineData("/ä\\040ö", "/ä ö")]
    [InlineData(@"/short\04", @"/short\04")]
    [InlineData(@"/no\999octal\", @"/no\999octal\")]
    [InlineData(@"\\040", "\\ ")]
    [InlineData("", "")]
    public void Octal_escapes_are_decoded(string text, string expected) => Assert.Equal(expected, OctalEscapes.Decode(text));

    [Fact]
    public void Mounts_are_read_with_and_without_optional_fields()
    {
        const string text = """
            27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
            42 27 7:0 /sub /mnt/my\040disk ro,relatime shared:1 master:2 - ext4 /dev/loop0 rw
            43 27 8:1 / /mnt/usb rw - vfat /dev/sda1 ro,utf8

            nonsense
            44 27 nonsense / /mnt/x rw - ext4 /dev/sdb rw
            45 27 8:2 / /mnt/y rw - ext4
            """;

        IReadOnlyList<MountEntry> mounts = MountEntry.ParseAll(text);

        Assert.Equal(
            [
                new MountEntry(27, new DeviceNumber(254, 0), "/", "/dev/vda", IsWritable: true),
                new MountEntry(42, new DeviceNumber(7, 0), "/mnt/my disk", "/dev/loop0", IsWritable: true),
                new MountEntry(43, new DeviceNumber(8, 1), "/mnt/usb", "/dev/sda1", IsWritable: false),
            ],
            mounts);
    }

    [Fact]
    public void Swaps_are_read_without_the_headline()
    {
        const string text = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
            + "/dev/dm-1                               partition\t1020\t\t0\t\t-2\n"
            + "/var/swap\\040file                      file\t\t1020\t\t0\t\t-3\n";

        Assert.Equal([new SwapEntry("/dev/dm-1", IsFile: false), new SwapEntry("/var/swap file", IsFile: true)], SwapEntry.ParseAll(text));
    }

    [Theory]
    [InlineData("8:1", true)]
    [InlineData("8:1\n", true)]
    [InlineData("8", false)]
    [InlineData(":1", false)]
    [InlineData("8:", false)]
    [InlineData("-8:1", false)]
    public void Device_numbers_are_read_or_refused(string text, bool valid) => Assert.Equal(valid, DeviceNumber.TryParse(text, out _));
}

using BinarySync.Storage.Usage;

namespace BinarySync.Storage.Tests;

/// <summary>What the kernel shows, read from the kernel itself.</summary>
public sealed class KernelViewTests
{
    [LinuxFact]
    public void A_text_that_is_shorter_than_its_file_is_said_to_be_is_read()
    {
        const string Path = "/sys/kernel/uevent_seqnum";
        Assert.True(new FileInfo(Path).Length > 100);
        Assert.True(long.TryParse(KernelView.ReadText(Path).Trim(), out _));
    }

    [RootFact]
    public void A_device_is_known_by_what_its_directory_says()
    {
        using TemporaryDirectory directory = new();
        File.WriteAllBytes(directory["disk"], new byte[1 << 20]);
        using LoopDevice loop = new(directory["disk"]);
        string shown = "/sys/block/" + Path.GetFileName(loop.Path);
        Assert.NotNull(KernelView.NumberIn(shown));
        Assert.Equal(directory["disk"], new BlockDevice(default, shown).BackingFile);
    }
}

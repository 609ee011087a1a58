using BinarySync.Storage.Disks;
using BinarySync.Storage.Usage;

namespace BinarySync.Storage.Tests;

/// <summary>What shows that others may be writing, and what is marked.</summary>
public sealed class FileUsageTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly string _file;

    public FileUsageTests() => _file = _directory.File("file", 10_000);

    public void Dispose() => _directory.Dispose();

    [LinuxTheory]
    [InlineData(FileAccess.Read, WriterSign.None)]
    [InlineData(FileAccess.Write, WriterSign.Open)]
    [InlineData(FileAccess.ReadWrite, WriterSign.Open)]
    public void A_file_that_is_open_for_writing_is_seen(FileAccess access, WriterSign expected)
    {
        using (new FileStream(_file, FileMode.Open, access, FileShare.ReadWrite))
        {
            Assert.Equal(expected, FileUsage.WriterOf(_file));
        }

        Children.Settle();
        Assert.Equal(WriterSign.None, FileUsage.WriterOf(_file));
    }

    [LinuxFact]
    public void A_target_is_locked_for_writing_and_not_after_it()
    {
        using (StorageAccess.OpenTarget(_file, []))
        {
            Assert.Equal(WriterSign.Locked, FileUsage.WriterOf(_file));
        }

        using (Targets.Again(_file, readOnly: true))
        {
            Assert.Equal(WriterSign.None, FileUsage.WriterOf(_file));
        }
    }

    [LinuxFact]
    public void What_is_no_regular_file_has_no_writer()
    {
        foreach (string path in (string[])["/dev/null", "/dev", _directory["missing"], "/proc/self/status"])
        {
            Assert.Equal(WriterSign.None, FileUsage.WriterOf(path));
        }
    }

    [LinuxFact]
    public void Names_are_counted()
    {
        Assert.Equal(1, TargetSight.Look(_file).Links);
        Command.Demand("ln", _file, _directory["second"]);
        Assert.Equal(2, TargetSight.Look(_file).Links);
        Assert.Equal(1, TargetSight.Look("/dev").Links);
    }

    [RootFact]
    public void A_device_that_is_held_alone_is_seen()
    {
        using LoopDevice device = new(_directory.File("disk", 1 << 20));
        Assert.False(DeviceUsage.IsHeldAlone(device.Path));
        using (StorageAccess.OpenTarget(device.Path, []))
        {
            Assert.True(DeviceUsage.IsHeldAlone(device.Path));
        }

        Children.Settle();
        Assert.False(DeviceUsage.IsHeldAlone(device.Path));
        Assert.False(DeviceUsage.IsHeldAlone(_file));
    }
}

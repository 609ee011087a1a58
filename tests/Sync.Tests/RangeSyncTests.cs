using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;

namespace BinarySync.Sync.Tests;

/// <summary>
/// Syncs of ranges: exactly what both sides speak of becomes the master's, and the size only where all between the sizes is spoken of.
/// </summary>
public sealed class RangeSyncTests
{
    [Fact]
    public void Compared_blocks_become_the_master_s_and_the_rest_stays() => SyncCases.Ranged.CheckFitting(150, sync =>
    {
        SyncModel model = new(sync);
        if (model.NothingInCommon)
        {
            Assert.Equal(SyncError.Mismatch, Assert.Throws<SyncException>(() => { sync.DataFile(); }).Error);
            return false;
        }

        FakeStorage target = sync.StorageA;
        ApplyResult result = sync.Apply(target, sync.DataFile(), new ApplySpecification { CheckBase = true, Verify = VerifyMode.Full });

        Assert.Equal(model.Expected, target.Content);
        Assert.Equal(model.LeavesSize, result.Plan.Sizing.SizeLeft);
        return true;
    });

    [Fact]
    public void A_request_speaks_only_of_compared_blocks_that_differ() => SyncCases.Ranged.CheckFitting(80, sync =>
    {
        SyncModel model = new(sync);
        if (model.NothingInCommon)
        {
            return false;
        }

        IEnumerable<long> expected = model.Compared.Order()
            .Where(block => block * sync.BlockSize < model.B.Length && !model.Of(model.A, block).SequenceEqual(model.Of(model.B, block)));

        Assert.Equal(expected, FourSteps.Blocks(sync.DataFile()));
        return true;
    });

    [Fact]
    public void Applying_twice_writes_nothing_the_second_time() => SyncCases.Ranged.CheckFitting(60, sync =>
    {
        SyncModel model = new(sync);
        if (model.NothingInCommon)
        {
            return false;
        }

        FakeStorage target = sync.StorageA;
        byte[] dataFile = sync.DataFile();
        sync.Apply(target, dataFile);
        target.ClearLog();

        sync.Apply(target, dataFile, new ApplySpecification { CheckBase = true, Verify = VerifyMode.Full });

        Assert.DoesNotContain(target.Log, call => call.Changes);
        Assert.Equal(model.Expected, target.Content);
        return true;
    });

    [Fact]
    public void Blocks_outside_the_ranges_are_neither_read_nor_matter() => SyncCases.Ranged.CheckFitting(60, sync =>
    {
        SyncModel model = new(sync);
        if (model.NothingInCommon)
        {
            return false;
        }

        // Everything outside the compared coverage is somebody else's by now.
        byte[] content = sync.ContentA;
        for (long block = 0; block * sync.BlockSize < content.Length; block++)
        {
            if (!model.Compared.Contains(block))
            {
                new Random(sync.Seed).NextBytes(model.Of(content, block));
            }
        }

        FakeStorage target = FakeStorage.File(content);
        sync.Apply(target, sync.DataFile(), new ApplySpecification { CheckBase = true, Verify = VerifyMode.Full });

        Assert.Equal(model.After(content), target.Content);
        Assert.All(
            target.Log.Where(call => call.Length > 0 && call.Call is DiskCall.Read or DiskCall.ReadBelowCache or DiskCall.Write),
            call => Assert.All(
                FourSteps.Each(BlockGeometry.Touching(call.Offset, call.Length, sync.BlockSize)), block =>
                    Assert.Contains(block, model.Compared)));
        return true;
    });

    [Fact]
    public void On_a_device_only_compared_blocks_change() => SyncCases.Ranged.CheckFitting(60, sync =>
    {
        SyncModel model = new(sync);
        if (model.NothingInCommon)
        {
            return false;
        }

        byte[] device = new byte[Math.Max(model.A.Length, model.B.Length) + 1000];
        new Random(sync.Seed).NextBytes(device);
        device.AsSpan(0, device.Length - 1000).Clear();
        model.A.CopyTo(device, 0);
        FakeStorage target = FakeStorage.Device(device);

        sync.Apply(target, sync.DataFile());

        Assert.Equal(model.After(device, isDevice: true), target.Content);
        return true;
    });
}

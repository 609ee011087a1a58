using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Tests;

/// <summary>The four steps over whole targets: the remote ends as the master, whatever the content and the knobs.</summary>
public sealed class WholeSyncTests
{
    [Fact]
    public void A_file_becomes_the_master() => SyncCases.Whole.Check(150, sync =>
    {
        FakeStorage target = sync.StorageA;
        byte[] dataFile = sync.DataFile();

        ApplyResult result = sync.Apply(target, dataFile);

        Assert.Equal(sync.ContentB, target.Content);
        Assert.Equal(sync.ContentB, target.Medium.ToArray());
        Assert.False(result.Plan.Sizing.SizeLeft);
    });

    [Fact]
    public void The_master_s_checksum_file_then_is_the_remote_s() => SyncCases.Whole.Check(40, sync =>
    {
        FakeStorage target = sync.StorageA;
        sync.Apply(target, sync.DataFile(), new ApplySpecification { Verify = VerifyMode.Full, CheckBase = true });

        byte[] master = FourSteps.Checksums(sync.StorageB, sync.HowB);
        Assert.Equal(master, FourSteps.Checksums(target, sync.HowA));
        Assert.True(FourSteps.Check(target, master, threads: sync.Threads).IsEqual);
    });

    [Fact]
    public void Applying_twice_writes_nothing_the_second_time() => SyncCases.Whole.Check(60, sync =>
    {
        FakeStorage target = sync.StorageA;
        byte[] dataFile = sync.DataFile();
        sync.Apply(target, dataFile);
        target.ClearLog();

        ApplyResult again = sync.Apply(target, dataFile);

        Assert.DoesNotContain(target.Log, call => call.Changes);
        Assert.Equal(default, again.Written);
        Assert.Equal(0, again.Plan.BlocksToWrite);
        Assert.Equal(DiskCall.Flush, target.Log.Last(call => call.Call is DiskCall.Flush or DiskCall.Write).Call);
    });

    [Fact]
    public void Messages_do_not_depend_on_threads_or_holes() => SyncCases.Whole.Check(60, sync =>
    {
        FakeStorage denseA = FakeStorage.File(sync.ContentA);
        FakeStorage denseB = FakeStorage.File(sync.ContentB);
        byte[] ckfA = FourSteps.Checksums(denseA, sync.HowA, threads: 1);
        byte[] ckfB = FourSteps.Checksums(denseB, sync.HowB, threads: 1);

        Assert.Equal(ckfA, FourSteps.Checksums(sync.StorageA, sync.HowA, sync.Threads));
        Assert.Equal(ckfA, FourSteps.Checksums(sync.StorageA, sync.HowA with { Holes = HolePolicy.Read }, sync.Threads));
        Assert.Equal(ckfA, FourSteps.Checksums(FakeStorage.Device(sync.ContentA), sync.HowA, sync.Threads));

        byte[] request = FourSteps.Request(ckfA, ckfB);
        Assert.Equal(FourSteps.Data(denseB, request, sync.HowData, threads: 1), sync.DataFile());
    });

    [Fact]
    public void A_longer_device_keeps_what_lies_behind() => SyncCases.Whole.Check(60, sync =>
    {
        byte[] a = sync.ContentA;
        byte[] b = sync.ContentB;

        // Behind A the device reads as zeros up to where B ends: Format.md 9.4. What lies behind both is somebody else's.
        int patched = Math.Max(a.Length, b.Length);
        byte[] device = new byte[patched + 3000];
        new Random(sync.Seed).NextBytes(device.AsSpan(patched));
        a.CopyTo(device, 0);
        FakeStorage target = FakeStorage.Device(device);

        ApplyResult result = sync.Apply(target, sync.DataFile(), new ApplySpecification { CheckBase = true, Verify = VerifyMode.Full });

        byte[] expected = [.. device];
        b.CopyTo(expected, 0);
        Assert.Equal(expected, target.Content);
        Assert.Equal(device.Length - b.Length, result.Plan.Sizing.TailLeftAlone);
        Assert.All(target.Changes, change => Assert.True(change.End <= b.Length && change.Call != DiskCall.SetLength));
    });

    [Fact]
    public void Sparse_modes_and_what_a_storage_can_do_change_no_byte() => SyncCases.Whole.Check(60, sync =>
    {
        byte[] dataFile = sync.DataFile();
        foreach (SparseMode sparse in Enum.GetValues<SparseMode>())
        {
            FakeStorage plain = new(sync.A.Image(sync.BlockSize)) { CanPunch = false, CanAllocate = false };
            FakeStorage file = sync.StorageA;
            sync.Apply(plain, dataFile, new ApplySpecification { Sparse = sparse });
            sync.Apply(file, dataFile, new ApplySpecification { Sparse = sparse });
            Assert.Equal(sync.ContentB, plain.Content);
            Assert.Equal(sync.ContentB, file.Content);
            if (sparse == SparseMode.Never)
            {
                Assert.DoesNotContain(file.Log, call => call.Call == DiskCall.PunchHole);
            }
        }
    });

    [Fact]
    public void Many_groups_and_frames_become_the_master()
    {
        // 20 MiB of changed blocks between kept ones: several groups, each of many frames and operations.
        const int BlockSize = 64 << 10;
        Random random = new(20);
        byte[] a = new byte[500 * BlockSize];
        random.NextBytes(a);
        byte[] b = [.. a, .. new byte[3 * BlockSize], 7];
        for (int block = 0; block < 500; block++)
        {
            Span<byte> content = b.AsSpan(block * BlockSize, BlockSize);
            switch (block % 5)
            {
                case 0 or 1 or 2:
                    random.NextBytes(content);
                    break;
                case 3 when block % 2 == 0:
                    content.Clear();
                    break;
            }
        }

        byte[] dataFile = FourSteps.DataFile(a, b, BlockSize, frameSize: 128 << 10);
        FakeStorage target = FakeStorage.File(a);
        FourSteps.Apply(target, dataFile, threads: 3);

        Assert.True(FourSteps.Groups(dataFile).Count >= 3);
        Assert.Equal(b, target.Content);
    }
}

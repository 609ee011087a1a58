using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Writing;

namespace BinarySync.Sync.Tests;

/// <summary>Stretches become zeros by the cheapest means that the storage has, and no byte beside them changes.</summary>
public sealed class ZeroWriterTests
{
    private const int Size = 1 << 20;

    [Fact]
    public void Whatever_the_edges_and_the_means_exactly_the_stretches_become_zeros()
    {
        Random random = new(7);
        for (int round = 0; round < 300; round++)
        {
            byte[] expected = Ones();
            FakeStorage target = new(DiskImage.Of(expected), random.Next(2) == 0 ? StorageKind.BlockDevice : StorageKind.RegularFile)
            {
                CanPunch = random.Next(2) == 0,
                CanZeroRange = random.Next(2) == 0,
                Sector = random.Next(2) == 0 ? 512 : 4096,
            };
            ZeroWriter writer = new(target, (SparseMode)random.Next(3), new SyncOptions());
            for (int at = random.Next(9000); at < Size;)
            {
                // On an edge of 4 KiB, one byte off it, or anywhere.
                int length = random.Next(3) switch { 0 => 4096 * random.Next(1, 4), 1 => 4097, _ => random.Next(1, 300_000) };
                length = Math.Min(length, Size - at);
                writer.Add(at, length);
                expected.AsSpan(at, length).Clear();
                at += length + (random.Next(3) * random.Next(5000));
            }

            writer.Finish();
            Assert.Equal(expected, target.Content);
        }
    }

    [Theory]
    [InlineData(4096, 8192, 4096, 8192)]
    [InlineData(4000, 9000, 4096, 8192)]
    [InlineData(4097, 16384, 8192, 16384)]
    [InlineData(0, 4096, 0, 4096)]
    [InlineData(1, 4096, null, null)]
    [InlineData(4096, 8191, null, null)]
    [InlineData(4097, 8191, null, null)]
    public void A_device_zeroes_the_aligned_middle_and_the_edges_are_written(int from, int to, int? middle, int? middleEnd)
    {
        FakeStorage target = FakeStorage.Device(Ones());
        Run(target, SparseMode.Auto, (from, to - from));

        DiskEvent[] zeroed = [.. target.Changes.Where(change => change.Call == DiskCall.ZeroRange)];
        Assert.Equal(middle is { } m ? [(m, (long)middleEnd!)] : [], zeroed.Select(change => (change.Offset, change.End)));
        Assert.Equal(
            to - from - zeroed.Sum(change => change.Length),
            target.Changes.Where(change => change.Call == DiskCall.Write).Sum(change => change.Length));
        Assert.DoesNotContain(target.Log, call => call.Call == DiskCall.PunchHole && call.Done);
    }

    [Theory]
    [InlineData(SparseMode.Always, false, true)]
    [InlineData(SparseMode.Always, true, true)]
    [InlineData(SparseMode.Auto, false, false)]
    [InlineData(SparseMode.Auto, true, true)]
    [InlineData(SparseMode.Never, false, false)]
    [InlineData(SparseMode.Never, true, false)]
    public void Holes_are_made_where_the_user_wants_them(SparseMode mode, bool hasHoles, bool punches)
    {
        DiskImage image = DiskImage.Of(Ones());
        if (hasHoles)
        {
            image.Punch(900_000, 5);
        }

        FakeStorage target = new(image);
        Run(target, mode, (10, 5000));

        Assert.Equal(punches ? DiskCall.PunchHole : DiskCall.Write, Assert.Single(target.Changes).Call);
    }

    [Fact]
    public void Stretches_that_touch_are_joined_and_others_are_not()
    {
        FakeStorage target = FakeStorage.File(Ones());
        Run(target, SparseMode.Always, (0, 100), (100, 50), (151, 10), (161, 1), (200, 0), (300, 5));

        Assert.Equal([(0, 150), (151, 11), (300, 5)], target.Changes.Select(change => ((int)change.Offset, (int)change.Length)));
    }

    [Fact]
    public void A_device_that_refuses_gets_written_zeros()
    {
        FakeStorage target = new(DiskImage.Of(Ones()), StorageKind.BlockDevice) { CanZeroRange = false };
        Run(target, SparseMode.Always, (0, Size));

        Assert.True(ZeroBlocks.IsZero(target.Content));
        Assert.All(target.Changes, change => Assert.Equal(DiskCall.Write, change.Call));
    }

    [Fact]
    public void A_long_run_is_zeroed_in_stretches_and_can_be_cancelled_between_them()
    {
        const long Stretch = 256L << 20;
        using CancellationTokenSource source = new();
        FakeStorage target = new(DiskImage.Sparse(3 * Stretch), StorageKind.BlockDevice);
        target.Before = _ => source.Cancel();
        ZeroWriter writer = new(target, SparseMode.Auto, new SyncOptions { Cancellation = source.Token });
        writer.Add(0, 3 * Stretch);

        Assert.Throws<OperationCanceledException>(writer.Finish);

        Assert.Equal((DiskCall.ZeroRange, 0L, Stretch), Assert.Single(target.Log.Select(call => (call.Call, call.Offset, call.Length))));
    }

    private static byte[] Ones()
    {
        byte[] ones = new byte[Size];
        ones.AsSpan().Fill(1);
        return ones;
    }

    private static void Run(FakeStorage target, SparseMode mode, params (long Offset, long Length)[] stretches)
    {
        ZeroWriter writer = new(target, mode, new SyncOptions());
        foreach ((long offset, long length) in stretches)
        {
            writer.Add(offset, length);
        }

        writer.Finish();
    }
}

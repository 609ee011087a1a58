using BinarySync.Storage;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Collecting;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Tests;

/// <summary>Sources that change, lie about holes or fail; and what does not belong together.</summary>
public sealed class SourceTests
{
    private static readonly ChecksumSpecification How = new() { BlockSize = 512 };

    [Fact]
    public void A_source_that_changes_while_it_is_checksummed_is_refused_unless_it_is_live()
    {
        FakeStorage source = FakeStorage.File(Bytes(1, 5000));
        byte[] still = FourSteps.Checksums(source, How);
        source.Before = call =>
        {
            if (call.Call == DiskCall.Read)
            {
                source.Touch();
            }
        };

        SyncException refusal = Assert.Throws<SyncException>(() => { FourSteps.Checksums(source, How); });
        Assert.Equal((SyncError.SourceChanged, "target"), (refusal.Error, refusal.Subject));
        Assert.Equal(still, FourSteps.Checksums(source, How with { Live = true }));
    }

    [Fact]
    public void The_watch_sees_times_and_length_of_a_file_and_the_length_of_a_device()
    {
        FakeStorage file = FakeStorage.File(new byte[10]);
        SourceWatch watch = new(file, live: false);
        watch.ThrowIfChanged();
        file.SetLength(11);
        Assert.Throws<SyncException>(watch.ThrowIfChanged);

        FakeStorage device = FakeStorage.Device(new byte[10]);
        watch = new SourceWatch(device, live: false);
        device.Touch();
        watch.ThrowIfChanged();

        watch = new SourceWatch(file, live: true);
        file.Touch();
        watch.ThrowIfChanged();
    }

    [Fact]
    public void A_file_system_that_lies_about_holes_is_believed_only_where_it_is_trusted()
    {
        byte[] content = Bytes(2, 8192);
        FakeStorage liar = FakeStorage.File(content);
        liar.Cache.ClaimHole(1024, 2048);
        byte[] truth = FourSteps.Checksums(FakeStorage.File(content), How);

        Assert.Equal(truth, FourSteps.Checksums(liar, How with { Holes = HolePolicy.Read }));
        byte[] zeros = [.. content];
        zeros.AsSpan(1024, 2048).Clear();
        Assert.Equal(FourSteps.Checksums(FakeStorage.File(zeros), How), FourSteps.Checksums(liar, How));
        Assert.True(FourSteps.Check(liar, truth, HolePolicy.Read).IsEqual);
    }

    [Fact]
    public void Clipped_ranges_are_told()
    {
        using MemoryStream output = new();
        ChecksumSpecification past = How with { Coverage = BlockCoverage.Of([new BlockRun(1, 100)]) };
        Assert.True(ChecksumOperation.Run(FakeStorage.File(new byte[2000]), past, output, FourSteps.Threads(2)).RangesClipped);
        ChecksumSpecification open = How with { Coverage = BlockCoverage.Of([BlockRun.From(1)]) };
        Assert.False(ChecksumOperation.Run(FakeStorage.File(new byte[2000]), open, output, FourSteps.Threads(2)).RangesClipped);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_source_that_cannot_be_read_fails(int threads)
    {
        FakeStorage source = FakeStorage.File(Bytes(1, 5 << 20));
        source.Spoil(3 << 20, 1);
        SyncException failure = Assert.Throws<SyncException>(() => { FourSteps.Checksums(source, How, threads); });
        Assert.Equal(SyncError.Unreadable, failure.Error);

        // What can be read when it is tried again, is read.
        source = FakeStorage.File(Bytes(1, 5 << 20)).FailAt(new DiskFault(DiskCall.Read, 3, StorageError.ReadFailed));
        Assert.Equal(FourSteps.Checksums(FakeStorage.File(Bytes(1, 5 << 20)), How), FourSteps.Checksums(source, How, threads));
    }

    [Fact]
    public void A_source_that_shrinks_while_it_is_read_fails()
    {
        FakeStorage source = FakeStorage.File(Bytes(1, 5 << 20));
        int reads = 0;
        source.Before = call =>
        {
            if (call.Call == DiskCall.Read && Interlocked.Increment(ref reads) == 2)
            {
                source.Cache.SetLength(1 << 20);
            }
        };

        Assert.Equal(StorageError.EndReached, Assert.Throws<StorageException>(() => { FourSteps.Checksums(source, How, 1); }).Error);
    }

    [Fact]
    public void Cancelling_ends_a_scan()
    {
        using CancellationTokenSource cancellation = new();
        FakeStorage source = FakeStorage.File(Bytes(1, 8 << 20));
        source.Before = _ => cancellation.Cancel();
        using MemoryStream output = new();

        Assert.Throws<OperationCanceledException>(
            () => { ChecksumOperation.Run(source, How, output, new SyncOptions { Threads = 2, Cancellation = cancellation.Token }); });
        Assert.True(source.Log.Count(call => call.Call == DiskCall.Read) <= 4);
    }

    [Fact]
    public void Checksum_files_of_different_block_sizes_or_hashes_are_not_compared()
    {
        FakeStorage source = FakeStorage.File(Bytes(1, 5000));
        byte[] one = FourSteps.Checksums(source, How);

        Refused(one, FourSteps.Checksums(source, How with { BlockSize = 1024 }), "block sizes");
        Refused(one, FourSteps.Checksums(source, How with { Hash = BlockHash.Xxh3 }), "hashes");
    }

    [Fact]
    public void Checksum_files_without_a_common_block_are_not_compared()
    {
        FakeStorage source = FakeStorage.File(Bytes(1, 5000));
        byte[] front = FourSteps.Checksums(source, How with { Coverage = BlockCoverage.Of([new BlockRun(0, 3)]) });
        byte[] back = FourSteps.Checksums(source, How with { Coverage = BlockCoverage.Of([new BlockRun(3, 3)]) });

        // Common blocks that all lie where the sizes differ, one of them not on both sides.
        byte[] shorter = FourSteps.Checksums(
            FakeStorage.File(Bytes(1, 1000)), How with { Coverage = BlockCoverage.Of([new BlockRun(1, 1)]) });
        byte[] longer = FourSteps.Checksums(source, How with { Coverage = BlockCoverage.Of([new BlockRun(1, 3)]) });

        Refused(front, back, "no block in common");
        Refused(shorter, longer, "where the sizes differ");
    }

    [Fact]
    public void A_master_of_another_size_is_refused_before_it_is_read()
    {
        byte[] request = FourSteps.Request(
            FourSteps.Checksums(FakeStorage.File(Bytes(1, 5000)), How), FourSteps.Checksums(FakeStorage.File(Bytes(2, 5000)), How));
        FakeStorage master = FakeStorage.File(Bytes(2, 5001));

        Assert.Equal(SyncError.Mismatch, Assert.Throws<SyncException>(() => { FourSteps.Data(master, request); }).Error);
        Assert.DoesNotContain(master.Log, call => call.Call == DiskCall.Read);
    }

    [Fact]
    public void A_master_that_changed_is_refused_with_the_exact_blocks() => SyncCases.Whole.CheckFitting(60, sync =>
    {
        byte[] request = FourSteps.Request(FourSteps.Checksums(sync.StorageA, sync.HowA), FourSteps.Checksums(sync.StorageB, sync.HowB));
        OperationReader reader = new(new MemoryStream(request), "update.dtr", MessageKind.DataRequest);
        OperationGroup group = new();
        List<long> requested = [];
        while (reader.ReadGroup(group))
        {
            requested.AddRange(
                group.Operations.Where(operation => operation.New == NewKind.Data).SelectMany(
                    operation => FourSteps.Each(operation.Blocks)));
        }

        Random random = new(sync.Seed);
        byte[] master = sync.ContentB;
        SyncModel model = new(sync);
        long[] changed = [.. requested.Where(_ => random.Next(3) == 0)];
        foreach (long block in changed)
        {
            Span<byte> bytes = model.Of(master, block);
            bytes[random.Next(bytes.Length)] ^= 2;
        }

        if (changed.Length == 0)
        {
            return false;
        }

        SyncException refusal = Assert.Throws<SyncException>(
            () => { FourSteps.Data(FakeStorage.File(master), request, sync.HowData, sync.Threads); });
        Assert.Equal(SyncError.SourceChanged, refusal.Error);
        Assert.Equal(FourSteps.Runs(changed), refusal.Ranges);
        return true;
    });

    [Fact]
    public void A_master_that_is_written_meanwhile_is_refused_unless_it_is_live()
    {
        byte[] b = Bytes(2, 5000);
        byte[] request = FourSteps.Request(
            FourSteps.Checksums(FakeStorage.File(Bytes(1, 5000)), How), FourSteps.Checksums(FakeStorage.File(b), How));
        FakeStorage master = FakeStorage.File(b);
        master.Before = call =>
        {
            if (call.Call == DiskCall.Read)
            {
                master.Touch();
            }
        };

        Assert.Equal(SyncError.SourceChanged, Assert.Throws<SyncException>(() => { FourSteps.Data(master, request); }).Error);
        Assert.NotEmpty(FourSteps.Data(master, request, new DataFileSpecification { Live = true }));
    }

    private static void Refused(byte[] remote, byte[] master, string words)
    {
        foreach ((byte[] a, byte[] b) in new[] { (remote, master), (master, remote) })
        {
            SyncException refusal = Assert.Throws<SyncException>(() => { FourSteps.Request(a, b); });
            Assert.Equal(SyncError.Mismatch, refusal.Error);
            Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        }
    }

    private static byte[] Bytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

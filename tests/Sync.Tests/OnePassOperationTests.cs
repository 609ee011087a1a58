using BinarySync.Sync.Applying;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Collecting;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Tests;

/// <summary>A data file made in one pass over the master: the very file that a checksum file of the master and a request lead to.</summary>
public sealed class OnePassOperationTests
{
    [Fact]
    public void It_is_the_file_that_the_two_steps_make() => SyncCases.Whole.Check(200, sync =>
    {
        byte[] remote = FourSteps.Checksums(sync.StorageA, sync.HowA);
        HolePolicy holes = sync.Seed % 2 == 0 ? HolePolicy.Trust : HolePolicy.Read;

        Assert.Equal(sync.DataFile(), FourSteps.OnePass(sync.StorageB, remote, sync.HowData, holes, sync.Threads));
    });

    [Fact]
    public void Of_ranges_it_is_that_of_a_master_that_was_checksummed_whole() => SyncCases.Ranged.CheckFitting(200, sync =>
    {
        byte[] remote = FourSteps.Checksums(sync.StorageA, sync.HowA);
        byte[] expected;
        try
        {
            expected = FourSteps.Data(
                sync.StorageB,
                FourSteps.Request(remote, FourSteps.Checksums(sync.StorageB, sync.HowA with { Coverage = BlockCoverage.Whole })),
                sync.HowData);
        }
        catch (SyncException)
        {
            SyncException refused = Assert.Throws<SyncException>(
                () => { FourSteps.OnePass(sync.StorageB, remote, sync.HowData, threads: sync.Threads); });
            Assert.Equal(SyncError.Mismatch, refused.Error);
            return false;
        }

        Assert.Equal(expected, FourSteps.OnePass(sync.StorageB, remote, sync.HowData, threads: sync.Threads));
        return true;
    });

    // Groups that end because of their content, and because of their hashes; blocks as large as a group, and larger.
    [Theory]
    [InlineData(512, "sha256", 1 << 20, 21 << 20, 3)]
    [InlineData(4096, "xxh128", 1 << 20, 21 << 20, 1)]
    [InlineData(4096, "xxh128", 1 << 16, 21 << 20, 5)]
    [InlineData(2 << 20, "xxh3", 1 << 16, 21 << 20, 4)]
    [InlineData(8 << 20, "xxh3", 1 << 20, 27 << 20, 2)]
    [InlineData(16 << 20, "xxh128", 4 << 20, 50 << 20, 2)]
    public void Groups_end_where_they_must(int blockSize, string hash, int frameSize, int size, int threads)
    {
        byte[] b = new byte[size + 1000];
        new Random(blockSize).NextBytes(b);
        b.AsSpan(size / 3, size / 5).Clear();
        byte[] a = [.. b.AsSpan(0, size / 2)];
        for (int at = 0; at < a.Length; at += 12_345)
        {
            a[at]++;
        }

        ChecksumSpecification how = new() { BlockSize = blockSize, Hash = BlockHash.Find(hash)! };
        DataFileSpecification data = new() { FrameSize = frameSize, Compression = new Compression(FrameCodec.Brotli, 1) };
        FakeStorage master = FakeStorage.File(b);
        byte[] remote = FourSteps.Checksums(FakeStorage.File(a), how);
        byte[] expected = FourSteps.Data(master, FourSteps.Request(remote, FourSteps.Checksums(master, how)), data);

        Assert.True(expected.AsSpan().SequenceEqual(FourSteps.OnePass(master, remote, data, threads: threads)));
    }

    [Fact]
    public void A_run_of_zeros_that_fills_groups_by_its_old_hashes()
    {
        byte[] a = new byte[80_000 * 512];
        new Random(1).NextBytes(a);
        FakeStorage master = new(DiskImage.Sparse(a.Length));
        ChecksumSpecification how = new() { BlockSize = 512 };
        byte[] remote = FourSteps.Checksums(FakeStorage.File(a), how);

        Assert.Equal(
            FourSteps.Data(master, FourSteps.Request(remote, FourSteps.Checksums(master, how))), FourSteps.OnePass(master, remote));
    }

    [Fact]
    public void Nothing_is_read_twice_and_nothing_that_the_remote_does_not_cover()
    {
        byte[] b = Content(100 * 4096);
        FakeStorage master = FakeStorage.File(b);
        byte[] remote = FourSteps.Checksums(
            FakeStorage.File(new byte[100 * 4096]), new ChecksumSpecification
            {
                Coverage = BlockCoverage.Of([new BlockRun(10, 20), new BlockRun(50, 5)]),
            });

        FourSteps.OnePass(master, remote, threads: 1);

        IEnumerable<(long Offset, long Length)> reads = master.Log.Where(call => call.Call == DiskCall.Read).Select(
            call => (call.Offset, (long)call.Length));
        Assert.Equal([(10 * 4096, 20 * 4096), (50 * 4096, 5 * 4096)], reads.Order());
    }

    [Fact]
    public void What_was_hashed_is_what_is_sent_even_if_the_master_changes()
    {
        byte[] b = Content(3 << 20);
        FakeStorage master = FakeStorage.File(b);
        master.Before = call =>
        {
            if (call.Call == DiskCall.Read)
            {
                master.Touch();
            }
        };
        byte[] remote = FourSteps.Checksums(FakeStorage.File(new byte[b.Length]), new ChecksumSpecification());

        Assert.Equal(SyncError.SourceChanged, Assert.Throws<SyncException>(() => { FourSteps.OnePass(master, remote); }).Error);

        // Every read sees other bytes than the one before.
        master.Before = call =>
        {
            if (call.Call == DiskCall.Read)
            {
                new Random(master.Log.Count).NextBytes(b);
                master.Cache.Write(b, 0);
                master.Touch();
            }
        };
        byte[] made = FourSteps.OnePass(master, remote, new DataFileSpecification { Live = true }, threads: 1);
        FakeStorage target = FakeStorage.File(new byte[b.Length]);
        FourSteps.Apply(target, made, new ApplySpecification { Verify = VerifyMode.Full });
    }

    [Fact]
    public void A_damaged_checksum_file_is_refused_wherever_the_damage_lies()
    {
        byte[] b = Content(20 * 512);
        byte[] remote = FourSteps.Checksums(FakeStorage.File(new byte[30 * 512]), new ChecksumSpecification { BlockSize = 512 });
        for (int at = 0; at < remote.Length; at++)
        {
            byte[] damaged = [.. remote];
            damaged[at] ^= 4;
            Assert.Throws<MessageFormatException>(() => { FourSteps.OnePass(FakeStorage.File(b), damaged, threads: 1); });
        }
    }

    private static byte[] Content(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}

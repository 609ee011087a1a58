using BinarySync.Sync.Checksums;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Tests;

/// <summary>Is a target still what its checksum file says?</summary>
public sealed class CheckOperationTests
{
    [Fact]
    public void It_names_exactly_the_blocks_that_differ() => SyncCases.Whole.Check(100, sync =>
    {
        byte[] checksums = FourSteps.Checksums(sync.StorageA, sync.HowA);
        SyncModel model = new(sync);

        CheckResult result = FourSteps.Check(
            sync.StorageB, checksums, sync.Seed % 2 == 0 ? HolePolicy.Trust : HolePolicy.Read, threads: sync.Threads);

        long blocks = (Math.Max(model.A.Length, model.B.Length) + sync.BlockSize - 1) / sync.BlockSize;
        Assert.Equal(
            FourSteps.Runs(
                FourSteps.Each(new BlockRun(0, blocks)).Where(block => !model.Of(model.A, block).SequenceEqual(model.Of(model.B, block)))),
            result.Differences.Runs);
        Assert.Equal(model.A.AsSpan().SequenceEqual(model.B), result.IsEqual);
        Assert.Equal((model.B.Length, 0), (result.TargetSize, result.BytesNotCompared));
    });

    [Fact]
    public void Of_ranges_only_covered_blocks_are_compared() => SyncCases.Ranged.CheckFitting(80, sync =>
    {
        // The same size: what changed lies in the ranges, or is not seen.
        byte[] a = sync.ContentA;
        byte[] now = [.. a];
        sync.ContentB.AsSpan(0, Math.Min(a.Length, sync.ContentB.Length)).CopyTo(now);
        byte[] checksums = FourSteps.Checksums(FakeStorage.File(a), sync.HowA);
        SyncModel model = new(sync);
        long blocks = (a.Length + sync.BlockSize - 1) / sync.BlockSize;
        if (sync.RangesA.ClipTo(blocks).IsEmpty)
        {
            SyncException refused = Assert.Throws<SyncException>(() => FourSteps.Check(FakeStorage.File(now), checksums));
            Assert.Equal(SyncError.Mismatch, refused.Error);
            return false;
        }

        CheckResult result = FourSteps.Check(FakeStorage.File(now), checksums);

        Assert.Equal(sync.RangesA.CountIn(blocks), result.ComparedBlocks);
        IEnumerable<long> expected = sync.RangesA.RunsIn(blocks).SelectMany(FourSteps.Each)
            .Where(block => !model.Of(a, block).SequenceEqual(model.Of(now, block)));
        Assert.Equal(FourSteps.Runs(expected), result.Differences.Runs);
        Assert.Equal(result.Differences.BlockCount == 0, result.IsEqual);
        return true;
    });

    [Fact]
    public void A_longer_device_is_compared_as_far_as_the_checksum_file_goes()
    {
        byte[] content = Bytes(5000);
        byte[] checksums = FourSteps.Checksums(FakeStorage.File(content), new ChecksumSpecification { BlockSize = 512 });

        CheckResult result = FourSteps.Check(FakeStorage.Device([.. content, .. new byte[3000]]), checksums);

        Assert.True(result.IsEqual);
        Assert.Equal((5000, 3000), (result.TargetSize, result.BytesNotCompared));
    }

    [Fact]
    public void A_shorter_device_differs_in_what_it_has_not()
    {
        byte[] content = Bytes(5000);
        byte[] checksums = FourSteps.Checksums(FakeStorage.File(content), new ChecksumSpecification { BlockSize = 512 });

        CheckResult result = FourSteps.Check(FakeStorage.Device(content.AsSpan(0, 2048)), checksums);

        Assert.False(result.IsEqual);
        Assert.Equal([new BlockRun(4, 6)], result.Differences.Runs);
    }

    [Fact]
    public void A_file_of_another_size_is_not_equal_even_if_all_ranges_are()
    {
        byte[] content = Bytes(5000);
        byte[] checksums = FourSteps.Checksums(
            FakeStorage.File(content), new ChecksumSpecification { BlockSize = 512, Coverage = BlockCoverage.Of([new BlockRun(1, 2)]) });

        CheckResult result = FourSteps.Check(FakeStorage.File([.. content, 1]), checksums);

        Assert.False(result.IsEqual);
        Assert.Empty(result.Differences.Runs);
    }

    [Fact]
    public void A_target_that_changes_meanwhile_is_refused_unless_it_is_live()
    {
        byte[] content = Bytes(5000);
        byte[] checksums = FourSteps.Checksums(FakeStorage.File(content), new ChecksumSpecification { BlockSize = 512 });
        FakeStorage target = FakeStorage.File(content);
        target.Before = call =>
        {
            if (call.Call == DiskCall.Read)
            {
                target.Touch();
            }
        };

        Assert.Equal(SyncError.SourceChanged, Assert.Throws<SyncException>(() => { FourSteps.Check(target, checksums); }).Error);
        Assert.True(FourSteps.Check(target, checksums, live: true).IsEqual);
    }

    private static byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}

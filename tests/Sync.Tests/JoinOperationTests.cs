using BinarySync.Sync.Checksums;
using BinarySync.Tests.Messages;

namespace BinarySync.Sync.Tests;

/// <summary>Checksum files of ranges, made into one: the very file that one pass over all of them gives.</summary>
public sealed class JoinOperationTests
{
    private const int Block = 512;

    // Sections of data end at multiples of this many blocks; a cut inside one must leave no trace.
    private const int Window = FormatLimits.ChecksumWindowBlocks;

    [Fact]
    public void Parts_in_any_order_and_overlapping_give_the_file_of_the_whole() => SyncCases.Whole.Check(150, sync =>
    {
        Random random = new(sync.Seed);
        long blocks = new BlockGeometry(sync.ContentA.Length, sync.BlockSize).BlockCount;
        byte[] whole = FourSteps.Checksums(sync.StorageA, sync.HowA, sync.Threads);

        List<BlockRun>[] ranges = new List<BlockRun>[random.Next(1, 6)];
        for (int i = 0; i < ranges.Length; i++)
        {
            // Behind the end too: a part may cover nothing.
            ranges[i] = [new BlockRun(random.NextInt64(0, blocks + 3), random.Next(1, 8))];
        }

        // Whatever else it has, each block has a part.
        foreach (long block in FourSteps.Each(new BlockRun(0, blocks)))
        {
            ranges[random.Next(ranges.Length)].Add(new BlockRun(block, 1));
        }

        byte[][] parts = [.. ranges.Select(
            of => FourSteps.Checksums(sync.StorageA, sync.HowA with { Coverage = BlockCoverage.Of(of), Label = "a part" }))];
        random.Shuffle(parts);
        Assert.Equal(whole, Join(parts));
    });

    [Fact]
    public void What_the_parts_cover_is_all_that_a_partial_file_covers() => SyncCases.Ranged.Check(150, sync =>
    {
        BlockCoverage both = sync.RangesA.IsWhole || sync.RangesB.IsWhole
            ? BlockCoverage.Whole
            : BlockCoverage.Of([.. sync.RangesA.Ranges, .. sync.RangesB.Ranges]);
        byte[][] parts = [FourSteps.Checksums(sync.StorageA, sync.HowA), FourSteps.Checksums(sync.StorageA, sync.HowB)];

        Assert.Equal(
            FourSteps.Checksums(sync.StorageA, sync.HowA with { Coverage = both, Label = "both" }), Join(parts, partial: true, "both"));
    });

    [Fact]
    public void Cuts_inside_sections_and_long_zeros_leave_no_trace()
    {
        byte[] content = new byte[(3 * Window * Block) + 100];
        new Random(1).NextBytes(content.AsSpan(0, (Window + 50) * Block));
        content[^1] = 1;
        byte[] whole = Checksums(content);

        byte[][] parts =
            [.. Cut((3 * Window) + 1, 7, Window - 1, Window + 3, Window + 40, Window + 60, 2 * Window, (2 * Window) + 9).Select(
            range => Checksums(content, range))];

        Assert.Equal(whole, Join(parts));
        Assert.Equal(whole, Join([whole, .. parts.Reverse(), whole]));
    }

    [Fact]
    public void What_is_made_of_a_derived_part_is_derived()
    {
        byte[] content = new byte[40 * Block];
        byte[][] parts = [Checksums(content, new BlockRun(0, 20)), Derived(Checksums(content, new BlockRun(20, 20)))];

        Assert.Equal(Derived(Checksums(content)), Join(parts));

        static byte[] Derived(byte[] checksums)
        {
            MessageForge forge = MessageDissector.Dissect(checksums);
            forge.Header.Insert("derived", [1], "");
            return forge.Build().Bytes;
        }
    }

    [Fact]
    public void A_hundred_parts_with_interleaved_ranges_are_read_as_streams()
    {
        byte[] content = new byte[400 * Block];
        new Random(2).NextBytes(content);
        int open = 0;
        int most = 0;
        JoinPart[] parts = [.. Enumerable.Range(0, 100).Select(i =>
        {
            byte[] part = Checksums(content, [.. Enumerable.Range(0, 4).Select(stripe => new BlockRun((stripe * 100) + i, 1))]);
            return new JoinPart($"part {i}", () => new ForwardStream(part, () => most = Math.Max(most, ++open), () => open--));
        })];

        Assert.Equal(Checksums(content), Join(parts));
        Assert.Equal((0, 100), (open, most));
    }

    [Fact]
    public void Files_that_follow_one_another_are_open_one_at_a_time()
    {
        byte[] content = new byte[100 * Block];
        new Random(3).NextBytes(content);
        int open = 0;
        int most = 0;
        JoinPart[] parts = [.. Enumerable.Range(0, 100).Select(i =>
        {
            byte[] part = Checksums(content, new BlockRun(i, 1));
            return new JoinPart($"part {i}", () => new CountedStream(part, () => most = Math.Max(most, ++open), () => open--));
        })];

        Assert.Equal(Checksums(content), Join(parts));
        Assert.Equal((0, 1), (open, most));
    }

    [Fact]
    public void Parts_that_disagree_are_named_with_all_ranges()
    {
        byte[] content = Content(20);
        byte[] other = [.. content];
        other[5 * Block]++;
        other[6 * Block]++;
        other.AsSpan(9 * Block, Block).Clear();
        byte[][] parts = [
            Checksums(content, new BlockRun(12, 8)), Checksums(content, new BlockRun(0, 11)), Checksums(other, new BlockRun(4, 9))];

        SyncException refused = Assert.Throws<SyncException>(() => Join(parts));

        Assert.Equal(SyncError.Mismatch, refused.Error);
        Assert.Equal([new BlockRun(5, 2), new BlockRun(9, 1)], refused.Ranges);
        Assert.Equal("part 1 and part 2 disagree in 3 blocks (5-6, 9)", refused.Message);
    }

    [Fact]
    public void Blocks_that_no_part_has_are_named()
    {
        byte[] content = Content(20);
        byte[][] parts = [
            Checksums(content, new BlockRun(12, 3)), Checksums(content, new BlockRun(2, 5)), Checksums(content, new BlockRun(4, 7))];

        SyncException refused = Assert.Throws<SyncException>(() => Join(parts));

        Assert.Equal(SyncError.Mismatch, refused.Error);
        Assert.Equal([new BlockRun(0, 2), new BlockRun(11, 1), new BlockRun(15, 5)], refused.Ranges);
    }

    [Theory]
    [InlineData(19 * Block, Block, "xxh128", "the parts have different target sizes: part 0 has 10240, part 1 has 9728")]
    [InlineData(20 * Block, 2 * Block, "xxh128", "the parts have different block sizes: part 0 has 512, part 1 has 1024")]
    [InlineData(20 * Block, Block, "xxh3", "the parts have different hashes: part 0 has xxh128, part 1 has xxh3")]
    public void Parts_of_different_targets_or_kinds_are_refused(int size, int blockSize, string hash, string words)
    {
        byte[] content = Content(20);
        byte[] other = FourSteps.Checksums(
            FakeStorage.File(content.AsSpan(0, size)), new ChecksumSpecification { BlockSize = blockSize, Hash = BlockHash.Find(hash)! });

        SyncException refused = Assert.Throws<SyncException>(() => Join([Checksums(content), other]));

        Assert.Equal((SyncError.Mismatch, words), (refused.Error, refused.Message));
    }

    [Fact]
    public void Damage_is_found_wherever_it_lies()
    {
        byte[] content = Content(20);
        byte[] sound = Checksums(content, new BlockRun(0, 12));
        byte[] part = Checksums(content, new BlockRun(10, 10));
        byte[] nothing = Checksums(content, new BlockRun(30, 10));
        foreach (byte[] file in new[] { part, nothing })
        {
            for (int at = 0; at < file.Length; at++)
            {
                byte[] damaged = [.. file];
                damaged[at] ^= 0x10;
                Assert.Throws<MessageFormatException>(() => Join([sound, part, damaged]));
            }

            Assert.Throws<MessageFormatException>(() => Join([sound, part, [.. file, 0]]));
            Assert.Throws<MessageFormatException>(() => Join([sound, part, file[..^1]]));
        }
    }

    [Fact]
    public void A_part_that_is_another_one_when_its_turn_comes_is_refused()
    {
        byte[] content = Content(20);
        Queue<byte[]> versions = new([Checksums(content, new BlockRun(10, 10)), Checksums(content, new BlockRun(9, 11))]);
        JoinPart[] parts = [
            new("part 0", () => new MemoryStream(Checksums(content, new BlockRun(0, 10)))),
            new("part 1", () => new MemoryStream(versions.Dequeue()))];

        SyncException refused = Assert.Throws<SyncException>(() => Join(parts));

        Assert.Equal((SyncError.SourceChanged, "part 1"), (refused.Error, refused.Subject));
    }

    [Fact]
    public void More_ranges_than_a_file_can_have_are_refused_unless_they_touch()
    {
        // Every fourth block, 65,536 of them a part. Holes, so that it takes no time.
        FakeStorage target = new(DiskImage.Sparse(6L * FormatLimits.MaxRanges * Block));
        byte[] one = Every(from: 0);
        byte[] other = Every(from: 2);
        byte[] between = Every(from: 1);

        SyncException refused = Assert.Throws<SyncException>(() => Join([one, other], partial: true));
        Assert.Equal(
            (SyncError.Mismatch, "the parts have 131072 ranges together; a checksum file has at most 65536"),
            (refused.Error, refused.Message));
        Assert.Equal(
            FourSteps.Checksums(
                target, new ChecksumSpecification { BlockSize = Block, Coverage = BlockCoverage.Of(Ranges(0).Concat(Ranges(1))) }),
            Join([one, between], partial: true));

        byte[] Every(int from) =>
            FourSteps.Checksums(target, new ChecksumSpecification { BlockSize = Block, Coverage = BlockCoverage.Of(Ranges(from)) });

        static IEnumerable<BlockRun> Ranges(int from) =>
            Enumerable.Range(0, FormatLimits.MaxRanges).Select(i => new BlockRun((i * 4L) + from, 1));
    }

    [Fact]
    public void Parts_of_an_empty_target_are_an_empty_whole() =>
        Assert.Equal(Checksums([]), Join([Checksums([]), Checksums([], new BlockRun(3, 2))]));

    private static byte[] Join(byte[][] parts, bool partial = false, string? label = null) =>
        Join([.. parts.Select((part, i) => new JoinPart($"part {i}", () => new MemoryStream(part)))], partial, label);

    private static byte[] Join(JoinPart[] parts, bool partial = false, string? label = null)
    {
        using MemoryStream output = new();
        JoinOperation.Run(parts, partial, label, output, new SyncOptions());
        return output.ToArray();
    }

    private static byte[] Checksums(byte[] content, params BlockRun[] ranges) => FourSteps.Checksums(
        FakeStorage.File(content), new ChecksumSpecification
        {
            BlockSize = Block,
            Coverage = ranges.Length > 0 ? BlockCoverage.Of(ranges) : BlockCoverage.Whole,
        });

    private static byte[] Content(int blocks)
    {
        byte[] content = new byte[blocks * Block];
        new Random(blocks).NextBytes(content);
        return content;
    }

    private static IEnumerable<BlockRun> Cut(long blocks, params long[] at)
    {
        long[] ends = [.. at, blocks];
        return ends.Select((end, i) => BlockRun.Between(i == 0 ? 0 : ends[i - 1], end));
    }

    private class CountedStream : MemoryStream
    {
        private readonly Action _closed;

        public CountedStream(byte[] bytes, Action opened, Action closed)
            : base(bytes)
        {
            _closed = closed;
            opened();
        }

        protected override void Dispose(bool disposing)
        {
            _closed();
            base.Dispose(disposing);
        }
    }

    private sealed class ForwardStream(byte[] bytes, Action opened, Action closed) : CountedStream(bytes, opened, closed)
    {
        public override bool CanSeek => false;
    }
}

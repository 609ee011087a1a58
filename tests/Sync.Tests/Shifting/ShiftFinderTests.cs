using BinarySync.Sync.Shifting;

namespace BinarySync.Sync.Tests.Shifting;

/// <summary>What is found of content that has moved by bytes. <see cref="ShiftCase"/> checks that each find is true.</summary>
public sealed class ShiftFinderTests
{
    public static TheoryData<string> Hashes => [.. BlockHash.All.Select(hash => hash.Name)];

    [Theory]
    [MemberData(nameof(Hashes))]
    public void Inserted_bytes_cost_no_more_than_the_blocks_beside_them(string hash)
    {
        byte[] a = ShiftCase.Random(600_000, 1);
        byte[] b = [.. a[..200_000], 1, 2, 3, .. a[200_000..]];
        ShiftCase one = new(a, b, 512, BlockHash.Find(hash));
        ShiftedRun found = Assert.Single(one.Find());
        Assert.Equal(390, one.Differing[0].First);
        Assert.Equal(392, found.First);
        Assert.Equal(one.Target.BlockCount, found.Blocks.End);
        Assert.Equal((found.First * 512) - 3, found.SourceOffset);
    }

    [Theory]
    [InlineData(512, 3_000_000, 1)]
    [InlineData(512, 3_000_001, 511)]
    [InlineData(4096, 5_000_000, 1)]
    [InlineData(4096, 5_000_000, 4095)]
    [InlineData(65_536, 6_000_000, 12_345)]
    [InlineData(262_144, 9_000_000, 100_000)]
    [InlineData(1 << 20, 24_000_000, 3)]
    [InlineData(2 << 20, 40_000_000, 2_000_000)]
    public void Bytes_in_front_move_everything(int blockSize, int length, int inserted)
    {
        byte[] a = ShiftCase.Random(length, 2);
        byte[] b = [.. ShiftCase.Random(inserted, 3), .. a];
        ShiftCase one = new(a, b, blockSize);
        ShiftedRun found = Assert.Single(one.Find());
        Assert.Equal(1, found.First);
        Assert.Equal(blockSize - inserted, found.SourceOffset);
        Assert.Equal(one.Target.BlockCount, found.Blocks.End);
    }

    [Theory]
    [InlineData(512, 3_000_000, 1)]
    [InlineData(4096, 5_000_000, 4095)]
    [InlineData(1 << 20, 24_000_000, 3)]
    public void Bytes_cut_off_in_front_move_everything(int blockSize, int length, int cut)
    {
        byte[] a = ShiftCase.Random(length, 2);
        ShiftCase one = new(a, a[cut..], blockSize);
        ShiftedRun found = Assert.Single(one.Find());
        Assert.Equal(one.Target.BlockCount, found.Blocks.End);
        Assert.InRange(found.First, 0, 1);
    }

    [Fact]
    public void Each_of_several_edits_costs_a_few_blocks()
    {
        byte[] a = ShiftCase.Random(4_000_000, 4);
        byte[] b = [.. a[..1000], 7, .. a[1000..900_000], .. a[900_100..1_700_000], .. ShiftCase.Random(5000, 5), .. a[1_700_000..]];
        ShiftCase one = new(a, b, 512);
        IReadOnlyList<ShiftedRun> found = one.Find();
        Assert.Equal(3, found.Count);
        Assert.InRange(ShiftCase.Blocks(found), one.DifferingBlocks - 20, one.DifferingBlocks);
        Assert.Equal([-1, 99, -4901], found.Select(run => run.SourceOffset - (run.First * 512)));
    }

    // Also by multiples of a block, and backwards.
    [Fact]
    public void Stretches_that_changed_places_are_found()
    {
        byte[] a = ShiftCase.Random(4_000_000, 6);
        byte[] b = [.. a[3_000_000..], .. a[1_000_000..3_000_000], .. a[..1_000_000]];
        ShiftCase one = new(a, b, 512);
        Assert.InRange(ShiftCase.Blocks(one.Find()), one.DifferingBlocks - 6, one.DifferingBlocks);

        byte[] aligned = [.. a[2_048_000..], .. a[..2_048_000]];
        ShiftCase two = new(a, aligned, 512);
        Assert.InRange(ShiftCase.Blocks(two.Find()), two.DifferingBlocks - 3, two.DifferingBlocks);
    }

    // Behind the first blocks of what differs only samples are looked at: nine blocks suffice.
    [Fact]
    public void A_run_of_nine_blocks_in_new_content_is_found_wherever_it_is()
    {
        byte[] a = ShiftCase.Random(100_000, 7);
        for (int at = 40_000; at < 44_000; at += 97)
        {
            byte[] b = ShiftCase.Random(80_000, at);
            a.AsSpan(50_001, 9 * 512 + 511).CopyTo(b.AsSpan(at));
            Assert.InRange(ShiftCase.Blocks(new ShiftCase(a, b, 512).Find()), 8, 9);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    public void The_short_last_block_of_both_is_found_behind_the_one_before_it(int more)
    {
        byte[] a = ShiftCase.Random(100_000 + 300, 8);
        byte[] b = [.. ShiftCase.Random(700 + more, 9), .. a];
        ShiftCase one = new(a, b, 512);
        Assert.Equal(one.Target.BlockCount, one.Find()[^1].Blocks.End);
    }

    [Fact]
    public void New_content_costs_no_hashes_and_is_read_once()
    {
        byte[] a = ShiftCase.Random(3_000_000, 10);
        ShiftCase one = new(a, ShiftCase.Random(3_000_000, 11), 4096);
        Assert.Empty(one.Find());
        Assert.Equal(0, one.Asked);
        Assert.InRange(one.Finder!.HashedBytes, 0, 20 * 4096);
        Assert.InRange(one.Finder.ReadBytes, 3_000_000, 3_000_000 + (4 * 4096));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0xFF)]
    public void Content_of_one_byte_is_passed_over(byte value)
    {
        byte[] a = ShiftCase.Random(3_000_000, 12);
        a.AsSpan(500_000, 1_000_000).Fill(value);
        byte[] b = new byte[2_000_000];
        b.AsSpan().Fill(value);
        (b[0], b[^1]) = (1, 1);
        ShiftCase one = new(a, b, 512) { Differing = [new BlockRun(0, 2_000_000 / 512)] };
        Assert.Empty(one.Find());
        Assert.InRange(one.Finder!.HashedBytes, 0, 10_000);
    }

    // But it belongs to a run that has other content before or behind it.
    [Fact]
    public void Content_of_one_byte_inside_other_content_moves_with_it()
    {
        byte[] a = ShiftCase.Random(3_000_000, 12);
        a.AsSpan(500_000, 1_000_000).Fill(0xFF);
        a.AsSpan(1_700_000, 100_000).Clear();
        byte[] b = [1, .. a];
        ShiftCase one = new(a, b, 512) { Differing = [new BlockRun(0, 5860)] };
        Assert.Single(one.Find());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(300)]
    [InlineData(512)]
    [InlineData(1000)]
    [InlineData(5000)]
    public void Periodic_content_costs_a_constant_factor(int period)
    {
        byte[] a = new byte[2_000_000];
        byte[] pattern = ShiftCase.Random(period, 13);
        for (int i = 0; i < a.Length; i++)
        {
            a[i] = pattern[i % period];
        }

        byte[] b = [9, .. a[..700_000], 8, 8, .. a[700_003..]];
        ShiftCase one = new(a, b, 512);
        one.Find();
        Assert.InRange(one.Finder!.HashedBytes, 0, 16L * b.Length);
    }

    // A block that is everywhere leads to a wrong place first: the run found behind it takes it over.
    [Fact]
    public void A_run_takes_over_short_runs_that_lie_on_its_way()
    {
        byte[] a = ShiftCase.Random(1_000_000, 14);
        for (int block = 0; block < a.Length / 512; block += 5)
        {
            a.AsSpan(0, 512).CopyTo(a.AsSpan(block * 512));
        }

        byte[] b = [.. ShiftCase.Random(100, 15), .. a[51_200..]];
        ShiftCase one = new(a, b, 512);
        Assert.Single(one.Find());
    }

    // The sum is linear: adding to one byte, and taking as much off the next ones as its factor says, leaves it as it is.
    [Fact]
    public void Windows_with_the_sum_of_a_block_but_other_content_cost_a_constant_factor()
    {
        const int BlockSize = 512;
        byte[] period = ShiftCase.Random(BlockSize, 16);
        byte[] b = new byte[5_000 * BlockSize];
        for (int i = 0; i < b.Length; i++)
        {
            b[i] = period[i % BlockSize];
        }

        // All rotations of the period are windows of B. A has a block with the sum of each, and with other content.
        byte[] a = new byte[BlockSize * BlockSize];
        byte[] twice = [.. period, .. period];
        for (int i = 0; i < BlockSize; i++)
        {
            Span<byte> block = a.AsSpan(i * BlockSize, BlockSize);
            new Random(i).NextBytes(block);
            SumCollision.Give(block, RollingSum.Of(twice.AsSpan(i, BlockSize)));
        }

        ShiftCase one = new(a, b, BlockSize, BlockHash.Xxh3);
        Assert.Empty(one.Find());
        Assert.InRange(one.Finder!.HashedBytes, b.Length / 10, 16L * b.Length);
        Assert.Equal(0, one.Asked);
    }

    [Fact]
    public void Blocks_of_the_base_with_one_sum_do_not_hide_the_others()
    {
        const int BlockSize = 512;
        byte[] a = ShiftCase.Random(700 * BlockSize, 17);
        for (int i = 0; i < 300; i++)
        {
            SumCollision.Give(a.AsSpan(i * BlockSize, BlockSize), 12345);
        }

        byte[] b = [1, .. a[(350 * BlockSize)..]];
        ShiftCase one = new(a, b, BlockSize);
        Assert.InRange(ShiftCase.Blocks(one.Find()), one.DifferingBlocks - 3, one.DifferingBlocks);
    }

    [Fact]
    public void The_threads_do_not_matter()
    {
        (byte[] a, byte[] b) = Edits.Make(18, 8_000_000, 60);
        IReadOnlyList<ShiftedRun> alone = new ShiftCase(a, b, 512).Find();
        Assert.NotEmpty(alone);
        for (int threads = 2; threads <= 5; threads++)
        {
            Assert.Equal(alone, new ShiftCase(a, b, 512) { Threads = threads }.Find());
        }
    }

    [Theory]
    [InlineData(4000)]
    [InlineData(1000)]
    [InlineData(100)]
    public void A_table_that_is_too_small_has_every_so_manieth_block(int entries)
    {
        byte[] a = ShiftCase.Random(12_000_000, 19);
        byte[] b = [.. a[..3_000_000], 1, .. a[3_000_000..6_000_000], .. a[6_000_100..]];
        ShiftCase one = new(a, b, 512) { Limits = new ShiftLimits { MostEntries = entries } };
        IReadOnlyList<ShiftedRun> found = one.Find();
        Assert.Equal(2, found.Count);
        Assert.InRange(ShiftCase.Blocks(found), one.DifferingBlocks - 10, one.DifferingBlocks);
    }

    [Fact]
    public void Beyond_the_most_runs_blocks_are_only_counted()
    {
        (byte[] a, byte[] b) = Edits.Make(20, 2_000_000, 60);
        IReadOnlyList<ShiftedRun> all = new ShiftCase(a, b, 512).Find();
        Assert.True(all.Count > 20);
        ShiftCase few = new(a, b, 512) { Limits = new ShiftLimits { MostRuns = 20 } };
        Assert.Equal(all.Take(20), few.Find());
        Assert.Equal(ShiftCase.Blocks(all.Skip(20)), few.Finder!.BlocksLeftOut);
    }

    [Fact]
    public void Nothing_that_differs_or_nothing_in_the_base_finds_nothing()
    {
        byte[] a = ShiftCase.Random(100_000, 21);
        Assert.Empty(new ShiftCase(a, a, 512).Find());
        Assert.Empty(new ShiftCase([], a, 512).Find());
        Assert.Empty(new ShiftCase(new byte[50_000], a, 512).Find());
        Assert.Empty(new ShiftCase(a, a[..300], 512) { Differing = [new BlockRun(0, 1)] }.Find());
        Assert.Empty(new ShiftCase(a[..300], a, 512).Find());
    }

    [Fact]
    public void Runs_that_touch_are_one()
    {
        byte[] a = ShiftCase.Random(100_000, 22);
        byte[] b = [1, .. a];
        ShiftCase whole = new(a, b, 512) { Differing = [new BlockRun(0, 196)] };
        ShiftCase cut = new(a, b, 512) { Differing = [new BlockRun(0, 50), new BlockRun(50, 100), new BlockRun(150, 46)] };
        Assert.Equal(whole.Find(), cut.Find());
    }

    [Fact]
    public void A_block_that_cannot_be_read_is_named()
    {
        byte[] a = ShiftCase.Random(100_000, 23);
        using FakeStorage master = FakeStorage.File([1, .. a]);
        master.Spoil(51_200, 100);
        ShiftFinder finder = new(
            master, new BlockGeometry(100_001, 512), new MemoryBase(a, 512, BlockHash.Xxh128), new ShiftLimits(), new SyncOptions());
        SyncException failure = Assert.Throws<SyncException>(() => finder.Find([new BlockRun(0, 196)]));
        Assert.Equal(SyncReason.UnreadableBlocks, failure.Reason);
        Assert.Equal([new BlockRun(100, 1)], failure.Ranges);
    }

    [Theory]
    [InlineData(512, 300_000, 8, 200)]
    [InlineData(512, 3_000_000, 30, 8)]
    [InlineData(4096, 3_000_000, 8, 10)]
    public void Whatever_is_edited_most_of_it_is_found(int blockSize, int length, int edits, int cases)
    {
        for (int seed = 0; seed < cases; seed++)
        {
            (byte[] a, byte[] b) = Edits.Make(seed + 1000, length, edits);
            ShiftCase one = new(a, b, blockSize) { Threads = 2 };
            long found = ShiftCase.Blocks(one.Find());

            // Of each run that a naive search finds, a few blocks at both ends; short runs may be left out.
            (long naive, int runs) = Naive.Find(a, b, blockSize, one.Differing);
            Assert.True(found >= naive - (11L * runs), $"seed {seed}: {found} of {naive} in {runs} runs");
        }
    }
}

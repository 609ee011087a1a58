using BinarySync.Sync.Checksums;
using BinarySync.Sync.Collecting;
using BinarySync.Sync.Comparing;
using BinarySync.Sync.Pipeline;
using BinarySync.Sync.Shifting;

namespace BinarySync.Sync.Tests.Shifting;

/// <summary>A data file made from the master and the remote's rolling sums: what it copies is true, and it finds what there is.</summary>
public sealed class ShiftedOperationTests
{
    private const int Block = 512;

    private static readonly ChecksumSpecification How = new() { BlockSize = Block, RollingSums = true };

    [Fact]
    public void Any_two_contents_become_equal() => SyncCases.Shifted.CheckFitting(120, sync =>
    {
        SyncModel model = new(sync with { RangesB = BlockCoverage.Whole });
        if (model.NothingInCommon)
        {
            return false;
        }

        byte[] remote = FourSteps.Checksums(sync.StorageA, sync.HowA with { RollingSums = true });
        HolePolicy holes = sync.Seed % 2 == 0 ? HolePolicy.Trust : HolePolicy.Read;
        FakeStorage target = sync.StorageA;

        byte[] dataFile = FourSteps.Shifted(sync.StorageB, remote, sync.HowData, holes, threads: sync.Threads);

        Assert.Equal(dataFile, FourSteps.Shifted(sync.StorageB, remote, sync.HowData, holes, threads: 1));
        FourSteps.Apply(target, dataFile);
        Assert.Equal(model.Expected, target.Content);
        return true;
    });

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(-1)]
    [InlineData(-1000)]
    public void Content_that_moved_is_not_sent(int bytes)
    {
        byte[] a = Random(1, 3000 * Block);
        byte[] b = bytes > 0 ? [.. Random(2, bytes), .. a] : a[-bytes..];
        OnePassResult? made = null;

        byte[] dataFile = FourSteps.Shifted(FakeStorage.File(b), FourSteps.Checksums(FakeStorage.File(a), How), see: one => made = one);

        Assert.InRange(made!.File.Trailer.DataBlocks, 0, 3);
        Assert.Equal((b.Length + Block - 1) / Block, made.File.Trailer.DataBlocks + made.File.Trailer.CopyBlocks);
        Assert.True(made.File.Header.AllowsShift);
        Assert.Equal(b, Applied(a, dataFile));
    }

    [Fact]
    public void What_lies_in_several_places_is_put_together()
    {
        byte[] a = Random(1, 4000 * Block);
        byte[] b = [.. a[..100_000], .. Random(2, 333), .. a[100_000..900_000], .. a[950_001..], .. Random(3, 5000), .. a[5..70_000]];
        OnePassResult? made = null;

        byte[] dataFile = FourSteps.Shifted(FakeStorage.File(b), FourSteps.Checksums(FakeStorage.File(a), How), see: one => made = one);

        Assert.InRange(made!.File.Trailer.DataBytes, 5333, 20_000);
        Assert.Equal(b, Applied(a, dataFile));
    }

    // Where A and B are both zeros nothing differs, and what lies between two such stretches moved as one piece with them.
    [Theory]
    [InlineData(100)]
    [InlineData(-100)]
    public void What_moved_between_stretches_that_do_not_differ_is_found_to_its_edges(int bytes)
    {
        const int Stretch = 12 * Block;
        byte[] a = Random(1, 41 * Stretch);
        for (int i = 1; i < 40; i += 2)
        {
            // From within a block to within a block.
            a.AsSpan((i * Stretch) + 200, Stretch - 150).Clear();
        }

        byte[] b = bytes > 0 ? [.. Random(2, bytes), .. a] : a[-bytes..];
        OnePassResult? made = null;

        byte[] dataFile = FourSteps.Shifted(FakeStorage.File(b), FourSteps.Checksums(FakeStorage.File(a), How), see: one => made = one);

        Assert.InRange(made!.File.Trailer.DataBlocks, 0, 2);
        Assert.InRange(made.File.Trailer.CopyBlocks, 240, 300);
        Assert.Equal(b, Applied(a, dataFile));
    }

    [Fact]
    public void If_nothing_moved_it_is_the_request_of_two_checksum_files()
    {
        byte[] a = Random(1, 100 * Block);
        byte[] b = [.. a];
        b[7 * Block]++;
        byte[] remote = FourSteps.Checksums(FakeStorage.File(a), How);

        Assert.Equal(FourSteps.OnePass(FakeStorage.File(b), remote), FourSteps.Shifted(FakeStorage.File(b), remote));
    }

    [Fact]
    public void More_copies_than_there_is_room_for_are_sent_and_counted()
    {
        byte[] a = Random(1, 400 * Block);
        byte[] b = [.. Random(2, 3), .. a[..100_000], .. Random(3, 3), .. a[100_000..]];
        OnePassResult? made = null;

        byte[] dataFile = FourSteps.Shifted(
            FakeStorage.File(b), FourSteps.Checksums(FakeStorage.File(a), How), limits: new ShiftLimits { MostRuns = 1 },
            see: one => made = one);

        Assert.InRange(made!.BlocksLeftOut, 150, 210);
        Assert.Equal(b, Applied(a, dataFile));
    }

    // A piece of large blocks is not in memory as a whole: what leaves a window and what enters it are read by themselves.
    [Theory]
    [InlineData(1 << 20, SumTable.MostEntries)]
    [InlineData(1 << 19, 8)]
    public void Content_of_large_blocks_is_found_wherever_it_begins(int blockSize, int mostEntries)
    {
        byte[] a = Random(1, 6 << 20);
        ChecksumSpecification how = How with { BlockSize = blockSize };
        byte[] remote = FourSteps.Checksums(FakeStorage.File(a), how);
        foreach (int length in (int[])[(5 << 19) + 100, (15 << 18) + 77])
        {
            byte[] b = [.. Random(2, length), .. a];
            OnePassResult? made = null;

            byte[] dataFile = FourSteps.Shifted(
                FakeStorage.File(b), remote, limits: new ShiftLimits { MostEntries = mostEntries }, see: one => made = one);

            Assert.Equal((length + blockSize - 1) / blockSize, made!.File.Trailer.DataBlocks);
            Assert.Equal(b, Applied(a, dataFile));
        }
    }

    [Fact]
    public void What_is_beside_a_change_and_has_not_moved_takes_no_room()
    {
        byte[] a = Random(1, 400 * Block);
        byte[] edited = [.. a];
        for (int block = 5; block < 200; block += 10)
        {
            edited[block * Block]++;
        }

        byte[] b = [.. edited[..150_000], .. Random(2, 3), .. edited[150_000..]];
        OnePassResult? made = null;

        byte[] dataFile = FourSteps.Shifted(
            FakeStorage.File(b), FourSteps.Checksums(FakeStorage.File(a), How), limits: new ShiftLimits { MostRuns = 2 },
            see: one => made = one);

        Assert.Equal(0, made!.BlocksLeftOut);
        Assert.InRange(made.File.Trailer.CopyBlocks, 100, 110);
        Assert.Equal(b, Applied(a, dataFile));
    }

    [Fact]
    public void A_master_that_changes_in_between_is_said_to_have_changed()
    {
        byte[] a = Random(1, 100 * Block);
        byte[] b = [.. Random(2, 100), .. a];
        byte[] remote = FourSteps.Checksums(FakeStorage.File(a), How);
        FakeStorage master = FakeStorage.File(b);
        using MemoryStream output = new();
        int spools = 0;

        SyncException changed = Assert.Throws<SyncException>(() =>
        {
            ShiftedOperation.Run(
                master,
                new ChecksumSource(new MemoryStream(remote), "remote.ckf"),
                new DataFileSpecification { Live = true },
                HolePolicy.Trust,
                output,
                () =>
                {
                    if (++spools == 2)
                    {
                        master.Write(new byte[100], 0);
                    }

                    return new MemoryStream();
                },
                new SyncOptions());
        });

        Assert.Equal(SyncReason.SourceChanged, changed.Reason);
    }

    [Fact]
    public void A_checksum_file_without_rolling_sums_is_refused()
    {
        byte[] a = Random(1, 10 * Block);

        SyncException refused = Assert.Throws<SyncException>(
            () => { FourSteps.Shifted(FakeStorage.File(a), FourSteps.Checksums(FakeStorage.File(a), How with { RollingSums = false })); });

        Assert.Equal(SyncReason.NoRollingSums, refused.Reason);
    }

    [Fact]
    public void Blocks_of_the_largest_size_take_no_memory_of_that_size()
    {
        ChecksumSpecification how = How with { BlockSize = FormatLimits.MaxBlockSize };
        ChecksumSource remote = new(new MemoryStream(FourSteps.Checksums(FakeStorage.File(Random(1, 10 * Block)), how)), "remote.ckf");
        byte[] hash = new byte[how.Hash.Length];
        long before = GC.GetAllocatedBytesForCurrentThread();

        using (BaseBlocks blocks = new(remote))
        {
            blocks.ReadAll((_, _, _) => { });
            Assert.False(blocks.Matches(0, hash));
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    // Sections end at 32,768 blocks: what is asked for lies in many of them, in any order.
    [Fact]
    public void Content_of_many_sections_is_found()
    {
        const int Sections = 12;
        byte[] a = new byte[Sections * 40_000 * Block];
        for (int i = 0; i < Sections; i++)
        {
            Random(i + 1, 300 * Block).CopyTo(a, i * 40_000 * Block);
        }

        byte[] b = [.. Enumerable.Range(0, Sections).Reverse().SelectMany(i => Random(i + 1, 300 * Block)[7..])];
        OnePassResult? made = null;

        byte[] dataFile = FourSteps.Shifted(FakeStorage.File(b), FourSteps.Checksums(FakeStorage.File(a), How), see: one => made = one);

        Assert.InRange(made!.File.Trailer.DataBlocks, 1, 4 * Sections);
        Assert.Equal(b, Applied(a, dataFile));
    }

    private static byte[] Applied(byte[] a, byte[] dataFile)
    {
        FakeStorage target = FakeStorage.File(a);
        FourSteps.Apply(target, dataFile);
        return target.Content;
    }

    private static byte[] Random(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

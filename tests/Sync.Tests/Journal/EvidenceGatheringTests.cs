using BinarySync.Storage.State;
using BinarySync.Sync.Applying.Evidence;
using BinarySync.Sync.Applying.Journal;

namespace BinarySync.Sync.Tests.Journal;

/// <summary>Which places of a target are kept as evidence.</summary>
public sealed class EvidenceGatheringTests
{
    private static readonly SyncGeometry Geometry = new(4096 * 10_000L, 4096 * 10_000L, 4096, BlockCoverage.Whole);

    [Fact]
    public void Witnesses_do_not_depend_on_the_order_in_which_blocks_come()
    {
        byte[] content = new byte[4096];
        int[] blocks = [.. Enumerable.Range(0, 5000).Select(i => i * 2)];
        WitnessCollector ascending = new(Geometry);
        WitnessCollector shuffled = new(Geometry);
        foreach (int block in blocks)
        {
            Add(ascending, block, content);
        }

        new Random(1).Shuffle(blocks);
        foreach (int block in blocks)
        {
            Add(shuffled, block, content);
        }

        long[] kept = [.. ascending.Finish().Select(cell => cell.Number)];
        Assert.Equal(kept, shuffled.Finish().Select(cell => cell.Number));
        Assert.InRange(kept.Length, WitnessCollector.MostCells / 4, WitnessCollector.MostCells + 16);
        Assert.Equal(Enumerable.Range(0, 16).Select(i => i * 2L), kept.Take(16));
        Assert.False(ascending.IsComplete);

        // In each tenth of the target.
        Assert.Equal(10, kept.Select(number => number / 1000).Distinct().Count());
    }

    [Fact]
    public void All_are_kept_where_there_is_room()
    {
        WitnessCollector witnesses = new(Geometry);
        for (int block = 0; block < WitnessCollector.MostCells; block++)
        {
            Add(witnesses, block, new byte[4096]);
        }

        Assert.True(witnesses.IsComplete);
        Assert.Equal(WitnessCollector.MostCells, witnesses.Finish().Count);
        Assert.All(witnesses.Finish(), cell => Assert.Equal(byte.MaxValue, cell.Known));
    }

    [Fact]
    public void A_sector_of_which_only_one_side_is_known_is_no_witness()
    {
        WitnessCollector witnesses = new(new SyncGeometry(1500, 1000, 512, BlockCoverage.Whole));
        witnesses.AddBefore(0, new byte[1500], becomesZero: true);
        witnesses.AddAfter(0, new byte[512]);

        // The second sector of B is short, and A goes on behind it.
        Assert.Equal([1], witnesses.Finish().Select(cell => (int)cell.Known));
    }

    [Fact]
    public void The_most_evidence_fits_into_a_journal()
    {
        WitnessCell[] cells = [.. Enumerable.Range(0, WitnessCollector.MostCells + 16).Select(
            i => new WitnessCell(i, byte.MaxValue, new uint[8], new uint[8]))];
        JournalRecord record = new()
        {
            Session = new byte[16],
            BaseSize = 1,
            TargetSize = 1,
            Target = new string('t', 5000),
            Patch = new string('p', 5000),
            Windows = [.. Enumerable.Range(0, JournalRecord.MaxWindows).Select(i => new ByteRange(i * 1000, (i * 1000) + 10))],
            Evidence = new TargetEvidence { Cells = cells, Pieces = [.. Enumerable.Range(0, 49).Select(i => new SeenPiece(i, 10, 1))] },
        };
        byte[] file = record.ToFile();

        Assert.InRange(file.Length, 1, StateFile.LargestContent);
        foreach (JournalRecord one in new[] { record, record with { Sequence = 1 } })
        {
            Assert.Equal(JournalContent.Valid, JournalRecord.TryDecode(one.ToFile(), out JournalRecord? read));
            Assert.Equal(one.Encode(), read!.Encode());
        }
    }

    [Fact]
    public void Untouched_places_are_spread_and_near_and_never_among_what_changes()
    {
        byte[] a = new byte[512 * 1000];
        new Random(1).NextBytes(a);
        byte[] b = [.. a];
        foreach (int block in new[] { 0, 1, 100, 101, 102, 500, 640, 999 })
        {
            b[block * 512] ^= 1;
        }

        byte[] dataFile = FourSteps.DataFile(a, b);
        UntouchedBlocks places = new(new SyncGeometry(a.Length, b.Length, 512, BlockCoverage.Whole), BlockCoverage.Whole);
        foreach (OperationGroup group in FourSteps.Groups(dataFile))
        {
            places.Add(group);
        }

        IReadOnlyList<long> found = places.Finish();

        Assert.DoesNotContain(found, block => FourSteps.Blocks(dataFile).Contains(block));
        Assert.Equal([.. found.Order().Distinct()], found);
        Assert.Equal(10, found.Select(block => block / 100).Distinct().Count());
        Assert.Contains(103, found);
        Assert.Contains(499, found);
        Assert.InRange(found.Count, 32, 48);
    }

    [Fact]
    public void Nothing_outside_of_the_ranges_is_looked_at()
    {
        BlockCoverage coverage = BlockCoverage.Of([new BlockRun(10, 5)]);
        UntouchedBlocks places = new(new SyncGeometry(512 * 1000, 512 * 1000, 512, coverage), coverage);

        Assert.All(places.Finish(), block => Assert.InRange(block, 10, 14));
    }

    private static void Add(WitnessCollector witnesses, long block, byte[] content)
    {
        witnesses.AddBefore(block * 4096, content, becomesZero: false);
        witnesses.AddAfter(block * 4096, content);
    }
}

using BinarySync.Sync.Applying.Journal;

namespace BinarySync.Sync.Tests.Journal;

/// <summary>Which blocks a journal does not vouch for, against a look at each single one.</summary>
public sealed class PatchDoubtTests
{
    private const int BlockSize = 512;

    [Fact]
    public void A_run_is_cut_where_blocks_that_may_be_torn_begin_and_end()
    {
        Random random = new(1);
        for (int i = 0; i < 2000; i++)
        {
            JournalRecord record = Record(
                JournalRecord.Join(Ranges(random)), random.Next(3) == 0 ? JournalRecord.NoDoubt : random.Next(20 * BlockSize));
            PatchDoubt doubt = PatchDoubt.Of(record, BlockSize);
            BlockRun run = new(random.Next(20), random.Next(1, 20));

            List<(BlockRun Blocks, bool MayBeTorn)> parts = [.. doubt.Cut(run)];

            Assert.Equal(FourSteps.Each(run), parts.SelectMany(part => FourSteps.Each(part.Blocks)));
            Assert.All(
                parts, part => Assert.All(FourSteps.Each(part.Blocks), block => Assert.Equal(part.MayBeTorn, IsTorn(record, block))));
            Assert.All(FourSteps.Each(run), block => Assert.Equal(IsTorn(record, block), doubt.MayBeTorn(block)));
            Assert.All(FourSteps.Each(run), block => Assert.Equal((block + 1) * BlockSize > record.DoubtFrom, doubt.DoubtsNew(block)));
            Assert.Equal(FourSteps.Each(run).Any(block => doubt.MayBeTorn(block) || doubt.DoubtsNew(block)), doubt.Touches(run));
            Assert.Equal(record.Windows.Count == 0 && record.DoubtFrom == JournalRecord.NoDoubt, doubt.IsNone);
        }
    }

    [Fact]
    public void A_finished_journal_doubts_nothing()
    {
        JournalRecord record = Record([new ByteRange(0, 4096)], 0) with { IsFinished = true };

        Assert.True(PatchDoubt.Of(record, BlockSize).IsNone);
    }

    private static bool IsTorn(JournalRecord record, long block) =>
        record.Windows.Any(window => window.Offset < (block + 1) * BlockSize && window.End > block * BlockSize);

    private static IEnumerable<ByteRange> Ranges(Random random)
    {
        for (int i = random.Next(5); i > 0; i--)
        {
            long offset = random.Next(20 * BlockSize);
            yield return new ByteRange(offset, offset + random.Next(4 * BlockSize));
        }
    }

    private static JournalRecord Record(IReadOnlyList<ByteRange> windows, long doubtFrom) => new()
    {
        Session = new byte[16],
        Windows = windows,
        DoubtFrom = doubtFrom,
        BaseSize = 1 << 20,
        TargetSize = 1 << 20,
        Target = "file:target",
        Patch = "update.dtf",
    };
}

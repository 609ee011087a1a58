using FsCheck;
using FsCheck.Fluent;

namespace BinarySync.Format.Tests.Properties;

/// <summary>Coverage operations against a set of block numbers.</summary>
public class CoverageProperties
{
    private const int Blocks = 24;

    private static Gen<BlockRun> AnyRun =>
        from first in Gen.Choose(0, Blocks) from count in Gen.Choose(0, 8) select new BlockRun(first, count);

    private static Gen<BlockCoverage> AnyCoverage => Gen.OneOf(
        Gen.Constant(BlockCoverage.Whole),
        AnyRun.ListOf().Select(BlockCoverage.Of),
        from ranges in AnyRun.ListOf()
        from last in Gen.Choose(0, Blocks)
        select BlockCoverage.Of([.. ranges, BlockRun.From(last)]));

    [Fact]
    public void Ranges_are_maximal_and_ascend() => Property.Holds(AnyCoverage, coverage =>
    {
        for (int i = 0; i < coverage.Ranges.Length; i++)
        {
            Assert.True(coverage.Ranges[i].Count > 0);
            Assert.True(i == 0 || coverage.Ranges[i].First > coverage.Ranges[i - 1].End);
        }
    }, times: 500);

    [Fact]
    public void Intersection() => Property.Holds(
        from a in AnyCoverage from b in AnyCoverage select (a, b),
        pair => Assert.Equal(SetOf(pair.a).Intersect(SetOf(pair.b)).Order(), SetOf(pair.a.Intersect(pair.b)).Order()),
        times: 2_000);

    [Fact]
    public void Clipping() => Property.Holds(
        from coverage in AnyCoverage from blocks in Gen.Choose(0, Blocks) select (coverage, blocks),
        pair =>
        {
            BlockCoverage clipped = pair.coverage.ClipTo(pair.blocks);
            int[] expected = [.. SetOf(pair.coverage).Where(block => block < pair.blocks).Order()];
            Assert.Equal(expected, SetOf(clipped).Where(block => block < pair.blocks).Order());
            Assert.Equal(expected.Length == pair.blocks, clipped.IsWhole);
            Assert.Equal(expected.Length, pair.coverage.CountIn(pair.blocks));
            Assert.Equal(expected, pair.coverage.RunsIn(pair.blocks).SelectMany(run => Enumerable.Range((int)run.First, (int)run.Count)));
            Assert.Equal(clipped, clipped.ClipTo(pair.blocks));
        },
        times: 2_000);

    [Fact]
    public void Containing_and_overlapping() => Property.Holds(
        from coverage in AnyCoverage
        from first in Gen.Choose(0, Blocks)
        from count in Gen.Choose(0, 8)
        select (
            coverage, run: new BlockRun(first, count)),
        pair =>
        {
            HashSet<int> set = SetOf(pair.coverage);
            int[] blocks = [.. Enumerable.Range((int)pair.run.First, (int)pair.run.Count)];
            Assert.Equal(blocks.All(set.Contains), pair.coverage.Contains(pair.run));
            Assert.Equal(blocks.Any(set.Contains), pair.coverage.Overlaps(pair.run));
        },
        times: 2_000);

    [Fact]
    public void Comparing() => Property.Holds(
        from a in AnyCoverage
        from b in AnyCoverage
        from sizeOfA in Gen.Choose(0, Blocks * 512)
        from sizeOfB in Gen.OneOf(Gen.Choose(0, Blocks * 512), Gen.Constant(sizeOfA))
        select (a, b, sizeOfA, sizeOfB),
        pair =>
        {
            int blocksOfA = (pair.sizeOfA + 511) / 512;
            int blocksOfB = (pair.sizeOfB + 511) / 512;
            int blocks = Math.Max(blocksOfA, blocksOfB);
            BlockCoverage coverageOfA = pair.a.ClipTo(blocksOfA);
            BlockCoverage coverageOfB = pair.b.ClipTo(blocksOfB);
            SyncGeometry geometry = SyncGeometry.Compare(pair.sizeOfA, coverageOfA, pair.sizeOfB, coverageOfB, 512, out bool sizeLeft);

            // Format.md 9.1, word by word.
            HashSet<int> common = [.. Reaching(coverageOfA, blocksOfA).Intersect(
                Reaching(coverageOfB, blocksOfB)).Where(block => block < blocks)];
            int[] tail = pair.sizeOfA == pair.sizeOfB
                ? []
                : [.. Enumerable.Range(Math.Min(pair.sizeOfA, pair.sizeOfB) / 512, blocks - (Math.Min(pair.sizeOfA, pair.sizeOfB) / 512))];
            bool expectLeft = !tail.All(common.Contains);
            if (expectLeft)
            {
                common.ExceptWith(tail);
            }

            Assert.Equal(expectLeft, sizeLeft);
            Assert.Equal(
                common.Order(), geometry.Coverage.RunsIn(blocks).SelectMany(run => Enumerable.Range((int)run.First, (int)run.Count)));
            Assert.Equal(common.Count == blocks, geometry.Coverage.IsWhole);
            int[] mustChange = expectLeft
                ? []
                : [.. tail.Where(
                    block => LengthIn(pair.sizeOfB, block) > 0 && LengthIn(pair.sizeOfA, block) != LengthIn(pair.sizeOfB, block))];
            Assert.Equal(mustChange, Enumerable.Range((int)geometry.MustChange.First, (int)geometry.MustChange.Count));
        },
        times: 5_000);

    private static int LengthIn(int size, int block) => Math.Clamp(size - (block * 512), 0, 512);

    private static HashSet<int> Reaching(BlockCoverage coverage, int blocks)
    {
        HashSet<int> set = [.. SetOf(coverage).Where(block => block < blocks)];
        if (blocks == 0 || set.Contains(blocks - 1))
        {
            set.UnionWith(Enumerable.Range(blocks, (3 * Blocks) - blocks));
        }

        return set;
    }

    // Blocks up to well past the end stand for all that follow.
    private static HashSet<int> SetOf(BlockCoverage coverage) =>
        coverage.IsWhole
            ? [.. Enumerable.Range(0, 3 * Blocks)]
            : [.. Enumerable.Range(0, 3 * Blocks).Where(
                block => coverage.Ranges.ToArray().Any(range => block >= range.First && block < range.End))];
}

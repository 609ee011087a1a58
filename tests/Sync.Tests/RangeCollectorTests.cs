using BinarySync.Sync.Comparing;
using BinarySync.Sync.Requests;

namespace BinarySync.Sync.Tests;

/// <summary>Many runs as few ranges.</summary>
public sealed class RangeCollectorTests
{
    [Fact]
    public void Few_runs_stay_as_they_are_and_those_that_touch_are_one()
    {
        RangeCollector ranges = new(4, BlockCoverage.Whole);
        foreach (BlockRun run in (BlockRun[])[new(0, 2), new(2, 3), new(10, 1), new(12, 1)])
        {
            ranges.Add(run);
        }

        Assert.Equal(BlockCoverage.Of([new BlockRun(0, 5), new BlockRun(10, 1), new BlockRun(12, 1)]), ranges.Finish());
        Assert.False(ranges.HasJoined);
    }

    [Fact]
    public void The_nearest_are_joined_wherever_they_lie_and_whenever_it_is_done()
    {
        Random random = new(7);
        for (int round = 0; round < 200; round++)
        {
            int limit = random.Next(1, 6);
            List<BlockRun> runs = [];
            for (long at = random.Next(3); runs.Count < random.Next(1, 60); at = runs[^1].End + random.Next(1, 9))
            {
                runs.Add(new BlockRun(at, random.Next(1, 4)));
            }

            RangeCollector ranges = new(limit, BlockCoverage.Whole);
            runs.ForEach(ranges.Add);

            Assert.Equal(BlockCoverage.Of(Joined(runs, limit)), ranges.Finish());
            Assert.Equal(runs.Count > limit, ranges.HasJoined);
        }
    }

    [Fact]
    public void A_gap_that_is_not_covered_is_never_filled()
    {
        RangeCollector ranges = new(2, BlockCoverage.Of([new BlockRun(0, 10), new BlockRun(11, 100)]));
        foreach (BlockRun run in (BlockRun[])[new(9, 1), new(11, 1), new(50, 1), new(110, 1)])
        {
            ranges.Add(run);
        }

        Assert.Equal(BlockCoverage.Of([new BlockRun(9, 1), new BlockRun(11, 100)]), ranges.Finish());
    }

    [Fact]
    public void What_goes_to_the_end_takes_in_what_lies_behind_its_beginning()
    {
        RangeCollector ranges = new(4, BlockCoverage.Whole);
        foreach (BlockRun run in (BlockRun[])[new(1, 1), new(5, 3), new(9, 1)])
        {
            ranges.Add(run);
        }

        ranges.AddToEnd(6);
        Assert.Equal(BlockCoverage.Of([new BlockRun(1, 1), BlockRun.From(5)]), ranges.Finish());
    }

    [Fact]
    public void A_request_with_more_runs_than_ranges_is_refined_whole()
    {
        // Every second block of 1 KiB differs: 70,000 runs, more than a request has ranges.
        const int Runs = 70_000;
        using MemoryStream coarse = new();
        DataRequestHeader header = new()
        {
            BlockSize = 1024,
            Hash = BlockHash.Xxh3,
            BaseSize = 2L * Runs * 1024,
            TargetSize = 2L * Runs * 1024,
        };
        DataRequestWriter writer = new(coarse, header);
        for (int i = 0; i < Runs; i++)
        {
            writer.Add(new BlockRun(2 * i, 1), NewKind.Data, OldKind.Zero, [], BitConverter.GetBytes((long)i));
        }

        writer.Finish(new byte[16], new byte[16]);

        RefineResult asked = FourSteps.Refine(coarse.ToArray(), 512);

        Assert.True(asked.HasJoined);
        Assert.Equal(FormatLimits.MaxRanges, asked.Header.Coverage.Ranges.Length);
        Assert.All(Enumerable.Range(0, Runs), i => Assert.True(asked.Header.Coverage.Contains(new BlockRun(4L * i, 2))));
        using MemoryStream request = new();
        ChecksumRequest.Write(request, asked.Header);
        request.Position = 0;
        Assert.Equal(asked.Header, ChecksumRequest.Read(request, "fine.ckr"));
    }

    // The widest gaps stay, of equal ones the first.
    private static List<BlockRun> Joined(List<BlockRun> runs, int limit)
    {
        HashSet<int> kept = [.. Enumerable.Range(1, runs.Count - 1).OrderByDescending(
            i => runs[i].First - runs[i - 1].End).Take(limit - 1)];
        List<BlockRun> joined = [runs[0]];
        for (int i = 1; i < runs.Count; i++)
        {
            if (kept.Contains(i))
            {
                joined.Add(runs[i]);
            }
            else
            {
                joined[^1] = BlockRun.Between(joined[^1].First, runs[i].End);
            }
        }

        return joined;
    }
}

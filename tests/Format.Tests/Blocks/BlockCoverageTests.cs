namespace BinarySync.Format.Tests.Blocks;

/// <summary>Coverages are written as on the command line: "0-3,7,9-" or "whole".</summary>
public class BlockCoverageTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("7", "7")]
    [InlineData("5-6,1-2", "1-2,5-6")] // sorted
    [InlineData("1-2,3-4", "1-4")] // joined where they touch
    [InlineData("1-5,2-3", "1-5")] // or overlap
    [InlineData("1-5,4-9,8-", "1-")]
    [InlineData("3-,1", "1,3-")]
    [InlineData("0-", "whole")]
    [InlineData("4-,0-3", "whole")]
    public void Ranges_are_sorted_and_joined(string given, string expected) => Assert.Equal(expected, Coverage(given).ToString());

    [Fact]
    public void Ranges_without_blocks_vanish() =>
        Assert.Equal("3", BlockCoverage.Of([new BlockRun(1, 0), new BlockRun(3, 1), new BlockRun(4, 0)]).ToString());

    [Theory]
    [InlineData("whole", 5, "whole")]
    [InlineData("1-2", 5, "1-2")]
    [InlineData("1-9", 5, "1-4")]
    [InlineData("1-", 5, "1-4")]
    [InlineData("1,5-7,9", 5, "1")]
    [InlineData("7-9", 5, "")]
    [InlineData("0-", 5, "whole")]
    [InlineData("0-4", 5, "whole")]
    [InlineData("0-9", 5, "whole")]
    [InlineData("0-3", 5, "0-3")]
    [InlineData("3", 0, "whole")] // nothing is left out of nothing
    [InlineData("", 0, "whole")]
    [InlineData("", 5, "")]
    public void Is_clipped_to_a_target(string given, long blocks, string expected) =>
        Assert.Equal(expected, Coverage(given).ClipTo(blocks).ToString());

    [Theory]
    [InlineData("whole", 5, false)]
    [InlineData("0-4", 5, false)]
    [InlineData("0-5", 5, true)]
    [InlineData("2-", 5, false)]
    [InlineData("5-", 5, true)]
    [InlineData("", 5, false)]
    public void Knows_whether_it_goes_past_a_target(string given, long blocks, bool expected) =>
        Assert.Equal(expected, Coverage(given).GoesPast(blocks));

    [Theory]
    [InlineData("whole", 5, "0-4", 5)]
    [InlineData("whole", 0, "", 0)]
    [InlineData("1,3-9,11", 5, "1,3-4", 3)]
    [InlineData("2-", 5, "2-4", 3)]
    [InlineData("5-", 5, "", 0)]
    public void Gives_the_runs_of_a_target(string given, long blocks, string runs, long count)
    {
        Assert.Equal(runs, string.Join(',', Coverage(given).RunsIn(blocks)));
        Assert.Equal(count, Coverage(given).CountIn(blocks));
    }

    [Theory]
    [InlineData("1-3,6", 1, 3, true, true)]
    [InlineData("1-3,6", 0, 2, false, true)]
    [InlineData("1-3,6", 3, 2, false, true)]
    [InlineData("1-3,6", 4, 2, false, false)]
    [InlineData("1-3,6", 3, 4, false, true)] // from one range into the next
    [InlineData("1-3,6", 6, 1, true, true)]
    [InlineData("1-3,6", 7, 1, false, false)]
    [InlineData("1-3,6", 5, 0, true, false)] // no blocks are inside anything and overlap nothing
    [InlineData("", 5, 1, false, false)]
    [InlineData("whole", 5, 1, true, true)]
    [InlineData("whole", 5, 0, true, false)]
    [InlineData("4-", 1L << 50, 1L << 40, true, true)]
    public void Contains_and_overlaps(string given, long first, long count, bool contains, bool overlaps)
    {
        BlockRun run = new(first, count);
        Assert.Equal((contains, overlaps), (Coverage(given).Contains(run), Coverage(given).Overlaps(run)));
    }

    [Theory]
    [InlineData("whole", "whole", "whole")]
    [InlineData("whole", "1-2", "1-2")]
    [InlineData("1-2", "whole", "1-2")]
    [InlineData("1-5", "3-9", "3-5")]
    [InlineData("1-2", "3-4", "")]
    [InlineData("1-9", "0-1,3,5-6,9-20", "1,3,5-6,9")]
    [InlineData("2-", "4-", "4-")]
    [InlineData("2-", "1-7,9-", "2-7,9-")]
    public void Intersects(string a, string b, string expected)
    {
        Assert.Equal(expected, Coverage(a).Intersect(Coverage(b)).ToString());
        Assert.Equal(expected, Coverage(b).Intersect(Coverage(a)).ToString());
    }

    [Theory]
    [InlineData("whole", 5, "whole")]
    [InlineData("1-3", 5, "1-3")]
    [InlineData("1-4", 5, "1-")] // has the last block: nothing comes after it
    [InlineData("0,4", 5, "0,4-")]
    [InlineData("", 5, "")]
    public void Reaches_past_the_end_where_it_has_the_last_block(string given, long blocks, string expected) =>
        Assert.Equal(expected, Coverage(given).ExtendPastEnd(blocks).ToString());

    [Fact]
    public void Equality_is_that_of_the_ranges()
    {
        Assert.Equal(Coverage("1-2,4"), Coverage("4,1,2"));
        Assert.Equal(Coverage("1-2,4").GetHashCode(), Coverage("4,1,2").GetHashCode());
        Assert.NotEqual(Coverage("1-2"), Coverage("1-3"));
        Assert.NotEqual(Coverage(""), BlockCoverage.Whole);
        Assert.True(Coverage("").IsEmpty);
        Assert.False(BlockCoverage.Whole.IsEmpty);
    }

    internal static BlockCoverage Coverage(string text) => text switch
    {
        "whole" => BlockCoverage.Whole,
        "" => BlockCoverage.Of([]),
        _ => BlockCoverage.Of(text.Split(',').Select(Range)),
    };

    private static BlockRun Range(string text)
    {
        string[] ends = text.Split('-');
        long first = long.Parse(ends[0]);
        return ends switch
        {
            [_] => new BlockRun(first, 1),
            [_, ""] => BlockRun.From(first),
            _ => BlockRun.Between(first, long.Parse(ends[1]) + 1),
        };
    }
}

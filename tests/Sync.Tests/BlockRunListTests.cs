namespace BinarySync.Sync.Tests;

public sealed class BlockRunListTests
{
    [Fact]
    public void Runs_that_touch_are_joined()
    {
        BlockRunList list = new();
        list.Add(new BlockRun(3, 1));
        list.Add(new BlockRun(4, 2));
        list.Add(new BlockRun(7, 1));

        Assert.Equal([new BlockRun(3, 3), new BlockRun(7, 1)], list.Runs);
        Assert.Equal((2, 4), (list.RunCount, list.BlockCount));
        Assert.Equal("4 blocks (3-5, 7)", list.ToString());
    }

    [Fact]
    public void The_first_ten_thousand_are_kept_and_the_rest_is_counted()
    {
        BlockRunList list = new();
        for (long i = 0; i < 2 * BlockRunList.Capacity; i++)
        {
            list.Add(new BlockRun(3 * i, 1));

            // Joined with the one before, also where that is not kept.
            list.Add(new BlockRun((3 * i) + 1, 1));
        }

        Assert.Equal(BlockRunList.Capacity, list.Runs.Count);
        Assert.Equal(new BlockRun(3 * (BlockRunList.Capacity - 1), 2), list.Runs[^1]);
        Assert.Equal((2L * BlockRunList.Capacity, 4L * BlockRunList.Capacity), (list.RunCount, list.BlockCount));
        Assert.EndsWith(", and 19992 more ranges)", list.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Its_runs_are_those_of_any_cut()
    {
        Random random = new(1);
        for (int round = 0; round < 200; round++)
        {
            long[] blocks = [.. Enumerable.Range(0, 60).Where(_ => random.Next(3) > 0).Select(i => (long)i)];
            BlockRunList list = new();
            for (int i = 0; i < blocks.Length;)
            {
                int count = 1;
                while (i + count < blocks.Length && blocks[i + count] == blocks[i] + count && random.Next(2) == 0)
                {
                    count++;
                }

                list.Add(new BlockRun(blocks[i], count));
                i += count;
            }

            Assert.Equal(FourSteps.Runs(blocks), list.Runs);
            Assert.Equal((list.Runs.Count, blocks.Length), (list.RunCount, list.BlockCount));
        }
    }

    [Fact]
    public void One_block_is_said_as_one() => Assert.Equal("1 block (0)", Of(new BlockRun(0, 1)).ToString());

    private static BlockRunList Of(BlockRun run)
    {
        BlockRunList list = new();
        list.Add(run);
        return list;
    }
}

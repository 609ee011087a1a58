namespace BinarySync.Sync.Tests.Copies;

/// <summary>Copies are put in an order in which nothing is read that was overwritten; cycles are found, and broken by little.</summary>
public sealed class CopyOrderTests
{
    [Fact]
    public void A_copy_that_overlaps_itself_is_no_cycle() => Assert.Equal([0], CopyOrder.Find([new CopyRun(1, 100, 0)])!);

    [Fact]
    public void Pieces_of_a_move_upwards_are_done_from_the_end() =>
        Assert.Equal([2, 1, 0], CopyOrder.Find([new CopyRun(2, 10, 0), new CopyRun(12, 10, 10), new CopyRun(22, 10, 20)])!);

    [Fact]
    public void Two_that_are_exchanged_are_a_cycle_and_one_of_them_is_sent()
    {
        CopyRun[] swap = [new CopyRun(0, 5, 10), new CopyRun(10, 5, 0)];

        Assert.Null(CopyOrder.Find(swap));
        Assert.Equal(5, CopyOrder.FindCycles(swap).Sum(run => run.Count));
    }

    [Fact]
    public void A_rotation_by_two_costs_two_blocks()
    {
        CopyRun[] rotation = [new CopyRun(0, 2, 98), new CopyRun(2, 98, 0)];

        Assert.Equal(2, CopyOrder.FindCycles(rotation).Sum(run => run.Count));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_is_left_without_cycles_can_be_done_in_order(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 500; round++)
        {
            List<CopyRun> copies = RandomCopies(random);
            bool[] sent = new bool[200];
            foreach (BlockRun run in CopyOrder.FindCycles(copies))
            {
                for (long block = run.First; block < run.End; block++)
                {
                    sent[block] = true;
                }
            }

            List<CopyRun> left = [.. copies.SelectMany(copy => Each(copy).Where(each => !sent[each.First]))];
            int[] order = Assert.IsType<int[]>(CopyOrder.Find(left));

            // Done one after another on real content, each block must read what A had.
            long[] content = [.. Enumerable.Range(0, 200).Select(i => (long)i)];
            Assert.Equal(left.Count, order.Distinct().Count());
            foreach (int copy in order)
            {
                Assert.Equal(left[copy].Source, content[left[copy].Source]);
                content[left[copy].First] = 1000 + copy;
            }

            Assert.True(sent.Any(each => each) == (CopyOrder.Find(copies) is null));
        }
    }

    private static IEnumerable<CopyRun> Each(CopyRun copy)
    {
        for (int i = 0; i < copy.Count; i++)
        {
            yield return new CopyRun(copy.First + i, 1, copy.Source + i);
        }
    }

    private static List<CopyRun> RandomCopies(Random random)
    {
        List<CopyRun> copies = [];
        int longest = random.Next(1, 40);
        for (long first = random.Next(4); first < 190;)
        {
            long count = Math.Min(random.Next(1, longest + 1), 200 - first);
            copies.Add(new CopyRun(first, count, random.Next(0, (int)(201 - count))));
            first += count + random.Next(0, 4);
        }

        return copies;
    }
}

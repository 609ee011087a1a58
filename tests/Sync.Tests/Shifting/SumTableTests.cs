using System.Buffers.Binary;
using BinarySync.Sync.Shifting;

namespace BinarySync.Sync.Tests.Shifting;

/// <summary>What the table promises: every block while there is room, then every second, every fourth, and so on.</summary>
public sealed class SumTableTests
{
    private static readonly BlockGeometry _geometry = new(1L << 40, 4096);

    [Theory]
    [InlineData(7, 100, 1)]
    [InlineData(1000, 1000, 1)]
    [InlineData(1001, 1000, 2)]
    [InlineData(50_000, 1000, 64)]
    [InlineData(900_000, int.MaxValue, 1)]
    public void It_has_one_block_in_a_power_of_two(int blocks, int most, long step)
    {
        SumTable table = new(_geometry, Math.Min(most, SumTable.MostEntries));
        for (int i = 0; i < blocks; i++)
        {
            table.Add(i, SumOf(i), HashOf(i));
        }

        Assert.Equal(step, table.Step);
        Assert.Equal((blocks + step - 1) / step, table.Count);
        Assert.DoesNotContain(
            Enumerable.Range(0, blocks),
            i => table.Has(SumOf(i)) != (i % step == 0)
                || table.Find(SumOf(i), HashOf(i)) != (i % step == 0 ? i : -1)
                || table.Find(SumOf(i), HashOf(i + 1)) != -1);

        Assert.Equal(table.Count, table.Sums.Count());
    }

    [Fact]
    public void Of_equal_blocks_it_has_the_first_and_of_equal_sums_four()
    {
        SumTable table = new(_geometry);
        for (int i = 0; i < 100_000; i++)
        {
            table.Add(i, 1, HashOf(i / 1000));
        }

        Assert.Equal(4, table.Count);
        Assert.Equal(3000, table.Find(1, HashOf(3)));
        Assert.Equal(-1, table.Find(1, HashOf(4)));
    }

    // As many windows of random content have the sum of a block, for nothing.
    [Theory]
    [InlineData(1 << 16, 131_072)]
    [InlineData(64 << 20, 128)]
    public void Of_large_blocks_it_has_fewer(int blockSize, int most)
    {
        SumTable table = new(new BlockGeometry(1L << 44, blockSize));
        for (int i = 0; i <= most; i++)
        {
            table.Add(i, SumOf(i), HashOf(i));
        }

        Assert.Equal(2, table.Step);
    }

    [Fact]
    public void Numbers_of_blocks_may_be_large()
    {
        BlockGeometry geometry = new(1L << 62, 512);
        SumTable table = new(geometry);
        long last = geometry.BlockCount - table.Step;
        table.Add(0, 1, HashOf(1));
        table.Add(last, 2, HashOf(2));
        Assert.Equal(0, table.Find(1, HashOf(1)));
        Assert.Equal(last, table.Find(2, HashOf(2)));
    }

    private static uint SumOf(int i) => (uint)i * 0x9E37_79B1;

    private static byte[] HashOf(int i)
    {
        byte[] hash = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(hash, (ulong)(uint)i * 0x9E37_79B9_7F4A_7C15);
        return hash;
    }
}

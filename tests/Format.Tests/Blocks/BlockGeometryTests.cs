namespace BinarySync.Format.Tests.Blocks;

public class BlockGeometryTests
{
    [Theory]
    [InlineData(0, 512, 0, 0)]
    [InlineData(1, 512, 1, 1)]
    [InlineData(511, 512, 1, 511)]
    [InlineData(512, 512, 1, 0)]
    [InlineData(513, 512, 2, 1)]
    [InlineData(10_000, 4096, 3, 1808)]
    [InlineData(1L << 62, 512, 1L << 53, 0)]
    [InlineData((1L << 62) - 1, 64 << 20, 1L << 36, (64 << 20) - 1)]
    public void Counts_the_short_last_block(long size, int blockSize, long blocks, int shortLength)
    {
        BlockGeometry geometry = new(size, blockSize);
        Assert.Equal((blocks, shortLength), (geometry.BlockCount, geometry.ShortLength));
    }

    [Theory]
    [InlineData(-1, 512)]
    [InlineData((1L << 62) + 1, 512)]
    [InlineData(0, 0)]
    [InlineData(0, 256)]
    [InlineData(0, 513)]
    [InlineData(0, 128 << 20)]
    [InlineData(0, -512)]
    public void Refuses_sizes_beyond_the_limits(long size, int blockSize) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BlockGeometry(size, blockSize));

    [Theory]
    [InlineData(0, 4096)]
    [InlineData(1, 4096)]
    [InlineData(2, 1808)]
    [InlineData(3, 0)]
    [InlineData(1000, 0)]
    public void A_block_has_the_bytes_that_exist(long block, int length) =>
        Assert.Equal(length, new BlockGeometry(10_000, 4096).LengthOf(block));

    [Theory]
    [InlineData(0, 1, 4096)]
    [InlineData(0, 2, 8192)]
    [InlineData(0, 3, 10_000)]
    [InlineData(1, 2, 5904)]
    [InlineData(2, 1, 1808)]
    [InlineData(1, 0, 0)]
    public void So_has_a_run(long first, long count, long length) =>
        Assert.Equal(length, new BlockGeometry(10_000, 4096).LengthOf(new BlockRun(first, count)));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4095, 0)]
    [InlineData(4096, 1)]
    [InlineData(9_999, 2)]
    public void A_byte_lies_in_one_block(long offset, long block)
    {
        BlockGeometry geometry = new(10_000, 4096);
        Assert.Equal(block, geometry.BlockAt(offset));
        Assert.InRange(offset, geometry.OffsetOf(block), geometry.OffsetOf(block + 1) - 1);
    }

    [Theory]
    [InlineData(0, 10_000, 0, 3)] // everything: the short last block is whole
    [InlineData(0, 9_999, 0, 2)]
    [InlineData(1, 9_999, 1, 2)]
    [InlineData(0, 4095, 0, 0)]
    [InlineData(4095, 4097, 1, 1)]
    [InlineData(4097, 4096, 2, 0)]
    [InlineData(8192, 1808, 2, 1)]
    [InlineData(8192, 1_000_000, 2, 1)]
    [InlineData(8193, 1_000_000, 3, 0)]
    [InlineData(20_000, 10, 5, 0)]
    public void Whole_blocks_inside_a_byte_range(long offset, long length, long first, long count) =>
        Assert.Equal(new BlockRun(first, count), new BlockGeometry(10_000, 4096).WholeBlocksInside(offset, length));

    [Theory]
    [InlineData(0, 1, 0, 1)]
    [InlineData(0, 4096, 0, 1)]
    [InlineData(0, 4097, 0, 2)]
    [InlineData(4095, 2, 0, 2)]
    [InlineData(4096, 4096, 1, 1)]
    [InlineData(1L << 61, 1, 1L << 49, 1)]
    public void Blocks_that_a_byte_range_touches(long offset, long length, long first, long count) =>
        Assert.Equal(new BlockRun(first, count), BlockGeometry.Touching(offset, length, 4096));

    [Theory]
    [InlineData(7, 1, "7")]
    [InlineData(7, 3, "7-9")]
    public void Runs_print_as_on_the_command_line(long first, long count, string text) =>
        Assert.Equal(text, new BlockRun(first, count).ToString());

    [Fact]
    public void An_open_ended_run_says_so()
    {
        Assert.Equal("7-", BlockRun.From(7).ToString());
        Assert.True(BlockRun.From(7).IsOpenEnded);
        Assert.False(new BlockRun(7, 1).IsOpenEnded);
    }
}

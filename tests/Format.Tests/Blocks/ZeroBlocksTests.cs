namespace BinarySync.Format.Tests.Blocks;

public class ZeroBlocksTests
{
    // What `head -c 4096 /dev/zero | xxhsum -H3` prints, and so on.
    [Theory]
    [InlineData("xxh3", "93d76fe148c689ba", "801fedc74ccd608c")]
    [InlineData("xxh128", "3ee8dc4f9e7ee49593d76fe148c689ba", "6ba30a4e9dffe1ff801fedc74ccd608c")]
    public void Knows_the_hashes_of_a_full_and_of_the_short_last_block(string name, string full, string shortLast)
    {
        ZeroBlocks zeros = new(BlockHash.Find(name)!, new BlockGeometry(8292, 4096));
        Assert.Equal(full, Convert.ToHexStringLower(zeros.HashOf(4096)));
        Assert.Equal(shortLast, Convert.ToHexStringLower(zeros.HashOf(100)));
        Assert.True(zeros.MayBeZero(zeros.HashOf(4096), 4096));
        Assert.True(zeros.MayBeZero(zeros.HashOf(100), 100));
        Assert.False(zeros.MayBeZero(zeros.HashOf(4096), 100));
        Assert.False(zeros.MayBeZero(zeros.HashOf(100), 4096));
        Assert.False(zeros.MayBeZero(zeros.HashOf(100), 101));
    }

    [Fact]
    public void Hashes_blocks_longer_than_its_own_buffer()
    {
        const int blockSize = 1 << 20;
        foreach (BlockHash hash in BlockHash.All)
        {
            byte[] expected = new byte[hash.Length];
            hash.Hash(new byte[blockSize], expected);
            Assert.Equal(expected, new ZeroBlocks(hash, new BlockGeometry(blockSize, blockSize)).HashOf(blockSize).ToArray());
            hash.Hash(new byte[blockSize - 1], expected);
            Assert.Equal(expected, new ZeroBlocks(hash, new BlockGeometry(blockSize - 1, blockSize)).HashOf(blockSize - 1).ToArray());
        }
    }

    [Fact]
    public void Sees_a_single_byte_that_is_not_zero()
    {
        Assert.True(ZeroBlocks.IsZero([]));
        byte[] block = new byte[513];
        Assert.True(ZeroBlocks.IsZero(block));
        for (int i = 0; i < block.Length; i++)
        {
            block[i] = 1;
            Assert.False(ZeroBlocks.IsZero(block));
            block[i] = 0;
        }
    }
}

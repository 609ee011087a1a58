namespace BinarySync.Format.Tests.Blocks;

/// <summary>Pieces may be cut anywhere: each block gets the hash that it has as a whole.</summary>
public class BlockHasherTests
{
    [Theory]
    [InlineData("xxh128", 512, 5000)]
    [InlineData("xxh3", 4096, 4096 * 3)]
    [InlineData("blake3", 1024, 100)]
    [InlineData("sha256", 2048, 9999)]
    public void Blocks_have_the_same_hash_however_they_are_cut(string name, int blockSize, int size)
    {
        BlockHash hash = BlockHash.Find(name)!;
        BlockGeometry geometry = new(size, blockSize);
        Random random = new(size);
        byte[] content = new byte[size];
        random.NextBytes(content);

        // A block of zeros, one with zeros at its beginning, and one with zeros at its end.
        content.AsSpan(0, Math.Min(size, blockSize + (blockSize / 2))).Clear();
        content.AsSpan(Math.Max(0, size - 50)).Clear();
        using BlockHasher hasher = new(hash, geometry, new ZeroBlocks(hash, geometry));
        for (int round = 0; round < 50; round++)
        {
            // Some of a block that does not come to its end leaves nothing behind.
            ReadOnlySpan<byte> other = content.AsSpan(size - 10, 10);
            hasher.Begin(0);
            hasher.Next(ref other);
            hasher.BeginAt(0);
            long expected = 0;
            for (int at = 0; at < size;)
            {
                int length = Math.Min(size - at, random.Next(1, (round % 5 * blockSize) + 300));
                ReadOnlySpan<byte> piece = content.AsSpan(at, length);
                hasher.BeginAt(at);
                while (hasher.Next(ref piece))
                {
                    ReadOnlySpan<byte> block = content.AsSpan((int)geometry.OffsetOf(expected), geometry.LengthOf(expected));
                    byte[] value = new byte[hash.Length];
                    hash.Hash(block, value);
                    Assert.Equal(expected, hasher.Block);
                    Assert.Equal(value, hasher.Value.ToArray());
                    Assert.Equal(ZeroBlocks.IsZero(block), hasher.IsZero);
                    expected++;
                }

                Assert.True(piece.IsEmpty);
                at += length;
            }

            Assert.Equal(geometry.BlockCount, expected);
        }
    }

    [Fact]
    public void Behind_the_last_block_nothing_is_taken()
    {
        using BlockHasher hasher = new(BlockHash.Xxh128, new BlockGeometry(600, 512));
        ReadOnlySpan<byte> bytes = new byte[700];
        hasher.Begin(0);
        Assert.True(hasher.Next(ref bytes));
        Assert.True(hasher.Next(ref bytes));
        Assert.False(hasher.Next(ref bytes));
        Assert.Equal(100, bytes.Length);
    }
}

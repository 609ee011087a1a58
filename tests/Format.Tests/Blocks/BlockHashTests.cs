using System.Text;

namespace BinarySync.Format.Tests.Blocks;

/// <summary>Expected values are those that <c>xxhsum -H3</c>, <c>xxhsum -H2</c>, <c>sha256sum</c> print, and <c>b3sum</c>.</summary>
public class BlockHashTests
{
    public static TheoryData<string, string, string> KnownAnswers => new()
    {
        { "xxh3", "", "2d06800538d394c2" },
        { "xxh3", "abc", "78af5f94892f3950" },
        { "xxh3", "BinarySync", "88a5de15addf8a72" },
        { "xxh128", "", "99aa06d3014798d86001c324468d497f" },
        { "xxh128", "abc", "06b05ab6733a618578af5f94892f3950" },
        { "xxh128", "BinarySync", "72136d84486119949bdece24faf7046b" },
        { "sha256", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { "sha256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { "sha256", "BinarySync", "3961fcf34ae0a2abbb899b22c7a0d9aa8158fe3f841ba4543d17e68c00d685c6" },
        { "blake3", "", "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262" },
        { "blake3", "abc", "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85" },
        { "blake3", "BinarySync", "1249e8fd4613e49c2b8e4002ce31820c75b3491f971a0436014ac81089011fd8" },
    };

    /// <summary>Of the 1,000 bytes 0, 1, ... 250, 0, 1, ...</summary>
    public static TheoryData<string, string> LongAnswers => new()
    {
        { "xxh3", "33ef703fb2b20ed1" },
        { "xxh128", "18bf41bc8229e27733ef703fb2b20ed1" },
        { "sha256", "4e4c294b331f7a2099a379bec34b9f9fc03dc46ab465d998f4d683da53487e6d" },
        { "blake3", "b43670a52d1af24abdac5d2c3ed19ff4e62b60a618e823ad555888b1b0b91cff" },
    };

    [Theory]
    [MemberData(nameof(KnownAnswers))]
    public void Gives_what_the_algorithms_own_tools_print(string name, string text, string expected) =>
        Assert.Equal(expected, HashOf(BlockHash.Find(name)!, Encoding.ASCII.GetBytes(text)));

    [Theory]
    [MemberData(nameof(LongAnswers))]
    public void A_block_in_pieces_has_the_hash_of_the_whole(string name, string expected)
    {
        byte[] block = [.. Enumerable.Range(0, 1000).Select(i => (byte)(i % 251))];
        BlockHash hash = BlockHash.Find(name)!;
        Assert.Equal(expected, HashOf(hash, block));
        using RunningHash running = hash.StartBlock();
        foreach (int step in new[] { 1, 7, 64, 999, 1000 })
        {
            foreach (byte[] piece in block.Chunk(step))
            {
                running.Append(piece);
            }

            byte[] value = new byte[hash.Length];
            running.Finish(value);
            Assert.Equal(expected, Convert.ToHexStringLower(value));
        }
    }

    // Two contents of 4 KiB that have one value are the reason why there is a choice: nobody had to search for them.
    [Theory]
    [InlineData("xxh3", true)]
    [InlineData("xxh128", true)]
    [InlineData("blake3", false)]
    [InlineData("sha256", false)]
    public void Two_blocks_that_were_written_down_are_one_to_a_hash_that_does_not_resist(string name, bool areOne)
    {
        BlockHash hash = BlockHash.Find(name)!;
        Assert.Equal(areOne, HashOf(hash, CollidingBlocks.Of("good")) == HashOf(hash, CollidingBlocks.Of("evil")));
        Assert.Equal(!areOne, hash.ResistsCollisions);
    }

    [Fact]
    public void Hashing_a_block_allocates_nothing()
    {
        byte[] block = new byte[64 << 10];
        byte[] value = new byte[32];
        BlockHash.Blake3.Hash(block, value);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int length = 512; length <= block.Length; length *= 2)
        {
            BlockHash.Blake3.Hash(block.AsSpan(0, length), value);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    // Chunks of 1 KiB make a tree: each length around a whole number of them is another shape.
    [Fact]
    public void Blake3_in_pieces_is_blake3_of_the_whole_at_any_length()
    {
        byte[] content = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i % 251))];
        Assert.Equal("55409142cced2ec79897459f170b6d22565daf883710b4ad7aeeddaef54244b4", HashOf(BlockHash.Blake3, content));
        byte[] value = new byte[32];
        using RunningHash running = BlockHash.Blake3.StartBlock();
        foreach (int length in new[] { 1, 1023, 1024, 1025, 2048, 3073, 4096, 16384, 16385, 65536, 131073, 200_000 })
        {
            foreach (byte[] piece in content[..length].Chunk(1500))
            {
                running.Append(piece);
            }

            running.Finish(value);
            Assert.Equal(HashOf(BlockHash.Blake3, content[..length]), Convert.ToHexStringLower(value));
        }
    }

    [Theory]
    [InlineData("xxh3", 8, 16)]
    [InlineData("xxh128", 16, 16)]
    [InlineData("sha256", 32, 32)]
    [InlineData("blake3", 32, 32)]
    public void The_registry_knows_names_and_lengths(string name, int length, int rootLength)
    {
        BlockHash hash = BlockHash.Find(name)!;
        Assert.Equal((name, length, rootLength), (hash.Name, hash.Length, hash.RootLength));
        Assert.Contains(hash, BlockHash.All);
    }

    [Theory]
    [InlineData("XXH3")]
    [InlineData("md5")]
    [InlineData("")]
    public void Other_names_are_unknown(string name) => Assert.Null(BlockHash.Find(name));

    private static string HashOf(BlockHash hash, byte[] block)
    {
        byte[] value = new byte[hash.Length];
        hash.Hash(block, value);
        return Convert.ToHexStringLower(value);
    }
}

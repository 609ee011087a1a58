using System.Text;

namespace BinarySync.Format.Tests.Blocks;

/// <summary>Expected values are those that <c>xxhsum -H3</c>, <c>xxhsum -H2</c> and <c>sha256sum</c> print.</summary>
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
    };

    /// <summary>Of the 1,000 bytes 0, 1, ... 250, 0, 1, ...</summary>
    public static TheoryData<string, string> LongAnswers => new()
    {
        { "xxh3", "33ef703fb2b20ed1" },
        { "xxh128", "18bf41bc8229e27733ef703fb2b20ed1" },
        { "sha256", "4e4c294b331f7a2099a379bec34b9f9fc03dc46ab465d998f4d683da53487e6d" },
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

    [Theory]
    [InlineData("xxh3", 8, 16)]
    [InlineData("xxh128", 16, 16)]
    [InlineData("sha256", 32, 32)]
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

using BinarySync.Sync.Copies;

namespace BinarySync.Sync.Tests.Copies;

public sealed class CopyIndexTests
{
    private const int HashLength = 16;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3_583)]
    [InlineData(3_585)]
    [InlineData(100_000)]
    public void It_grows_with_what_is_needed(int contents)
    {
        CopyIndex index = new(contents);
        for (int i = 0; i < contents; i++)
        {
            index.Want(HashOf(i));
            index.Want(HashOf(i / 2));
        }

        for (int i = 0; i < contents * 2; i++)
        {
            index.Offer(HashOf(i), i + 7);
            index.Offer(HashOf(i), i + 8);
        }

        Assert.Equal(0, index.LeftOut);
        Assert.Equal(contents == 0, index.IsEmpty);
        Assert.Equal(contents > 0, index.HasFinds);
        for (int i = 0; i < contents * 2; i++)
        {
            Assert.Equal(i < contents ? i + 7 : null, index.SourceOf(HashOf(i)));
        }
    }

    [Fact]
    public void When_it_is_full_later_contents_are_left_out()
    {
        const int Places = 1 << 14;
        const int Most = Places / 8 * 7;
        CopyIndex index = new(long.MaxValue, Places * CopyIndex.EntryLength);
        for (int i = 0; i < Most + 10; i++)
        {
            index.Want(HashOf(i));
            index.Offer(HashOf(0), 3);
        }

        Assert.Equal(10, index.LeftOut);
        index.Offer(HashOf(Most - 1), 5);
        index.Offer(HashOf(Most), 5);
        Assert.Equal(3, index.SourceOf(HashOf(0)));
        Assert.Equal(5, index.SourceOf(HashOf(Most - 1)));
        Assert.Null(index.SourceOf(HashOf(Most)));
    }

    private static byte[] HashOf(int content)
    {
        byte[] hash = new byte[HashLength];
        new Random(content).NextBytes(hash);
        return hash;
    }
}

using System.Buffers.Binary;
using BinarySync.Sync.Copies;

namespace BinarySync.Sync.Tests.Copies;

/// <summary>What the index promises: as many contents as the manual says, whatever their hashes are.</summary>
public sealed class CopyIndexTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(6400)]
    [InlineData(917_504)]
    public void As_many_contents_as_were_announced_find_a_place(int contents)
    {
        CopyIndex index = new(contents);
        for (int i = 0; i < contents; i++)
        {
            index.Want(Hash((ulong)i * 0x9E37_79B9_7F4A_7C15, (ulong)i));
        }

        Assert.Equal(0, index.LeftOut);
        for (int i = 0; i < contents; i++)
        {
            index.Offer(Hash((ulong)i * 0x9E37_79B9_7F4A_7C15, (ulong)i), i);
        }

        Assert.Equal(contents - 1, index.SourceOf(Hash((ulong)(contents - 1) * 0x9E37_79B9_7F4A_7C15, (ulong)contents - 1)));
        Assert.Equal(0, index.SourceOf(Hash(0, 0)));
    }

    [Fact]
    public void Beyond_the_largest_length_the_first_ones_are_kept()
    {
        CopyIndex index = new(10_000_000);
        for (int i = 0; i < 917_504 + 1000; i++)
        {
            index.Want(Hash((ulong)i, 0));
        }

        Assert.Equal(1000, index.LeftOut);
        index.Offer(Hash(917_503, 0), 5);
        index.Offer(Hash(917_504, 0), 6);
        Assert.Equal(5, index.SourceOf(Hash(917_503, 0)));
        Assert.Null(index.SourceOf(Hash(917_504, 0)));
    }

    // It may have many places in the end, but begins with few. Contents that are wanted, or offered, again count once.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3_584)]
    [InlineData(3_585)]
    [InlineData(60_000)]
    public void It_grows_and_forgets_nothing(int contents)
    {
        CopyIndex index = new(long.MaxValue);
        for (int i = 0; i < contents; i++)
        {
            index.Want(Hash((ulong)i * 0x9E37_79B9_7F4A_7C15, 1));
            index.Want(Hash((ulong)(i / 2) * 0x9E37_79B9_7F4A_7C15, 1));
        }

        Assert.Equal(contents == 0, index.IsEmpty);
        for (int i = 0; i < 2 * contents; i++)
        {
            index.Offer(Hash((ulong)i * 0x9E37_79B9_7F4A_7C15, 1), i + 7);
            index.Offer(Hash((ulong)i * 0x9E37_79B9_7F4A_7C15, 1), i + 8);
        }

        Assert.Equal(contents > 0, index.HasFinds);
        for (int i = 0; i < 2 * contents; i++)
        {
            Assert.Equal(i < contents ? i + 7 : null, index.SourceOf(Hash((ulong)i * 0x9E37_79B9_7F4A_7C15, 1)));
        }
    }

    // Such hashes are easily made. If they all fell on one place, this would take hours.
    [Theory]
    [InlineData(1UL << 20, 0UL)]
    [InlineData(0UL, 1UL << 20)]
    [InlineData(1UL << 40, 1UL << 20)]
    [InlineData(1UL << 33, 1UL << 33)]
    public void Hashes_that_have_most_bits_in_common_find_a_place(ulong headStep, ulong tailStep)
    {
        const int Contents = 900_000;
        CopyIndex index = new(Contents);
        for (ulong i = 0; i < Contents; i++)
        {
            index.Want(Hash(i * headStep, i * tailStep));
        }

        Assert.Equal(0, index.LeftOut);
    }

    private static byte[] Hash(ulong head, ulong tail)
    {
        byte[] hash = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(hash, head);
        BinaryPrimitives.WriteUInt64LittleEndian(hash.AsSpan(8), tail);
        return hash;
    }
}

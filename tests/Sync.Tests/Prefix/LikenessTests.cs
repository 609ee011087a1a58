using BinarySync.Sync.Collecting;

namespace BinarySync.Sync.Tests.Prefix;

/// <summary>Whether it is worth compressing over old content.</summary>
public sealed class LikenessTests
{
    private const int Length = 1 << 20;

    private readonly Likeness _likeness = new();

    [Fact]
    public void Contents_that_have_nothing_in_common_but_zeros_are_not_alike()
    {
        byte[] one = Noise(1, Length);
        byte[] other = Noise(2, Length);
        one.AsSpan(1000, Length / 4).Clear();
        other.AsSpan(5000, Length / 4).Clear();

        Assert.False(_likeness.MayShare(one, other));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(333_333)]
    public void An_eighth_that_stands_at_another_place_is_found(int moved)
    {
        byte[] one = Noise(1, Length);
        byte[] other = Noise(2, Length);
        one.AsSpan(100, Length / 8).CopyTo(other.AsSpan(100 + moved));

        Assert.True(_likeness.MayShare(one, other));
        Assert.False(_likeness.MayShare(Noise(3, Length), other));
    }

    [Fact]
    public void A_few_bytes_changed_in_each_page_are_alike()
    {
        byte[] one = Noise(1, Length);
        byte[] other = [.. one];
        for (int at = 0; at < Length; at += 4096)
        {
            other.AsSpan(at, 20).Clear();
        }

        Assert.True(_likeness.MayShare(one, other));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(7, 7)]
    [InlineData(512, 0)]
    [InlineData(0, 512)]
    public void What_is_too_short_to_say_is_tried(int one, int other) =>
        Assert.True(_likeness.MayShare(Noise(1, one), Noise(2, other)));

    private static byte[] Noise(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

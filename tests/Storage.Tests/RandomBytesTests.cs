using BinarySync.Storage.Files;

namespace BinarySync.Storage.Tests;

public sealed class RandomBytesTests
{
    [Theory]
    [InlineData(16)]
    [InlineData(256)]
    public void Each_time_others_come_and_all_of_them(int length)
    {
        byte[] one = new byte[length];
        byte[] another = new byte[length];
        RandomBytes.Fill(one);
        RandomBytes.Fill(another);

        // Sixteen zeros at the end, or two spans that are alike: less likely than anything that is tested here.
        Assert.NotEqual(one, another);
        Assert.True(one.AsSpan(length - 16).ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void Nothing_and_too_much() // the second would come in pieces
    {
        RandomBytes.Fill([]);
        Assert.Throws<ArgumentOutOfRangeException>(() => RandomBytes.Fill(new byte[257]));
    }
}

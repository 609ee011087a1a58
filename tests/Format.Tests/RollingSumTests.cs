namespace BinarySync.Format.Tests;

/// <summary>Format.md 6.1, against the definition.</summary>
public sealed class RollingSumTests
{
    private const uint Multiplier = 0x08104225;

    // librsync's RabinKarp gives these for no bytes, for the bytes 0 to 3 and for the bytes 0 to 255.
    [Theory]
    [InlineData(0, 1u)]
    [InlineData(4, 0xAF981E97u)]
    [InlineData(256, 0xC1972381u)]
    public void A_sum_is_the_polynomial_over_the_bytes(int length, uint expected)
    {
        byte[] bytes = [.. Enumerable.Range(0, length).Select(i => (byte)i)];

        Assert.Equal(expected, RollingSum.Of(bytes));
        Assert.Equal(expected, Define(bytes));
    }

    [Fact]
    public void Bytes_of_every_length_and_content_have_the_sum_of_the_definition()
    {
        Random random = new(1);
        for (int length = 0; length < 300; length++)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);

            Assert.Equal(Define(bytes), RollingSum.Of(bytes));
        }

        Assert.Equal(Define([.. Enumerable.Repeat((byte)0xFF, 100_001)]), RollingSum.Of([.. Enumerable.Repeat((byte)0xFF, 100_001)]));
    }

    [Fact]
    public void A_sum_can_be_made_piece_by_piece()
    {
        byte[] bytes = new byte[1000];
        new Random(2).NextBytes(bytes);
        for (int at = 0; at <= bytes.Length; at += 37)
        {
            Assert.Equal(RollingSum.Of(bytes), RollingSum.Append(RollingSum.Of(bytes.AsSpan(0, at)), bytes.AsSpan(at)));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(512)]
    [InlineData(4096)]
    public void A_window_that_is_moved_on_has_the_sum_of_its_bytes(int length)
    {
        byte[] bytes = new byte[length + 500];
        new Random(3).NextBytes(bytes);
        uint power = RollingSum.Power(length);
        uint sum = RollingSum.Of(bytes.AsSpan(0, length));
        for (int at = 0; at < 500; at++)
        {
            sum = RollingSum.Roll(sum, bytes[at], bytes[at + length], power);

            Assert.Equal(RollingSum.Of(bytes.AsSpan(at + 1, length)), sum);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(1000)]
    public void Many_steps_at_once_are_as_many_single_ones(int steps)
    {
        const int Window = 512;
        byte[] content = new byte[Window + steps];
        new Random(steps).NextBytes(content);
        uint[] sums = new uint[steps];
        RollingSum.RollAll(
            RollingSum.Of(content.AsSpan(0, Window)), content.AsSpan(0, steps), content.AsSpan(Window), RollingSum.Leaving(Window), sums);
        for (int i = 0; i < steps; i++)
        {
            Assert.Equal(RollingSum.Of(content.AsSpan(i + 1, Window)), sums[i]);
        }
    }

    private static uint Define(ReadOnlySpan<byte> bytes)
    {
        uint sum = 1;
        foreach (byte one in bytes)
        {
            sum = (sum * Multiplier) + one;
        }

        return sum;
    }
}

using System.IO.Compression;
using K4os.Compression.LZ4;

namespace BinarySync.Format.Tests.Container;

public sealed class CompressibilityTests
{
    private const int Frame = 1 << 20;

    [Theory]
    [InlineData(4096)]
    [InlineData(Frame)]
    [InlineData((1 << 20) + 1)]
    [InlineData(4 << 20)]
    public void Noise_is_not_worth_the_time(int length) => Assert.False(Compressibility.MayShrink(Noise(length)));

    [Fact]
    public void What_was_compressed_before_is_not_worth_the_time()
    {
        using MemoryStream packed = new();
        using (DeflateStream deflate = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            // Text of words that nobody has written, so that it compresses, and not too well.
            Random random = new(3);
            for (int word = 0; packed.Length < Frame; word++)
            {
                deflate.Write(BitConverter.GetBytes(random.Next(30_000)).AsSpan(0, 3));
            }
        }

        Assert.False(Compressibility.MayShrink(packed.ToArray().AsSpan(0, Frame)));
    }

    [Fact]
    public void Text_is() =>
        Assert.True(Compressibility.MayShrink(System.Text.Encoding.ASCII.GetBytes(string.Join(' ', Enumerable.Range(0, 100_000)))));

    [Fact]
    public void Bytes_that_use_few_values_are()
    {
        byte[] bytes = Noise(Frame);
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)(bytes[i] % 200);
        }

        Assert.True(Compressibility.MayShrink(bytes));
    }

    /// <summary>LZ4 would not see it: its window is 64 KiB.</summary>
    [Theory]
    [InlineData(40_000, 100_001)]
    [InlineData(100_000, 900_003)]
    [InlineData(300_000, 500_000)]
    public void Noise_that_is_repeated_anywhere_in_the_frame_is(int length, int distance)
    {
        byte[] bytes = Noise(Frame);
        bytes.AsSpan(0, length).CopyTo(bytes.AsSpan(distance));
        Assert.True(Compressibility.MayShrink(bytes));
    }

    [Fact]
    public void A_tenth_of_zeros_is()
    {
        byte[] bytes = Noise(Frame);
        bytes.AsSpan(500_000, Frame / 10).Clear();
        Assert.True(Compressibility.MayShrink(bytes));
    }

    [Fact]
    public void What_is_short_is_left_to_the_encoder() => Assert.True(Compressibility.MayShrink(Noise(255)));

    /// <summary>Whatever share of a frame is text, zeros, noise or repeated noise: where this says no, Brotli saves less than 2%.</summary>
    [Fact]
    public void Where_it_says_no_little_is_lost()
    {
        Random random = new(7);
        byte[] packed = new byte[Frame];
        int refused = 0;
        for (int round = 0; round < 60; round++)
        {
            byte[] bytes = Noise(256 << 10, round);
            for (int stretches = random.Next(4); stretches > 0; stretches--)
            {
                Span<byte> stretch = bytes.AsSpan(random.Next(bytes.Length / 2), 1 + random.Next(1 << random.Next(4, 17)));
                switch (random.Next(3))
                {
                    case 0:
                        stretch.Clear();
                        break;
                    case 1:
                        bytes.AsSpan(random.Next(bytes.Length - stretch.Length), stretch.Length).CopyTo(stretch);
                        break;
                    default:
                        for (int i = 0; i < stretch.Length; i++)
                        {
                            stretch[i] &= 0x7F;
                        }

                        break;
                }
            }

            if (!Compressibility.MayShrink(bytes))
            {
                refused++;
                Assert.True(
                    !BrotliEncoder.TryCompress(bytes, packed, out int length, 5, 18) || length > bytes.Length * 0.98,
                    $"round {round}: {length}");
            }
        }

        Assert.InRange(refused, 10, 50);
    }

    /// <summary>LZ4's encoder would save the repetition, which is too little for the time: seen by that it does not.</summary>
    [Fact]
    public void The_thorough_encoders_are_spared()
    {
        byte[] bytes = Noise(Frame);
        bytes.AsSpan(0, Frame / 200).CopyTo(bytes.AsSpan(20_000));
        Assert.Equal(0, new Compression(FrameCodec.LZ4, 3).Compress(bytes, new byte[Frame]));
        Assert.Equal(0, new Compression(FrameCodec.Brotli, 4).Compress(bytes, new byte[Frame]));
        Assert.InRange(LZ4Codec.Encode(bytes, new byte[Frame], LZ4Level.L03_HC), 1, Frame - 1000);
    }

    private static byte[] Noise(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

namespace BinarySync.Format.Tests.Container;

public class FrameCompressionTests
{
    /// <summary>512 times 'd', 256 times 'e'.</summary>
    private static readonly byte[] Raw = [.. Enumerable.Repeat((byte)'d', 512), .. Enumerable.Repeat((byte)'e', 256)];

    private static readonly byte[] LZ4 = Hex.Bytes(
        """
        1F 64 01 00 FF ED     # a literal 'd', then 4 + 15 + 255 + 237 = 511 bytes from 1 byte back
        1F 65 01 00 E7        # a literal 'e', then 4 + 15 + 231 = 250 bytes from 1 byte back
        50 65 65 65 65 65     # the last five bytes are always literals
        """);

    // What `brotli -q 5` of Google's 1.x makes of it.
    private static readonly byte[] Brotli = Hex.Bytes("A1 F8 17 00 20 45 56 56 8B 31 56 00 32 57 B9 00");

    // What `zstd -3 --no-check` of version 1.5 makes of it.
    private static readonly byte[] Zstd = Hex.Bytes("28 B5 2F FD 60 00 02 6D 00 00 18 64 64 65 02 00 7C 40 89 7D 15 60 01");

    public static TheoryData<FrameCodec, int> Levels => new()
    {
        { FrameCodec.LZ4, 1 }, { FrameCodec.LZ4, 3 }, { FrameCodec.LZ4, 9 }, { FrameCodec.LZ4, 12 },
        { FrameCodec.Brotli, 1 }, { FrameCodec.Brotli, 5 }, { FrameCodec.Brotli, 11 },
        { FrameCodec.Zstd, 1 }, { FrameCodec.Zstd, 3 }, { FrameCodec.Zstd, 9 }, { FrameCodec.Zstd, 19 },
    };

    [Fact]
    public void Decodes_LZ4_blocks_written_by_hand() => Assert.Equal(Raw, Decompress(FrameCodec.LZ4, LZ4, Raw.Length));

    [Fact]
    public void Decodes_Brotli_streams_of_the_reference_tool() => Assert.Equal(Raw, Decompress(FrameCodec.Brotli, Brotli, Raw.Length));

    [Fact]
    public void Decodes_Zstandard_frames_of_the_reference_tool() => Assert.Equal(Raw, Decompress(FrameCodec.Zstd, Zstd, Raw.Length));

    [Theory]
    [MemberData(nameof(Levels))]
    public void Gives_back_what_it_took(FrameCodec codec, int level)
    {
        foreach (int length in new[] { 512, 65_536, level > 9 ? 1 << 18 : 4 << 20 })
        {
            byte[] raw = new byte[length];
            new Random(length).NextBytes(raw.AsSpan(0, length / 2));
            byte[] stored = new byte[length];
            int written = new Compression(codec, level).Compress(raw, stored);
            Assert.InRange(written, 1, length - 1);
            Assert.Equal(raw, Decompress(codec, stored[..written], length));
        }
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void What_does_not_shrink_is_stored(FrameCodec codec, int level)
    {
        foreach (int length in new[] { 1, 2, 5, 13, 512, 65_536, 1 << 20 })
        {
            byte[] noise = new byte[length];
            new Random(length).NextBytes(noise);
            Assert.Equal(0, new Compression(codec, level).Compress(noise, new byte[length]));
        }
    }

    [Fact]
    public void No_codec_never_shrinks() => Assert.Equal(0, Compression.None.Compress(Raw, new byte[Raw.Length]));

    [Theory]
    [InlineData(FrameCodec.LZ4)]
    [InlineData(FrameCodec.Brotli)]
    [InlineData(FrameCodec.Zstd)]
    public void Exactly_the_promised_bytes_come_out(FrameCodec codec)
    {
        byte[] stored = Stored(codec);
        foreach (int length in new[] { 1, Raw.Length - 1, Raw.Length + 1, 65_536 })
        {
            Assert.False(FrameDecompressor.TryDecompress(codec, stored, new byte[length]), $"{length} bytes");
        }
    }

    [Theory]
    [InlineData(FrameCodec.LZ4)]
    [InlineData(FrameCodec.Brotli)]
    [InlineData(FrameCodec.Zstd)]
    public void All_stored_bytes_are_used(FrameCodec codec)
    {
        Assert.False(FrameDecompressor.TryDecompress(codec, [.. Stored(codec), 0], new byte[Raw.Length]));
        Assert.False(FrameDecompressor.TryDecompress(codec, [.. Stored(codec), .. Stored(codec)], new byte[Raw.Length]));
    }

    [Theory]
    [InlineData(FrameCodec.LZ4)]
    [InlineData(FrameCodec.Brotli)]
    [InlineData(FrameCodec.Zstd)]
    public void A_stream_that_is_cut_short_is_refused(FrameCodec codec)
    {
        byte[] stored = Stored(codec);
        for (int length = 0; length < stored.Length; length++)
        {
            Assert.False(FrameDecompressor.TryDecompress(codec, stored.AsSpan(0, length), new byte[Raw.Length]), $"{length} bytes");
        }
    }

    [Theory]
    [InlineData(FrameCodec.LZ4)]
    [InlineData(FrameCodec.Brotli)]
    [InlineData(FrameCodec.Zstd)]
    public void Noise_does_no_harm(FrameCodec codec)
    {
        Random random = new(1);
        (int refused, int accepted) = (0, 0);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] noise = new byte[random.Next(1, 64)];
            random.NextBytes(noise);
            Try(noise);
            byte[] changed = [.. Stored(codec)];
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            Try(changed);
        }

        // Most of it is nothing that an encoder would make, and a literal that is another one is as good.
        Assert.InRange(refused, 20_000, int.MaxValue);
        Assert.InRange(accepted, 100, int.MaxValue);

        // Nothing is written around the frame, and what comes out is all of the stored bytes: nothing shines through that was there before.
        void Try(byte[] stored)
        {
            byte[]? first = Within(codec, stored, 0x00);
            byte[]? second = Within(codec, stored, 0xFF);
            Assert.Equal(first, second);
            _ = first is null ? refused++ : accepted++;
        }
    }

    // Into the middle of a larger buffer; null where it is refused.
    private static byte[]? Within(FrameCodec codec, byte[] stored, byte before)
    {
        const int Around = 64;
        byte[] buffer = new byte[Raw.Length + (2 * Around)];
        buffer.AsSpan().Fill(before);
        Span<byte> raw = buffer.AsSpan(Around, Raw.Length);
        bool isAccepted = FrameDecompressor.TryDecompress(codec, stored, raw);
        Assert.False(
            buffer.AsSpan(0, Around).ContainsAnyExcept(before) || buffer.AsSpan(Around + Raw.Length).ContainsAnyExcept(before),
            Convert.ToHexString(stored));
        return isAccepted ? raw.ToArray() : null;
    }

    // A frame of one block of one byte over and over. Its content size has four bytes.
    [Theory]
    [InlineData(131_072, true)]
    [InlineData(131_073, false)]
    [InlineData(200_000, false)]
    public void A_Zstandard_block_has_no_more_bytes_than_the_RFC_allows(int length, bool isAllowed)
    {
        int block = length << 3 | 0b011;
        byte[] frame =
        [
            .. Hex.Bytes("28 B5 2F FD A0"), .. BitConverter.GetBytes(length), (byte)block, (byte)(block >> 8), (byte)(block >> 16), 7,
        ];
        byte[] raw = new byte[length];
        Assert.Equal(isAllowed, FrameDecompressor.TryDecompress(FrameCodec.Zstd, frame, raw));
        Assert.Equal(isAllowed, raw.All(value => value == 7));
    }

    [Fact]
    public void Stored_frames_have_one_length()
    {
        Assert.Equal(Raw, Decompress(FrameCodec.None, Raw, Raw.Length));
        Assert.False(FrameDecompressor.TryDecompress(FrameCodec.None, Raw, new byte[Raw.Length + 1]));
    }

    [Theory]
    [InlineData(FrameCodec.None, 0, 1)]
    [InlineData(FrameCodec.LZ4, 12, 1)]
    [InlineData(FrameCodec.Brotli, 3, 1)]
    [InlineData(FrameCodec.Brotli, 4, 2)]
    [InlineData(FrameCodec.Brotli, 6, 2)]
    [InlineData(FrameCodec.Brotli, 7, 1)]
    [InlineData(FrameCodec.Brotli, 11, 1)]
    public void Some_levels_have_larger_frames(FrameCodec codec, int level, int mebibytes) =>
        Assert.Equal(mebibytes << 20, new Compression(codec, level).FrameSize);

    [Fact]
    public void Unknown_codecs_are_unknown()
    {
        Assert.False(FrameDecompressor.Knows((FrameCodec)200));
        Assert.False(FrameDecompressor.TryDecompress((FrameCodec)200, Raw, new byte[Raw.Length]));

        // Not by the frame's own bytes.
        Assert.False(FrameDecompressor.Knows(FrameCodec.Repeats));
    }

    private static byte[] Stored(FrameCodec codec) => codec switch
    {
        FrameCodec.LZ4 => LZ4,
        FrameCodec.Brotli => Brotli,
        _ => Zstd,
    };

    private static byte[] Decompress(FrameCodec codec, byte[] stored, int length)
    {
        byte[] raw = new byte[length];
        Assert.True(FrameDecompressor.TryDecompress(codec, stored, raw));
        return raw;
    }
}

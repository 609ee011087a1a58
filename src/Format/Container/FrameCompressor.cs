using System.IO.Compression;
using System.Numerics;
using K4os.Compression.LZ4;

namespace BinarySync.Format;

/// <summary>How a data file's content is compressed: the codec, and its level.</summary>
/// <param name="Codec">The codec of frames that shrink.</param>
/// <param name="Level">
/// LZ4: 1 is the fast encoder, 3 to 12 the high-compression one (2 is taken as 1). Brotli: quality 1 to 11. None: 0.
/// </param>
public readonly record struct Compression(FrameCodec Codec, int Level)
{
    public static readonly Compression None = new(FrameCodec.None, 0);

    public static readonly Compression DefaultLZ4 = new(FrameCodec.LZ4, 1);

    /// <summary>What `brotli` means without a level.</summary>
    public const int DefaultBrotliLevel = 5;

    public const int MaxLZ4Level = 12;
    public const int MaxBrotliLevel = 11;

    /// <summary>
    /// Bytes of the frames with which it makes the smallest file in the memory that is allowed. Brotli from level 4 on looks back further than a mebibyte; from level 7 on it needs the
    /// memory for itself. LZ4 never looks back further than 64 KiB.
    /// </summary>
    public int FrameSize => Codec == FrameCodec.Brotli && Level is >= 4 and <= 6 ? 2 * FormatLimits.DefaultFrameSize : FormatLimits.DefaultFrameSize;

    /// <summary>
    /// Compresses one frame. Safe from several threads at once with different buffers.
    /// </summary>
    /// <param name="raw">The frame's content, 1 byte to 4 MiB.</param>
    /// <param name="destination">At least as long as <paramref name="raw"/>.</param>
    /// <returns>Bytes written, less than <paramref name="raw"/> has; or 0: it does not shrink, store it.</returns>
    public int Compress(ReadOnlySpan<byte> raw, Span<byte> destination)
    {
        // One byte less than it was: what does not fit is stored.
        Span<byte> smaller = destination[..(raw.Length - 1)];
        if (IsThorough && !Compressibility.MayShrink(raw))
        {
            return 0;
        }

        switch (Codec)
        {
            case FrameCodec.LZ4:
                int written = LZ4Codec.Encode(raw, smaller, Level < 3 ? LZ4Level.L00_FAST : (LZ4Level)Level);
                return Math.Max(written, 0);
            case FrameCodec.Brotli:
                return BrotliEncoder.TryCompress(raw, smaller, out int length, Level, WindowBits(raw.Length)) ? length : 0;
            default:
                return 0;
        }
    }

    // From these levels on a look beforehand costs a fraction of what the encoder takes.
    private bool IsThorough => Codec switch
    {
        FrameCodec.LZ4 => Level >= 3,
        FrameCodec.Brotli => Level >= 4,
        _ => false,
    };

    // RFC 7932, without its large-window extension: 10 to 24 bits. More than the frame has would be memory for nothing.
    private static int WindowBits(int length) => Math.Clamp(BitOperations.Log2((uint)(length - 1 | 1)) + 1, 10, 24);
}

/// <summary>Decompresses frames, strictly: all input is used and exactly the promised bytes come out.</summary>
public static class FrameDecompressor
{
    /// <summary>True where this program can decompress the codec by the frame's own bytes; for <see cref="FrameCodec.Repeats"/> see <see cref="FrameDecoder"/>.</summary>
    public static bool Knows(FrameCodec codec) => codec is FrameCodec.None or FrameCodec.LZ4 or FrameCodec.Brotli;

    /// <summary>Decompresses one frame. Safe from several threads at once.</summary>
    /// <param name="codec">A codec that <see cref="Knows"/> knows.</param>
    /// <param name="stored">The stored payload.</param>
    /// <param name="raw">Exactly the raw length.</param>
    /// <returns>False where the stored bytes are not a frame of that length.</returns>
    public static bool TryDecompress(FrameCodec codec, ReadOnlySpan<byte> stored, Span<byte> raw)
    {
        switch (codec)
        {
            case FrameCodec.None:
                if (stored.Length != raw.Length)
                {
                    return false;
                }

                stored.CopyTo(raw);
                return true;
            case FrameCodec.LZ4:
                return LZ4Rules.Hold(stored, raw.Length) && LZ4Codec.Decode(stored, raw) == raw.Length;
            case FrameCodec.Brotli:
                using (BrotliDecoder decoder = default)
                {
                    return decoder.Decompress(stored, raw, out int consumed, out int written) == System.Buffers.OperationStatus.Done
                        && consumed == stored.Length && written == raw.Length;
                }

            default:
                return false;
        }
    }
}

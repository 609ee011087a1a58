using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Numerics;

namespace BinarySync.Format;

/// <summary>
/// One Zstandard frame (RFC 8878) in the only form that Format.md 2.3 allows: a single segment with its content size, no checksum, no
/// dictionary, nothing behind it. Safe from several threads at once.
/// </summary>
internal static class ZstdFrame
{
    // RFC 8878, 3.1.1: magic number, frame header descriptor, content size; then blocks, each with a header of three bytes.
    private const uint Magic = 0xFD2FB528;
    private const int DescriptorAt = sizeof(uint);
    private const int ContentSizeAt = DescriptorAt + sizeof(byte);
    private const int BlockHeaderLength = 3;
    private const int MostBlockSize = 128 << 10;

    // The two highest bits say how long the content size is; one says that there is a single segment, the others must be 0 here.
    private const int DescriptorMask = 0b0011_1111;
    private const int SingleSegment = 0b0010_0000;

    private const int LeastWindowBits = 10;

    // Each has tables of its own, up to a few mebibytes, and there are never more than threads that compress or decompress at once.
    private static readonly ConcurrentBag<ZstdContexts> Contexts = [];

    /// <summary>Compresses a frame; see <see cref="ContentCodec.Compress"/>.</summary>
    public static int Compress(ReadOnlySpan<byte> raw, Span<byte> destination, int level) => Compress(raw, prefix: [], destination, level);

    /// <summary>Compresses a frame over a prefix (Format.md 4.8); over none if it is empty.</summary>
    /// <param name="raw">1 byte to 4 MiB.</param>
    /// <param name="prefix">At most 4 MiB; not needed any more afterwards.</param>
    /// <param name="destination">A result that does not fit is not written.</param>
    /// <param name="level">1 to 19.</param>
    /// <returns>Bytes written; 0 if it does not fit.</returns>
    public static int Compress(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> prefix, Span<byte> destination, int level)
    {
        if (destination.IsEmpty)
        {
            return 0;
        }

        ZstdContexts contexts = Contexts.TryTake(out ZstdContexts? free) ? free : new ZstdContexts();
        try
        {
            // The window holds the content, at every level: then the encoder makes a single segment of it.
            return contexts.Compress(raw, prefix, destination, level, WindowBits(raw.Length + prefix.Length));
        }
        finally
        {
            Contexts.Add(contexts);
        }
    }

    /// <summary>Decompresses a frame; see <see cref="ContentCodec.TryDecompress"/>.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> stored, Span<byte> raw) => TryDecompress(stored, prefix: [], raw);

    /// <summary>Decompresses a frame over the prefix with which it was compressed.</summary>
    /// <returns>False if the stored bytes are not such a frame of that length.</returns>
    public static bool TryDecompress(ReadOnlySpan<byte> stored, ReadOnlySpan<byte> prefix, Span<byte> raw)
    {
        if (!IsOneFrame(stored, raw.Length))
        {
            return false;
        }

        ZstdContexts contexts = Contexts.TryTake(out ZstdContexts? free) ? free : new ZstdContexts();
        try
        {
            return contexts.Decompress(stored, prefix, raw) == raw.Length;
        }
        finally
        {
            Contexts.Add(contexts);
        }
    }

    /// <summary>True if all the bytes are one frame of the allowed form, as far as its headers tell.</summary>
    public static bool IsOneFrame(ReadOnlySpan<byte> stored, int rawLength)
    {
        if (stored.Length < ContentSizeAt
            || BinaryPrimitives.ReadUInt32LittleEndian(stored) != Magic
            || (stored[DescriptorAt] & DescriptorMask) != SingleSegment)
        {
            return false;
        }

        int sizeLength = 1 << (stored[DescriptorAt] >> 6);
        if (stored.Length < ContentSizeAt + sizeLength || ContentSize(stored.Slice(ContentSizeAt, sizeLength)) != (ulong)rawLength)
        {
            return false;
        }

        for (int at = ContentSizeAt + sizeLength; stored.Length - at >= BlockHeaderLength;)
        {
            int header = stored[at] | stored[at + 1] << 8 | stored[at + 2] << 16;
            int size = header >> 3;
            if (size > Math.Min(rawLength, MostBlockSize))
            {
                // Decoders differ: some take such blocks if they are stored, or one byte over and over.
                return false;
            }

            bool isRepeatedByte = (header >> 1 & 3) == 1;
            at += BlockHeaderLength + (isRepeatedByte ? 1 : size);
            if ((header & 1) != 0)
            {
                return at == stored.Length;
            }
        }

        return false;
    }

    // One of two bytes counts from 256 on.
    private static ulong ContentSize(ReadOnlySpan<byte> field) => field.Length switch
    {
        1 => field[0],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(field) + 256UL,
        4 => BinaryPrimitives.ReadUInt32LittleEndian(field),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(field),
    };

    private static int WindowBits(int length) => Math.Max(BitOperations.Log2((uint)(length - 1 | 1)) + 1, LeastWindowBits);
}

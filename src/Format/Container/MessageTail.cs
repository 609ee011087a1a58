using System.Buffers.Binary;

namespace BinarySync.Format;

/// <summary>The last 16 bytes of a message (Format.md 2.4).</summary>
internal static class MessageTail
{
    public const int TrailerLengthOffset = 0;
    public const int ReservedOffset = TrailerLengthOffset + sizeof(uint);
    public const int EndMarkOffset = ReservedOffset + sizeof(uint);
    public const int Length = EndMarkOffset + 8;

    // A trailer of this version has a few hundred bytes: the reader does not look for a longer one.
    private const uint MostTrailer = 64 << 10;

    private static ReadOnlySpan<byte> EndMark => [0x1A, 0x0A, 0x0D, (byte)'N', (byte)'Y', (byte)'S', (byte)'B', 0x8F];

    public static void Write(Span<byte> destination, int trailerLength)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination[TrailerLengthOffset..], (uint)trailerLength);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[ReservedOffset..], 0);
        EndMark.CopyTo(destination[EndMarkOffset..]);
    }

    /// <summary>
    /// The payload of the trailer before the tail at the end of a stream; null if there is none. Nothing of it has been checked.
    /// </summary>
    /// <param name="input">Can seek.</param>
    /// <param name="from">The trailer does not begin before this offset.</param>
    public static byte[]? FindTrailer(Stream input, long from)
    {
        long end = input.Length - Length;
        if (end - from < SectionHeader.Length)
        {
            return null;
        }

        Span<byte> tail = stackalloc byte[Length];
        input.Position = end;
        if (!TryFill(input, tail))
        {
            return null;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(tail[TrailerLengthOffset..]);
        if (length is <= SectionHeader.Length or > MostTrailer || length > end - from || !tail[EndMarkOffset..].SequenceEqual(EndMark))
        {
            return null;
        }

        byte[] payload = new byte[length - SectionHeader.Length];
        input.Position = end - payload.Length;
        return TryFill(input, payload) ? payload : null;
    }

    // The file system announces the length: the file may have fewer bytes than that, or be cut at this moment.
    private static bool TryFill(Stream input, Span<byte> bytes) =>
        input.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length;

    public static void Check(ReadOnlySpan<byte> tail, int trailerLength, string source, long offset)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(tail[TrailerLengthOffset..]) != trailerLength)
        {
            throw Damaged(TrailerLengthOffset, "trailer length");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(tail[ReservedOffset..]) != 0)
        {
            throw Damaged(ReservedOffset, "reserved field");
        }

        if (!tail[EndMarkOffset..].SequenceEqual(EndMark))
        {
            throw Damaged(EndMarkOffset, "end mark");
        }

        MessageFormatException Damaged(int at, string field) =>
            new(FormatError.Damaged, source, offset + at, field, $"the tail is damaged ({field})");
    }
}

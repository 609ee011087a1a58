namespace BinarySync.Tests.Messages;

/// <summary>A message in memory, read at any place as a file would be.</summary>
internal static class MessageBytes
{
    public static ReadMessageAt ReaderOf(byte[] message) => (buffer, offset) =>
    {
        int count = (int)Math.Clamp(message.Length - offset, 0, buffer.Length);
        message.AsSpan(message.Length - (int)Math.Max(0, message.Length - offset), count).CopyTo(buffer);
        return count;
    };

    /// <summary>Decodes the frame that a reader has just read.</summary>
    /// <param name="decoder">Of the message.</param>
    /// <param name="reader">The reader.</param>
    /// <param name="stored">The payload of the frame.</param>
    /// <param name="prefix">The old content of its blocks, if it is compressed over it.</param>
    /// <exception cref="MessageFormatException">It is refused.</exception>
    public static byte[] Decode(
        FrameDecoder decoder, OperationReader reader, ReadOnlySpan<byte> stored, ReadOnlySpan<byte> prefix = default)
    {
        byte[] raw = new byte[reader.Frame.RawLength];
        FramePieces pieces = reader.ExchangePieces(new FramePieces());
        decoder.Decode(reader.Frame, stored, pieces, prefix, reader.FramePosition, raw);
        return raw;
    }
}

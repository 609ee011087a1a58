namespace BinarySync.Format;

/// <summary>
/// Writes the section of a group. One with copies is compressed if that makes it shorter. The new hash of a block is usually also among the
/// old hashes of the blocks that it is copied from, so compression saves half of it and more (Format.md 2.3).
/// </summary>
internal sealed class OperationSection
{
    // Above this level the encoder checks the content first, and sees nothing in hashes.
    private static readonly Compression Repeating = new(FrameCodec.Brotli, 3);

    private byte[] _stored = [];

    /// <summary>Writes it.</summary>
    public void Write(MessageWriter message, ReadOnlySpan<byte> payload, bool hasCopies)
    {
        if (hasCopies)
        {
            if (_stored.Length < payload.Length)
            {
                _stored = new byte[payload.Length];
            }

            int length = Repeating.Compress(payload, _stored);
            if (length > 0)
            {
                message.WriteSection(SectionType.Operations, Repeating.Codec, payload.Length, _stored.AsSpan(0, length));
                return;
            }
        }

        message.WriteSection(SectionType.Operations, FrameCodec.None, payload.Length, payload);
    }
}

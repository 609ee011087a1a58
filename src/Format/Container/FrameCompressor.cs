namespace BinarySync.Format;

/// <summary>How a data file's content is compressed: the codec, and its level.</summary>
/// <param name="Codec">The codec of frames that shrink: one of <see cref="ContentCodec"/>.</param>
/// <param name="Level">1 to <see cref="ContentCodec.MostLevel"/>; 0 if it has none.</param>
public readonly record struct Compression(FrameCodec Codec, int Level)
{
    public static readonly Compression None = new(FrameCodec.None, 0);

    /// <summary>For those who choose nothing: takes about the time of LZ4, and leaves three quarters of its bytes.</summary>
    public static readonly Compression Default = new(FrameCodec.Zstd, 2);

    /// <summary>The fastest that programs of any version can read.</summary>
    public static readonly Compression DefaultLZ4 = new(FrameCodec.LZ4, ContentCodec.LZ4.DefaultLevel);

    /// <summary>The frame size in bytes with which it makes the smallest file in the allowed memory.</summary>
    public int FrameSize => Entry.FrameSizeAt(Level);

    private ContentCodec Entry => ContentCodec.Find(Codec) ?? ContentCodec.None;

    /// <summary>
    /// Compresses one frame. Safe from several threads at once with different buffers.
    /// </summary>
    /// <param name="raw">The frame's content, 1 byte to 4 MiB.</param>
    /// <param name="destination">At least as long as <paramref name="raw"/>.</param>
    /// <returns>Bytes written, fewer than <paramref name="raw"/> has; or 0: it does not shrink, so store it.</returns>
    public int Compress(ReadOnlySpan<byte> raw, Span<byte> destination)
    {
        // One byte less than the content: content that does not fit is stored as it is.
        Span<byte> smaller = destination[..(raw.Length - 1)];
        ContentCodec codec = Entry;
        return Level >= codec.ThoroughFrom && !Compressibility.MayShrink(raw) ? 0 : codec.Compress(raw, smaller, Level);
    }

    /// <summary>
    /// Compresses one frame over old content, with <see cref="FrameCodec.Prefix"/>. Safe from several threads at once with different
    /// buffers.
    /// </summary>
    /// <param name="raw">The frame's content, 1 byte to 4 MiB.</param>
    /// <param name="prefix">The old content of its blocks (Format.md 4.8).</param>
    /// <param name="destination">At least as long as <paramref name="raw"/>.</param>
    /// <returns>Bytes written, fewer than <paramref name="raw"/> has; or 0: it does not shrink.</returns>
    public int CompressOver(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> prefix, Span<byte> destination) =>
        Codec == FrameCodec.Zstd
            ? ZstdFrame.Compress(raw, prefix, destination[..(raw.Length - 1)], Level)
            : throw new InvalidOperationException("only Zstandard compresses over old content");
}

/// <summary>Decompresses frames, strictly: all input is used and exactly the promised bytes come out.</summary>
internal static class FrameDecompressor
{
    /// <summary>
    /// True if this program can decompress the codec from the frame's own bytes; for <see cref="FrameCodec.Repeats"/> see
    /// <see cref="FrameDecoder"/>.
    /// </summary>
    public static bool Knows(FrameCodec codec) => ContentCodec.Find(codec) is not null;

    /// <summary>Decompresses one frame. Safe from several threads at once.</summary>
    /// <param name="codec">A codec that <see cref="Knows"/> knows.</param>
    /// <param name="stored">The stored payload.</param>
    /// <param name="raw">Exactly the raw length.</param>
    /// <returns>False if the stored bytes are not a frame of that length.</returns>
    public static bool TryDecompress(FrameCodec codec, ReadOnlySpan<byte> stored, Span<byte> raw) =>
        ContentCodec.Find(codec) is { } entry && entry.TryDecompress(stored, raw);
}

namespace BinarySync.Format;

/// <summary>Reads a message at any offset, without moving the reader that goes front to back. Safe from several threads at once.</summary>
/// <param name="buffer">Filled as far as there are bytes.</param>
/// <param name="offset">Offset in the message.</param>
/// <returns>Bytes read: fewer than asked for only at the end of the message.</returns>
public delegate int ReadMessageAt(Span<byte> buffer, long offset);

/// <summary>
/// Decodes frames of all codecs. Old content is the caller's to find. For frames with repeats it reads earlier frames once more, and checks
/// them like any other. Keeps the last one of these, for content that repeats in long runs. Not safe from several threads: each has its
/// own.
/// </summary>
/// <param name="source">The name of the message, for errors.</param>
/// <param name="readAt">Null if the message can only be read front to back: then frames with repeats are refused.</param>
internal sealed class FrameDecoder(string source, ReadMessageAt? readAt)
{
    private readonly FramePieces _earlier = new();

    // Made when a frame refers to another: most never do.
    private byte[] _stored = [];
    private byte[] _raw = [];
    private long _loaded = -1;
    private SectionHeader _loadedHeader;

    /// <summary>Decodes one frame.</summary>
    /// <param name="frame">Its codec and lengths.</param>
    /// <param name="stored">Its payload.</param>
    /// <param name="pieces">
    /// For <see cref="FrameCodec.Repeats"/>: the pieces that <see cref="OperationReader"/> found in the payload.
    /// </param>
    /// <param name="prefix">For <see cref="FrameCodec.Prefix"/>: the old content of its blocks (Format.md 4.8).</param>
    /// <param name="place">Its number among the sections and the offset of its frame header, for errors.</param>
    /// <param name="raw">Exactly the raw length.</param>
    /// <exception cref="MessageFormatException">It does not decompress, or refers to bytes that are not there.</exception>
    public void Decode(
        in SectionHeader frame,
        ReadOnlySpan<byte> stored,
        FramePieces pieces,
        ReadOnlySpan<byte> prefix,
        (long Number, long Offset) place,
        Span<byte> raw)
    {
        if (frame.Codec == FrameCodec.Prefix)
        {
            Require(ZstdFrame.TryDecompress(stored, prefix, raw), place);
            return;
        }

        if (frame.Codec != FrameCodec.Repeats)
        {
            Require(FrameDecompressor.TryDecompress(frame.Codec, stored, raw), place);
            return;
        }

        if (readAt is null)
        {
            throw new MessageFormatException(
                FormatError.Unsupported, source, place.Offset, $"section {place.Number}",
                $"section {place.Number} repeats earlier content: this needs a file, not a pipe");
        }

        Require(pieces.TryCopyLiterals(stored, raw), place);

        // Frame by frame, not piece by piece: each is decoded once. The oldest first, so that the youngest is kept for the next frame.
        for (int i = pieces.Frames.Count - 1; i >= 0; i--)
        {
            Load(pieces.Frames[i], place);
            foreach (FramePiece piece in pieces.Pieces)
            {
                if (piece.Frame == i)
                {
                    Copy(piece, place, raw);
                }
            }
        }
    }

    private void Copy(in FramePiece piece, (long Number, long Offset) place, Span<byte> raw)
    {
        bool isThere = piece.Offset + piece.Length <= _loadedHeader.RawLength
            && (_loadedHeader.Codec != FrameCodec.Repeats || _earlier.AreLiterals(piece.Offset, piece.Length));
        if (!isThere)
        {
            throw new MessageFormatException(
                FormatError.Invalid, source, place.Offset, $"section {place.Number}",
                $"section {place.Number} repeats {piece.Length} bytes from byte {piece.Offset} of the frame at offset {_loaded}, which are "
                    + "not all literals there");
        }

        _raw.AsSpan(piece.Offset, piece.Length).CopyTo(raw[piece.At..]);
    }

    // The message may have changed since the frame was first read: it is checked again, as it was then.
    private void Load(long offset, (long Number, long Offset) place)
    {
        if (_loaded == offset)
        {
            return;
        }

        _loaded = -1;
        Span<byte> bytes = stackalloc byte[SectionHeader.Length];
        Fill(bytes, offset);
        SectionHeader header = SectionHeader.Read(bytes, source, offset);
        if (header.Type != SectionType.Content)
        {
            throw Changed(offset);
        }

        Span<byte> stored = Room(ref _stored, header.StoredLength);
        Fill(stored, offset + SectionHeader.Length);
        Span<byte> checksum = stackalloc byte[SectionHeader.ChecksumLength];
        SectionHeader.WriteChecksum(bytes[..SectionHeader.ChecksumOffset], stored, checksum);
        if (!checksum.SequenceEqual(bytes[SectionHeader.ChecksumOffset..]))
        {
            throw Changed(offset);
        }

        header.Check(bytes[SectionHeader.ReservedOffset], source, offset);
        if (header.Codec == FrameCodec.Prefix)
        {
            throw new MessageFormatException(
                FormatError.Invalid, source, place.Offset, $"section {place.Number}",
                $"section {place.Number} repeats content of the frame at offset {offset}, which is compressed over old content");
        }

        Span<byte> raw = Room(ref _raw, header.RawLength);
        if (header.Codec == FrameCodec.Repeats)
        {
            _earlier.Parse(stored, header.RawLength, source, offset + SectionHeader.Length, places: null);
        }

        bool isDecoded = header.Codec == FrameCodec.Repeats
            ? _earlier.TryCopyLiterals(stored, raw)
            : FrameDecompressor.TryDecompress(header.Codec, stored, raw);
        if (!isDecoded)
        {
            throw new MessageFormatException(FormatError.Damaged, source, offset, "content", "a repeated frame does not decompress");
        }

        _loaded = offset;
        _loadedHeader = header;
    }

    private void Fill(Span<byte> buffer, long offset)
    {
        if (readAt!(buffer, offset) != buffer.Length)
        {
            throw Changed(offset);
        }
    }

    private static Span<byte> Room(ref byte[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = GC.AllocateUninitializedArray<byte>(length);
        }

        return buffer.AsSpan(0, length);
    }

    private void Require(bool isDecoded, (long Number, long Offset) place)
    {
        if (!isDecoded)
        {
            throw new MessageFormatException(
                FormatError.Damaged, source, place.Offset, $"section {place.Number}", $"section {place.Number} does not decompress");
        }
    }

    private MessageFormatException Changed(long offset) =>
        new(FormatError.Damaged, source, offset, "content", "a repeated frame has changed since it was first read");
}

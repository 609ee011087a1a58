using System.IO.Hashing;

namespace BinarySync.Format;

/// <summary>
/// Reads a message front to back from a stream that need not seek (Format.md 2), and checks the container: lengths before they are used,
/// each section's checksum before its content is read, digest, tail and end. Not safe from several threads.
/// </summary>
public sealed class MessageReader
{
    private const int SmallestPayload = 64 << 10;
    private const int RoomStep = 256 << 10;

    private readonly Stream _input;
    private readonly bool _skipContent;
    private readonly XxHash128 _digest = new();
    private readonly byte[] _digestBeforeTrailer = new byte[FormatLimits.DigestLength];
    private readonly MessageBuffers _buffers;

    /// <summary>Reads and checks preamble and header.</summary>
    /// <param name="input">The stream; it stays the caller's.</param>
    /// <param name="source">Its name in errors.</param>
    /// <param name="skipContent">
    /// Seek over content sections if the stream can seek: for another pass over the operations of a message that has been verified before.
    /// Neither those sections nor the digest are checked then.
    /// </param>
    /// <exception cref="MessageFormatException">The message is refused.</exception>
    public MessageReader(Stream input, string source, bool skipContent = false)
        : this(input, source, skipContent, new MessageBuffers())
    {
    }

    /// <summary>As <see cref="MessageReader(Stream, string, bool)"/>, with the buffers of a reader that is not used any more.</summary>
    internal MessageReader(Stream input, string source, bool skipContent, MessageBuffers buffers)
    {
        _buffers = buffers;
        _buffers.User = this;
        _input = input;
        _skipContent = skipContent && input.CanSeek;
        Source = source;

        byte[] preamble = new byte[Preamble.Length];
        int got = input.ReadAtLeast(preamble, preamble.Length, throwOnEndOfStream: false);
        if (got == 0)
        {
            throw new MessageFormatException(FormatError.Truncated, source, 0, "preamble", "is empty");
        }

        Preamble.CheckMagic(preamble.AsSpan(0, got), source);
        if (got > Preamble.MinorOffset)
        {
            Preamble.CheckVersion(preamble, source);
        }

        if (got < preamble.Length)
        {
            throw Truncated(got);
        }

        Minor = preamble[Preamble.MinorOffset];
        _digest.Append(preamble);
        Position = preamble.Length;

        int length = Preamble.ReadHeaderLength(preamble, source);
        byte[] header = ReadGrowing(length);
        Span<byte> stored = stackalloc byte[SectionHeader.ChecksumLength];
        Span<byte> computed = stackalloc byte[SectionHeader.ChecksumLength];
        Fill(stored);
        XxHash3 checksum = new();
        checksum.Append(preamble);
        checksum.Append(header);
        checksum.GetHashAndReset(computed);
        if (!stored.SequenceEqual(computed))
        {
            throw new MessageFormatException(FormatError.Damaged, source, Preamble.Length, "header", "the header is damaged");
        }

        Kind = Preamble.ReadKind(preamble, source);
        Header = HeaderEncoding.Decode(Kind, Minor, header, source, Preamble.Length);
    }

    /// <summary>The stream's name in errors.</summary>
    public string Source { get; }

    public MessageKind Kind { get; }

    /// <summary>The minor version of the message.</summary>
    public byte Minor { get; }

    public MessageHeader Header { get; }

    /// <summary>The section just read.</summary>
    public SectionHeader Section { get; private set; }

    /// <summary>Offset of the payload of the section just read.</summary>
    public long PayloadOffset { get; private set; }

    /// <summary>
    /// The stored payload of the section just read, decompressed if it has operations; valid until the next section is read. Empty if the
    /// section was skipped.
    /// </summary>
    public ReadOnlyMemory<byte> Payload { get; private set; }

    /// <summary>Sections read so far, without the trailer.</summary>
    public long Sections { get; private set; }

    /// <summary>True if the input can seek.</summary>
    public bool CanSeek => _input.CanSeek;

    /// <summary>Bytes read so far.</summary>
    public long Position { get; private set; }

    /// <summary>The trailer, once <see cref="ReadSection"/> has returned false.</summary>
    public MessageTrailer Trailer { get; private set; } = new();

    /// <summary>
    /// The content of the trailer, before the message has been read: only to tell people how much there is to do, since nothing has been
    /// checked. Null if the input cannot seek, or has no readable trailer. The position of the input does not change.
    /// </summary>
    public MessageTrailer? PeekTrailer()
    {
        if (!_input.CanSeek)
        {
            return null;
        }

        long position = _input.Position;
        try
        {
            return MessageTail.FindTrailer(_input, position) is { } payload
                ? TrailerEncoding.Decode(Kind, Minor, Header, payload, Source, 0)
                : null;
        }
        catch (MessageFormatException)
        {
            return null;
        }
        finally
        {
            _input.Position = position;
        }
    }

    /// <summary>Refuses a message of another kind than the required one.</summary>
    public MessageReader Require(MessageKind kind) => Kind == kind
        ? this
        : throw new MessageFormatException(
            FormatError.WrongKind, Source, Preamble.KindOffset, "kind", $"is a {Kind.Words()}; a {kind.Words()} is needed here")
        { Found = Kind };

    /// <summary>
    /// Reads the next section. False when the trailer was reached: then the message is complete, its digest is right and nothing follows.
    /// </summary>
    public bool ReadSection()
    {
        _buffers.Demand(this);
        while (true)
        {
            long offset = Position;
            bool skipped = ReadFrame(offset);
            if (Section.Type == SectionType.Trailer)
            {
                ReadEnd(offset);
                return false;
            }

            Sections++;
            if (skipped || IsKnown(offset))
            {
                return true;
            }
        }
    }

    /// <summary>
    /// Reads the section that begins at an offset: for a second read of a section whose place was noted in a verified message. Its checksum
    /// is checked. After this only further sections may be read this way, and there is no end.
    /// </summary>
    public void ReadSectionAt(long offset)
    {
        _buffers.Demand(this);
        _input.Position = offset;
        Position = offset;
        ReadFrame(offset);
        Decompress(offset);
    }

    /// <summary>
    /// Takes the payload's array away from the reader and gives it another one (of any length), so that the payload outlives the next
    /// section.
    /// </summary>
    public byte[] ExchangePayload(byte[] replacement) => ExchangePayload(Section.Type, replacement);

    /// <summary>As <see cref="ExchangePayload(byte[])"/>, for the array in which sections of a type are kept.</summary>
    internal byte[] ExchangePayload(SectionType type, byte[] replacement)
    {
        ref byte[] buffer = ref BufferOf(type);
        byte[] taken = buffer;
        buffer = replacement;
        return taken;
    }

    /// <summary>An error in the payload of the section just read.</summary>
    public MessageFormatException Invalid(int payloadPosition, string field, string message) =>
        new(FormatError.Invalid, Source, PayloadOffset + payloadPosition, field, message);

    /// <summary>
    /// An error in the payload of the section just read: a value that this version does not know. If the version is not closed, it is a
    /// newer program's.
    /// </summary>
    internal MessageFormatException UnknownValue(int payloadPosition, string field, string message) => FormatVersion.IsClosed(Minor)
        ? Invalid(payloadPosition, field, message)
        : new(
            FormatError.Unsupported,
            Source,
            PayloadOffset + payloadPosition,
            field,
            $"needs a newer program ({message} that this one knows)");

    /// <summary>An error in the frame header of the section just read.</summary>
    internal MessageFormatException InvalidSection(int headerPosition, string field, string message) =>
        Invalid(headerPosition - SectionHeader.Length, field, message);

    private bool ReadFrame(long offset)
    {
        Span<byte> header = stackalloc byte[SectionHeader.Length];
        FillUndigested(header);
        Section = SectionHeader.Read(header, Source, offset);
        PayloadOffset = Position;
        if (Section.Type == SectionType.Trailer)
        {
            _digest.GetCurrentHash(_digestBeforeTrailer);
        }

        _digest.Append(header);
        if (_skipContent && Section.Type == SectionType.Content)
        {
            _input.Seek(Section.StoredLength, SeekOrigin.Current);
            Position += Section.StoredLength;
            Payload = default;
            return true;
        }

        ref byte[] buffer = ref BufferOf(Section.Type);
        FillPayload(ref buffer, Section.StoredLength);
        Payload = buffer.AsMemory(0, Section.StoredLength);
        Span<byte> computed = stackalloc byte[SectionHeader.ChecksumLength];
        SectionHeader.WriteChecksum(header[..SectionHeader.ChecksumOffset], Payload.Span, computed);
        if (!computed.SequenceEqual(header[SectionHeader.ChecksumOffset..]))
        {
            throw new MessageFormatException(
                FormatError.Damaged, Source, offset, $"section {Sections + 1}", $"section {Sections + 1} is damaged");
        }

        Section.Check(header[SectionHeader.ReservedOffset], Source, offset);
        return false;
    }

    // The rules for sections that this version does not know: Format.md 2.2.
    private bool IsKnown(long offset)
    {
        bool isNewer = !FormatVersion.IsClosed(Minor);
        if (Section.Type is SectionType.Checksums or SectionType.Operations or SectionType.Content
            || (isNewer && Section.Type is SectionType.RollingSums))
        {
            if (!MayHave(Kind, Section.Type))
            {
                throw Refused(
                    FormatError.Invalid,
                    SectionHeader.TypeOffset,
                    "section type",
                    $"section {Sections} is of a type that a {Kind.Words()} does not have");
            }

            if (!MayHave(Section.Type, Section.Codec) || !IsKnownHere(Section.Codec))
            {
                bool isOfNewer = isNewer && !IsKnownHere(Section.Codec);
                throw Refused(
                    isOfNewer ? FormatError.Unsupported : FormatError.Invalid, SectionHeader.CodecOffset, "codec",
                    $"section {Sections} has codec {(byte)Section.Codec}, which is not known here");
            }

            if (Section.Flags != 0 && !isNewer)
            {
                throw Refused(
                    FormatError.Invalid, SectionHeader.FlagsOffset, "section flags", $"section {Sections} has flags {Section.Flags:X2}");
            }

            if (Section.Type is SectionType.RollingSums)
            {
                CheckSums();
            }

            Decompress(offset);
            return true;
        }

        if (!isNewer)
        {
            throw Refused(
                FormatError.Invalid, SectionHeader.TypeOffset, "section type",
                $"section {Sections} has type {(byte)Section.Type:X2}, which does not exist");
        }

        return Section.IsSkippable
            ? false
            : throw Refused(
                FormatError.Unsupported, SectionHeader.TypeOffset, "section type",
                $"needs a newer program (section {Sections} has type {(byte)Section.Type:X2})");

        // A reader of 1.0 has to be able to skip them.
        void CheckSums()
        {
            if (Header is not ChecksumFileHeader { HasRollingSums: true })
            {
                throw Refused(
                    FormatError.Invalid, SectionHeader.TypeOffset, "section type",
                    $"section {Sections} has rolling sums, of which the header says nothing");
            }

            if (!Section.IsSkippable)
            {
                throw Refused(
                    FormatError.Invalid, SectionHeader.FlagsOffset, "section flags",
                    $"section {Sections} has rolling sums without the flag that it may be skipped");
            }
        }

        MessageFormatException Refused(FormatError error, int at, string field, string message) =>
            new(error, Source, offset + at, field, message);
    }

    // A codec that came after 1.0 is one that nobody knows, unless the header names it.
    private bool IsKnownHere(FrameCodec codec)
    {
        bool isNewer = codec == FrameCodec.Prefix || ContentCodec.Find(codec) is { SinceMinor: > 0 };
        return isNewer
            ? Header is DataFileHeader file && file.Allows(codec)
            : codec == FrameCodec.Repeats || ContentCodec.Find(codec) is not null;
    }

    private static bool MayHave(SectionType type, FrameCodec codec) =>
        codec is FrameCodec.Repeats or FrameCodec.Prefix
            ? type is SectionType.Content
            : ContentCodec.Find(codec)?.MayBeIn(type) ?? false;

    // Operations are handed on as they are; content is decompressed by the caller, which has several threads for it.
    private void Decompress(long offset)
    {
        if (Section.Type != SectionType.Operations || Section.Codec == FrameCodec.None)
        {
            return;
        }

        if (_buffers.Operations.Length < Section.RawLength)
        {
            _buffers.Operations = new byte[RoomFor(Section.RawLength)];
        }

        Span<byte> raw = _buffers.Operations.AsSpan(0, Section.RawLength);
        if (!FrameDecompressor.TryDecompress(Section.Codec, Payload.Span, raw))
        {
            throw new MessageFormatException(
                FormatError.Damaged, Source, offset, $"section {Sections}", $"section {Sections} does not decompress");
        }

        Payload = _buffers.Operations.AsMemory(0, Section.RawLength);
    }

    private static bool MayHave(MessageKind kind, SectionType type) => kind switch
    {
        MessageKind.ChecksumFile => type is SectionType.Checksums or SectionType.RollingSums,
        MessageKind.DataRequest => type is SectionType.Operations,
        MessageKind.DataFile => type is SectionType.Operations or SectionType.Content,
        _ => false,
    };

    private void ReadEnd(long offset)
    {
        if (Section.Codec != FrameCodec.None || (Section.Flags != 0 && FormatVersion.IsClosed(Minor)))
        {
            throw new MessageFormatException(FormatError.Invalid, Source, offset, "trailer", "the trailer is compressed or has flags");
        }

        Trailer = TrailerEncoding.Decode(Kind, Minor, Header, Payload, Source, PayloadOffset);
        Span<byte> tail = stackalloc byte[MessageTail.Length];
        long tailOffset = Position;
        Fill(tail);
        MessageTail.Check(tail, SectionHeader.Length + Section.StoredLength, Source, tailOffset);
        if (Trailer.Sections != Sections)
        {
            throw new MessageFormatException(
                FormatError.Invalid, Source, offset, "sections", $"the trailer counts {Trailer.Sections} sections; there are {Sections}");
        }

        if (!_skipContent && !Trailer.Digest.Span.SequenceEqual(_digestBeforeTrailer))
        {
            throw new MessageFormatException(
                FormatError.Damaged, Source, offset, "digest",
                "the digest does not match: sections are missing, moved or from another file");
        }

        Span<byte> more = stackalloc byte[1];
        if (_input.Read(more) != 0)
        {
            throw new MessageFormatException(FormatError.TrailingBytes, Source, Position, "end", "continues after its end");
        }
    }

    private ref byte[] BufferOf(SectionType type)
    {
        switch (type)
        {
            case SectionType.Content:
                return ref _buffers.Content;
            case SectionType.RollingSums:
                return ref _buffers.Sums;
            default:
                return ref _buffers.Payload;
        }
    }

    private void FillPayload(ref byte[] buffer, int length)
    {
        // The array grows with the bytes that have really arrived, not with the length that is promised.
        int have = 0;
        while (have < length)
        {
            if (have == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Clamp(buffer.Length * 4L, SmallestPayload, RoomFor(length)));
            }

            int step = Math.Min(length, buffer.Length) - have;
            Fill(buffer.AsSpan(have, step));
            have += step;
        }
    }

    /// <summary>
    /// The length of an array for this many bytes: rounded up, so that the next section, which is often a little longer, can use it again.
    /// </summary>
    internal static int RoomFor(int length) => Math.Max(SmallestPayload, (length + RoomStep - 1) / RoomStep * RoomStep);

    private byte[] ReadGrowing(int length)
    {
        byte[] bytes = new byte[Math.Min(length, SmallestPayload)];
        int have = 0;
        while (true)
        {
            Fill(bytes.AsSpan(have));
            have = bytes.Length;
            if (have == length)
            {
                return bytes;
            }

            Array.Resize(ref bytes, Math.Min(length, have * 4));
        }
    }

    private void Fill(Span<byte> bytes)
    {
        FillUndigested(bytes);
        _digest.Append(bytes);
    }

    private void FillUndigested(Span<byte> bytes)
    {
        int got = _input.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (got < bytes.Length)
        {
            throw Truncated(Position + got);
        }

        Position += got;
    }

    private MessageFormatException Truncated(long at) =>
        new(FormatError.Truncated, Source, at, "end", "ends too early: it was cut short, or is still being written");
}

using System.IO.Hashing;

namespace BinarySync.Format;

/// <summary>
/// Writes a message front to back to a stream that need not seek (Format.md 2). The stream stays the caller's. Not safe
/// from several threads.
/// </summary>
internal sealed class MessageWriter
{
    private readonly Stream _output;
    private readonly MessageKind _kind;
    private readonly bool _hasBases;
    private readonly XxHash128 _digest = new();

    /// <summary>Writes preamble and header at once.</summary>
    /// <exception cref="ArgumentException">The header lacks a field of its kind, or has too many ranges.</exception>
    public MessageWriter(Stream output, MessageHeader header)
    {
        _output = output;
        _kind = header.Kind;
        _hasBases = header is OperationsHeader { Bases: not null };
        if (header.Coverage.Ranges.Length > FormatLimits.MaxRanges)
        {
            throw new ArgumentException("the header has too many ranges", nameof(header));
        }

        ReadOnlySpan<byte> encoded = HeaderEncoding.Encode(header);
        byte[] opening = new byte[Preamble.Length + encoded.Length + SectionHeader.ChecksumLength];
        Preamble.Write(opening, header.Minor, header.Kind, encoded.Length);
        encoded.CopyTo(opening.AsSpan(Preamble.Length));
        XxHash3.Hash(opening.AsSpan(0, Preamble.Length + encoded.Length), opening.AsSpan(Preamble.Length + encoded.Length));
        Put(opening);
    }

    /// <summary>Bytes written so far.</summary>
    public long Position { get; private set; }

    /// <summary>Sections written so far.</summary>
    public long Sections { get; private set; }

    /// <summary>Writes one section.</summary>
    /// <param name="type">Not the trailer.</param>
    /// <param name="codec">How <paramref name="stored"/> is compressed.</param>
    /// <param name="rawLength">Bytes when decompressed; equal to the stored ones for <see cref="FrameCodec.None"/>.</param>
    /// <param name="stored">1 byte to 4 MiB.</param>
    public void WriteSection(SectionType type, FrameCodec codec, int rawLength, ReadOnlySpan<byte> stored)
    {
        Span<byte> header = stackalloc byte[SectionHeader.Length];
        byte flags = type == SectionType.RollingSums ? SectionHeader.SkippableFlag : (byte)0;
        new SectionHeader(type, codec, flags, stored.Length, rawLength).Write(header, stored);
        Put(header);
        Put(stored);
        Sections++;
    }

    /// <summary>Writes trailer and tail. Digest and section count are filled in here.</summary>
    /// <returns>The trailer as written.</returns>
    public TTrailer Finish<TTrailer>(TTrailer trailer)
        where TTrailer : MessageTrailer
    {
        byte[] digest = new byte[FormatLimits.DigestLength];
        _digest.GetCurrentHash(digest);
        TTrailer complete = trailer with { Digest = digest, Sections = Sections };
        ReadOnlySpan<byte> payload = TrailerEncoding.Encode(_kind, _hasBases, complete);
        WriteSection(SectionType.Trailer, FrameCodec.None, payload.Length, payload);
        Span<byte> tail = stackalloc byte[MessageTail.Length];
        MessageTail.Write(tail, SectionHeader.Length + payload.Length);
        Put(tail);
        return complete;
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        _digest.Append(bytes);
        _output.Write(bytes);
        Position += bytes.Length;
    }
}

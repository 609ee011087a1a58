namespace BinarySync.Format;

/// <summary>
/// The common fields of the trailers of all kinds of messages (Format.md 5). The trailer of a checksum request has no others.
/// </summary>
public record MessageTrailer
{
    /// <summary>XXH128 of all bytes before the trailer: the identity of the message. 16 bytes.</summary>
    public ReadOnlyMemory<byte> Digest { get; init; }

    /// <summary>Sections before the trailer.</summary>
    public long Sections { get; init; }
}

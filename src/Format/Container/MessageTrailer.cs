namespace BinarySync.Format;

/// <summary>What the trailers of all kinds of messages have (Format.md 5). That of a checksum request has no more.</summary>
public record MessageTrailer
{
    /// <summary>XXH128 of all bytes before the trailer: the identity of the message. 16 bytes.</summary>
    public ReadOnlyMemory<byte> Digest { get; init; }

    /// <summary>Sections before the trailer.</summary>
    public long Sections { get; init; }
}

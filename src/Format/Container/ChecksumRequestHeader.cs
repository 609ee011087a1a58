namespace BinarySync.Format;

/// <summary>The header of a checksum request.</summary>
public sealed record ChecksumRequestHeader : MessageHeader
{
    public override MessageKind Kind => MessageKind.ChecksumRequest;
}

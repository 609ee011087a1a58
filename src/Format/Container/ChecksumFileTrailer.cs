namespace BinarySync.Format;

/// <summary>The trailer of a checksum file (Format.md 5).</summary>
public sealed record ChecksumFileTrailer : MessageTrailer
{
    /// <summary>The root of the target over the coverage.</summary>
    public ReadOnlyMemory<byte> Root { get; init; }

    public long DataBlocks { get; init; }

    public long ZeroBlocks { get; init; }
}

namespace BinarySync.Format;

/// <summary>The trailer of a data request or data file (Format.md 5).</summary>
public sealed record OperationsTrailer : MessageTrailer
{
    /// <summary>The root of A over the coverage; empty if the header lists several old contents.</summary>
    public ReadOnlyMemory<byte> BaseRoot { get; init; }

    /// <summary>The root of B over the coverage.</summary>
    public ReadOnlyMemory<byte> TargetRoot { get; init; }

    public long DataBlocks { get; init; }

    public long ZeroBlocks { get; init; }

    public long CopyBlocks { get; init; }

    /// <summary>Bytes of the data blocks.</summary>
    public long DataBytes { get; init; }

    public long Operations { get; init; }

    public long Groups { get; init; }
}

namespace BinarySync.Format;

/// <summary>The header of a checksum file.</summary>
public sealed record ChecksumFileHeader : MessageHeader
{
    public override MessageKind Kind => MessageKind.ChecksumFile;

    /// <summary>Bytes of the target.</summary>
    public required long Size { get; init; }

    /// <summary>Made from an older checksum file and the data file that was applied; the target was not read for it.</summary>
    public bool IsDerived { get; init; }

    /// <summary>Each data block also has a <see cref="RollingSum"/> (Format.md 6.1). Needs version 1.1.</summary>
    public bool HasRollingSums { get; init; }

    public override byte Minor => Math.Max(base.Minor, HasRollingSums ? RollingSum.SinceMinor : (byte)0);

    /// <summary>The target in blocks.</summary>
    public BlockGeometry Geometry => new(Size, BlockSize);
}

namespace BinarySync.Format;

/// <summary>The header of a checksum request.</summary>
public sealed record ChecksumRequestHeader : MessageHeader
{
    public override MessageKind Kind => MessageKind.ChecksumRequest;

    /// <summary>The checksum file shall have rolling sums (Format.md 6.1). Needs version 1.1.</summary>
    public bool WantsRollingSums { get; init; }

    public override byte Minor => Math.Max(base.Minor, WantsRollingSums ? RollingSum.SinceMinor : (byte)0);
}

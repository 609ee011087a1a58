namespace BinarySync.Format;

/// <summary>The common fields of the headers of data requests and data files: both hold operations that make B of A.</summary>
public abstract record OperationsHeader : MessageHeader
{
    /// <summary>Bytes of A; null if there are several: <see cref="Bases"/>.</summary>
    public long? BaseSize { get; init; }

    /// <summary>Bytes of B.</summary>
    public required long TargetSize { get; init; }

    /// <summary>The old contents that a message for several remotes serves, or null (Format.md 4.4).</summary>
    public BaseList? Bases { get; init; }

    /// <summary>
    /// True if nothing in it refers to bytes that were overwritten or passed before: no copy among the operations, and in a data file no
    /// content section with repeats. So it can be applied as it arrives. Never for a message for several remotes, nor for a part.
    /// </summary>
    public bool IsForward { get; init; }

    /// <summary>
    /// There may be copies from any byte of A, not only from where a block begins (Format.md 4.9). Needs version 1.1, whether or not there
    /// is one. Neither with <see cref="Bases"/> nor with <see cref="IsForward"/>.
    /// </summary>
    public bool AllowsShift { get; init; }

    public override byte Minor => Math.Max(base.Minor, AllowsShift ? (byte)1 : (byte)0);

    /// <summary>A and B in blocks. Of several old contents, the one that demands the most (Format.md 9.3).</summary>
    public SyncGeometry SyncGeometry =>
        SyncGeometries.MinBy(geometry => geometry.ResizesTarget ? geometry.MustChange.First : long.MaxValue)!;

    /// <summary>The geometries, one for each old content that it serves.</summary>
    public IEnumerable<SyncGeometry> SyncGeometries => Bases is null
        ? [new SyncGeometry(BaseSize ?? 0, TargetSize, BlockSize, Coverage)]
        : Bases.Select(one => new SyncGeometry(one.Size, TargetSize, BlockSize, Coverage));
}

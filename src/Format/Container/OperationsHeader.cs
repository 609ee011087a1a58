namespace BinarySync.Format;

/// <summary>What the headers of data requests and data files have: both speak of operations that make B of A.</summary>
public abstract record OperationsHeader : MessageHeader
{
    /// <summary>Bytes of A; null where there are several: <see cref="Bases"/>.</summary>
    public long? BaseSize { get; init; }

    /// <summary>Bytes of B.</summary>
    public required long TargetSize { get; init; }

    /// <summary>The old contents that a message for several remotes serves, or null (Format.md 4.4).</summary>
    public BaseList? Bases { get; init; }

    /// <summary>
    /// Nothing in it refers to what has been overwritten or passed by: no copy among the operations, and in a data file no content
    /// section with repeats. So it can be applied as it arrives. Not of a message for several remotes, nor of a part.
    /// </summary>
    public bool IsForward { get; init; }

    /// <summary>A and B in blocks. Of several old contents, that of the one which demands the most (Format.md 9.3).</summary>
    public SyncGeometry SyncGeometry =>
        SyncGeometries.MinBy(geometry => geometry.ResizesTarget ? geometry.MustChange.First : long.MaxValue)!;

    /// <summary>The geometries, one for each old content that it serves.</summary>
    public IEnumerable<SyncGeometry> SyncGeometries => Bases is null
        ? [new SyncGeometry(BaseSize ?? 0, TargetSize, BlockSize, Coverage)]
        : Bases.Select(one => new SyncGeometry(one.Size, TargetSize, BlockSize, Coverage));
}

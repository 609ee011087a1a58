namespace BinarySync.Format;

/// <summary>
/// The header of a message of any kind (Format.md 4). Which fields a kind has is settled in <see cref="HeaderKeys"/>; the ones it does
/// not have are null.
/// </summary>
public sealed record MessageHeader
{
    /// <summary>Bytes of a block.</summary>
    public required int BlockSize { get; init; }

    public required BlockHash Hash { get; init; }

    /// <summary>Asked for (`.ckr`), covered (`.ckf`) or compared (`.dtr`, `.dtf`).</summary>
    public BlockCoverage Coverage { get; init; } = BlockCoverage.Whole;

    /// <summary>Free text, at most 1,024 bytes of UTF-8 without control characters; null for none.</summary>
    public string? Label { get; init; }

    /// <summary>Bytes of the target that a `.ckf` describes.</summary>
    public long? Size { get; init; }

    /// <summary>Bytes of A (`.dtr`, `.dtf`); null where there are several: <see cref="Bases"/>.</summary>
    public long? BaseSize { get; init; }

    /// <summary>Bytes of B (`.dtr`, `.dtf`).</summary>
    public long? TargetSize { get; init; }

    /// <summary>Raw bytes of a full frame (`.dtf`).</summary>
    public int? FrameSize { get; init; }

    /// <summary>Made from an older checksum file and the data file that was applied; the target was not read for it (`.ckf`).</summary>
    public bool IsDerived { get; init; }

    /// <summary>
    /// Nothing in it refers to what has been overwritten or passed by: no copy among the operations, and in a data file no content
    /// section with repeats (`.dtr`, `.dtf`). So it can be applied as it arrives. Not of a message for several remotes, nor of a part.
    /// </summary>
    public bool IsForward { get; init; }

    /// <summary>The coarse data request that this message refines, or null (Format.md 4.3).</summary>
    public ParentIdentity? Parent { get; init; }

    /// <summary>The old contents that a message for several remotes serves, or null (`.dtr`, `.dtf`; Format.md 4.4).</summary>
    public BaseList? Bases { get; init; }

    /// <summary>Which part of a data file in several parts it is, or null (`.dtf`; Format.md 4.5).</summary>
    public SetPlace? Set { get; init; }

    /// <summary>The lowest minor version that has all that is in it (Format.md 2.2): the one in which it is written.</summary>
    public byte Minor => Math.Max(Hash.SinceMinor, Parent?.Hash.SinceMinor ?? 0);

    /// <summary>What is wrong with a label ("is empty", "has control characters", ...), or null.</summary>
    public static string? LabelFault(string label) => HeaderEncoding.LabelFault(label);

    /// <summary>The geometry of a `.ckf`.</summary>
    public BlockGeometry Geometry => new(Size!.Value, BlockSize);

    /// <summary>
    /// The geometry of a `.dtr` or `.dtf`. Where it serves several old contents, that of the one which demands the most (Format.md 9.3).
    /// </summary>
    public SyncGeometry SyncGeometry => SyncGeometries.MinBy(geometry => geometry.ResizesTarget ? geometry.MustChange.First : long.MaxValue)!;

    /// <summary>The geometries of a `.dtr` or `.dtf`, one for each old content that it serves.</summary>
    public IEnumerable<SyncGeometry> SyncGeometries => Bases is null
        ? [new SyncGeometry(BaseSize!.Value, TargetSize!.Value, BlockSize, Coverage)]
        : Bases.Select(one => new SyncGeometry(one.Size, TargetSize!.Value, BlockSize, Coverage));
}

/// <summary>Which key stands in the header of which kind (the table of Format.md 4).</summary>
internal static class HeaderKeys
{
    /// <summary>In place of <see cref="Hash"/>, for one that 1.0 does not have.</summary>
    public const string NewerHash = "!hash";

    public const string BaseSize = "base_size";
    public const string Bases = "bases";
    public const string BlockSize = "block_size";
    public const string Derived = "derived";
    public const string Forward = "forward";
    public const string FrameSize = "frame_size";
    public const string Hash = "hash";
    public const string Label = "label";
    public const string Parent = "parent";
    public const string Ranges = "ranges";
    public const string Set = "set";
    public const string Size = "size";
    public const string TargetSize = "target_size";

    /// <summary>Those of all kinds, as 1.0 has them.</summary>
    public static readonly IReadOnlyList<string> All =
        [BaseSize, Bases, BlockSize, Derived, Forward, FrameSize, Hash, Label, Parent, Ranges, Set, Size, TargetSize];

    private static readonly string[] OfChecksumRequest = [BlockSize, Hash];
    private static readonly string[] OfChecksumFile = [.. OfChecksumRequest, Size];
    private static readonly string[] OfDataRequest = [.. OfChecksumRequest, BaseSize, TargetSize];
    private static readonly string[] OfDataFile = [.. OfDataRequest, FrameSize];
    private static readonly string[] OfMergedRequest = [.. OfChecksumRequest, Bases, TargetSize];
    private static readonly string[] OfMergedFile = [.. OfMergedRequest, FrameSize];

    /// <summary>The keys that must be there. Where the hash is not known (null), one of 1.0 is missed.</summary>
    public static IReadOnlyList<string> Required(MessageKind kind, bool hasBases, BlockHash? hash)
    {
        string[] keys = kind switch
        {
            MessageKind.ChecksumRequest => OfChecksumRequest,
            MessageKind.ChecksumFile => OfChecksumFile,
            MessageKind.DataRequest => hasBases ? OfMergedRequest : OfDataRequest,
            _ => hasBases ? OfMergedFile : OfDataFile,
        };
        return hash is { SinceMinor: > 0 } ? [.. keys.Select(key => key == Hash ? NewerHash : key)] : keys;
    }

    public static bool IsOptional(string key, MessageKind kind) => key switch
    {
        Label or Ranges or Parent => true,
        Bases or Forward => kind is MessageKind.DataRequest or MessageKind.DataFile,
        Derived => kind is MessageKind.ChecksumFile,
        Set => kind is MessageKind.DataFile,
        _ => false,
    };
}

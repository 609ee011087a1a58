namespace BinarySync.Format;

/// <summary>
/// The header of a message of any kind (Format.md 4). Which fields a kind has is settled in <see cref="HeaderKeys"/>; the ones it does not have
/// are null.
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

    /// <summary>Bytes of A (`.dtr`, `.dtf`).</summary>
    public long? BaseSize { get; init; }

    /// <summary>Bytes of B (`.dtr`, `.dtf`).</summary>
    public long? TargetSize { get; init; }

    /// <summary>Raw bytes of a full frame (`.dtf`).</summary>
    public int? FrameSize { get; init; }

    /// <summary>What is wrong with a label ("is empty", "has control characters", ...), or null.</summary>
    public static string? LabelFault(string label) => HeaderEncoding.LabelFault(label);

    /// <summary>True where the header, with all its ranges, keeps the limits of Format.md 11.</summary>
    public bool FitsInto(MessageKind kind) =>
        Coverage.Ranges.Length <= FormatLimits.MaxRanges && HeaderEncoding.Encode(kind, this).Length <= FormatLimits.MaxHeaderLength;

    /// <summary>The geometry of a `.ckf`.</summary>
    public BlockGeometry Geometry => new(Size!.Value, BlockSize);

    /// <summary>The geometry of a `.dtr` or `.dtf`.</summary>
    public SyncGeometry SyncGeometry => new(BaseSize!.Value, TargetSize!.Value, BlockSize, Coverage);
}

/// <summary>Which key stands in the header of which kind (the table of Format.md 4).</summary>
internal static class HeaderKeys
{
    public const string BaseSize = "base_size";
    public const string Bases = "bases";
    public const string BlockSize = "block_size";
    public const string FrameSize = "frame_size";
    public const string Hash = "hash";
    public const string Label = "label";
    public const string Parent = "parent";
    public const string Ranges = "ranges";
    public const string Set = "set";
    public const string Size = "size";
    public const string TargetSize = "target_size";

    private static readonly string[] Always = [BlockSize, Hash];
    private static readonly string[] OfChecksumFile = [.. Always, Size];
    private static readonly string[] OfDataRequest = [.. Always, BaseSize, TargetSize];
    private static readonly string[] OfDataFile = [.. OfDataRequest, FrameSize];

    public static IReadOnlyList<string> Required(MessageKind kind) => kind switch
    {
        MessageKind.ChecksumRequest => Always,
        MessageKind.ChecksumFile => OfChecksumFile,
        MessageKind.DataRequest => OfDataRequest,
        _ => OfDataFile,
    };

    public static bool IsOptional(string key, MessageKind kind) => key switch
    {
        Label or Ranges or Parent => true,
        Bases => kind is MessageKind.DataRequest or MessageKind.DataFile,
        Set => kind is MessageKind.DataFile,
        _ => false,
    };

    /// <summary>What the program would have to do for a key that is specified and not built yet, or null.</summary>
    public static string? NotBuiltYet(string key) => key switch
    {
        Parent => "refined messages (parent)",
        Bases => "data requests merged for several remotes (bases)",
        Set => "data files in parts (set)",
        _ => null,
    };
}

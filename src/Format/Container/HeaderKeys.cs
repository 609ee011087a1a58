namespace BinarySync.Format;

/// <summary>The keys in the header of each kind (the table of Format.md 4).</summary>
internal static class HeaderKeys
{
    /// <summary>In place of <see cref="Hash"/>, for a hash that 1.0 does not have.</summary>
    public const string NewerHash = "!hash";

    /// <summary>There may be frames of Zstandard over old content, which 1.0 does not have.</summary>
    public const string Prefix = "!prefix";

    /// <summary>There may be copies from any byte, which 1.0 does not have.</summary>
    public const string Shift = "!shift";

    /// <summary>There may be frames of Zstandard, which 1.0 does not have.</summary>
    public const string Zstd = "!zstd";

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
    public const string RollingSums = "rolling_sums";
    public const string Set = "set";
    public const string Size = "size";
    public const string TargetSize = "target_size";

    /// <summary>The keys of all kinds.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        NewerHash, Prefix, Shift, Zstd,
        BaseSize, Bases, BlockSize, Derived, Forward, FrameSize, Hash, Label, Parent, Ranges, RollingSums, Set, Size,
        TargetSize,
    ];

    private static readonly string[] OfChecksumRequest = [BlockSize, Hash];
    private static readonly string[] OfChecksumFile = [.. OfChecksumRequest, Size];
    private static readonly string[] OfDataRequest = [.. OfChecksumRequest, BaseSize, TargetSize];
    private static readonly string[] OfDataFile = [.. OfDataRequest, FrameSize];
    private static readonly string[] OfMergedRequest = [.. OfChecksumRequest, Bases, TargetSize];
    private static readonly string[] OfMergedFile = [.. OfMergedRequest, FrameSize];

    /// <summary>The required keys. If the hash is not known (null), the key of a 1.0 hash is reported as missing.</summary>
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

    /// <summary>True for the keys that came with 1.1: in a message of minor version 0 they are unknown.</summary>
    public static bool IsNewer(string key) => key is NewerHash or Prefix or Shift or Zstd or RollingSums;

    /// <summary>True if a message of the kind may have the key, in some version.</summary>
    public static bool IsOf(string key, MessageKind kind) =>
        key == NewerHash || Required(kind, hasBases: false, BlockHash.Xxh128).Contains(key) || IsOptional(key, kind);

    public static bool IsOptional(string key, MessageKind kind) => key switch
    {
        Label or Ranges or Parent => true,
        Bases or Forward or Shift => kind is MessageKind.DataRequest or MessageKind.DataFile,
        Derived => kind is MessageKind.ChecksumFile,
        RollingSums => kind is MessageKind.ChecksumRequest or MessageKind.ChecksumFile,
        Set or Prefix or Zstd => kind is MessageKind.DataFile,
        _ => false,
    };
}

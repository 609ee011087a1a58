namespace BinarySync.Format;

/// <summary>The coarse data request that a message refines (Format.md 4.3). Equal if all fields are equal.</summary>
public sealed record ParentIdentity
{
    /// <summary>Bytes of A.</summary>
    public required long BaseSize { get; init; }

    /// <summary>Bytes of B.</summary>
    public required long TargetSize { get; init; }

    /// <summary>Bytes of a coarse block.</summary>
    public required int BlockSize { get; init; }

    /// <summary>The coarse block hash.</summary>
    public required BlockHash Hash { get; init; }

    /// <summary>The blocks that the coarse request compares.</summary>
    public BlockCoverage Coverage { get; init; } = BlockCoverage.Whole;

    /// <summary>The root of A at the coarse block size.</summary>
    public required ReadOnlyMemory<byte> BaseRoot { get; init; }

    /// <summary>The root of B at the coarse block size.</summary>
    public required ReadOnlyMemory<byte> TargetRoot { get; init; }

    /// <summary>A and B in coarse blocks.</summary>
    public SyncGeometry SyncGeometry => new(BaseSize, TargetSize, BlockSize, Coverage);

    /// <summary>The identity of a data request for the messages that refine it.</summary>
    public static ParentIdentity Of(OperationsHeader request, OperationsTrailer trailer) => new()
    {
        BaseSize = request.SyncGeometry.Base.Size,
        TargetSize = request.TargetSize,
        BlockSize = request.BlockSize,
        Hash = request.Hash,
        Coverage = request.Coverage,
        BaseRoot = trailer.BaseRoot,
        TargetRoot = trailer.TargetRoot,
    };

    /// <summary>The same in the other direction: from B to A.</summary>
    public ParentIdentity Reversed() =>
        this with { BaseSize = TargetSize, TargetSize = BaseSize, BaseRoot = TargetRoot, TargetRoot = BaseRoot };

    public bool Equals(ParentIdentity? other) =>
        other is not null
        && (BaseSize, TargetSize, BlockSize, Hash) == (other.BaseSize, other.TargetSize, other.BlockSize, other.Hash)
        && Coverage.Equals(other.Coverage)
        && BaseRoot.Span.SequenceEqual(other.BaseRoot.Span)
        && TargetRoot.Span.SequenceEqual(other.TargetRoot.Span);

    public override int GetHashCode() => HashCode.Combine(BaseSize, TargetSize, BlockSize, Coverage);
}

/// <summary><see cref="ParentIdentity"/> as MessagePack, and back.</summary>
internal static class ParentEncoding
{
    private const string BaseRoot = "base_root";
    private const string TargetRoot = "target_root";

    private static readonly string[] Required = [
        BaseRoot, HeaderKeys.BaseSize, HeaderKeys.BlockSize, HeaderKeys.Hash, TargetRoot, HeaderKeys.TargetSize];

    public static void Write(CanonicalWriter writer, ParentIdentity parent)
    {
        MapFields fields = new();
        fields.Add(BaseRoot, parent.BaseRoot);
        fields.Add(HeaderKeys.BaseSize, parent.BaseSize);
        fields.Add(HeaderKeys.BlockSize, parent.BlockSize);
        HashEncoding.Add(fields, parent.Hash);
        if (!parent.Coverage.IsWhole)
        {
            fields.Add(HeaderKeys.Ranges, inside => RangesEncoding.Write(inside, parent.Coverage));
        }

        fields.Add(TargetRoot, parent.TargetRoot);
        fields.Add(HeaderKeys.TargetSize, parent.TargetSize);
        fields.Write(writer);
    }

    public static ParentIdentity Read(ref MapReader outer)
    {
        long begin = outer.Values.Offset;
        MapReader map = outer.EnterMap(HeaderKeys.Parent);
        long? baseSize = null;
        long? targetSize = null;
        int? blockSize = null;
        BlockHash? hash = null;
        BlockCoverage? coverage = null;
        (byte[] Bytes, long At)? baseRoot = null;
        (byte[] Bytes, long At)? targetRoot = null;
        while (map.NextKey() is { } key)
        {
            long at = map.Values.Offset;
            switch (key)
            {
                case BaseRoot:
                    baseRoot = (map.Values.ReadBytes(key), at);
                    break;
                case HeaderKeys.BaseSize:
                    baseSize = map.Values.ReadUnsigned(key, FormatLimits.MaxSize);
                    break;
                case HeaderKeys.BlockSize:
                    blockSize = HeaderValues.ReadBlockSize(ref map.Values, key);
                    break;
                case HeaderKeys.Hash:
                case HeaderKeys.NewerHash when map.HasNewerKeys:
                    hash = HashEncoding.Read(ref map, key, hash);
                    break;
                case HeaderKeys.Ranges:
                    coverage = RangesEncoding.Read(ref map.Values, key, openEnd: false);
                    break;
                case TargetRoot:
                    targetRoot = (map.Values.ReadBytes(key), at);
                    break;
                case HeaderKeys.TargetSize:
                    targetSize = map.Values.ReadUnsigned(key, FormatLimits.MaxSize);
                    break;
                default:
                    map.SkipUnknown(key);
                    break;
            }
        }

        map.RequireKeys(hash is { SinceMinor: > 0 } ? Required.Where(key => key != HeaderKeys.Hash) : Required);
        outer.LeaveMap(map);
        ParentIdentity parent = new()
        {
            BaseSize = baseSize!.Value,
            TargetSize = targetSize!.Value,
            BlockSize = blockSize!.Value,
            Hash = hash!,
            Coverage = coverage ?? BlockCoverage.Whole,
            BaseRoot = baseRoot!.Value.Bytes,
            TargetRoot = targetRoot!.Value.Bytes,
        };
        foreach ((string key, (byte[] bytes, long at)) in new[] { (BaseRoot, baseRoot.Value), (TargetRoot, targetRoot.Value) })
        {
            if (bytes.Length != parent.Hash.RootLength)
            {
                throw outer.Values.Invalid(at, key, $"has {bytes.Length} bytes, not {parent.Hash.RootLength}");
            }
        }

        return RangesEncoding.FaultOfCompared(parent.SyncGeometry) is { } fault
            ? throw outer.Values.Invalid(begin, HeaderKeys.Parent, $"has ranges that {fault}")
            : parent;
    }
}

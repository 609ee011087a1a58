namespace BinarySync.Format;

/// <summary>The trailer of a message of any kind (Format.md 5); fields that a kind does not have are null.</summary>
public sealed record MessageTrailer
{
    /// <summary>XXH128 of all bytes before the trailer: the identity of the message. 16 bytes.</summary>
    public ReadOnlyMemory<byte> Digest { get; init; }

    /// <summary>Sections before the trailer.</summary>
    public long Sections { get; init; }

    /// <summary>The root of the target over the coverage (`.ckf`).</summary>
    public ReadOnlyMemory<byte>? Root { get; init; }

    /// <summary>The root of A over the coverage (`.dtr`, `.dtf`); null where the header lists several.</summary>
    public ReadOnlyMemory<byte>? BaseRoot { get; init; }

    /// <summary>The root of B over the coverage (`.dtr`, `.dtf`).</summary>
    public ReadOnlyMemory<byte>? TargetRoot { get; init; }

    public long? DataBlocks { get; init; }

    public long? ZeroBlocks { get; init; }

    public long? CopyBlocks { get; init; }

    /// <summary>Bytes of the data blocks (`.dtr`, `.dtf`).</summary>
    public long? DataBytes { get; init; }

    public long? Operations { get; init; }

    public long? Groups { get; init; }
}

/// <summary>A trailer as MessagePack, and back.</summary>
internal static class TrailerEncoding
{
    private const string BaseRoot = "base_root";
    private const string CopyBlocks = "copy_blocks";
    private const string DataBlocks = "data_blocks";
    private const string DataBytes = "data_bytes";
    private const string Digest = "digest";
    private const string Groups = "groups";
    private const string Operations = "operations";
    private const string Root = "root";
    private const string Sections = "sections";
    private const string TargetRoot = "target_root";
    private const string ZeroBlocks = "zero_blocks";

    private static readonly string[] OfRequest = [Digest, Sections];
    private static readonly string[] OfChecksumFile = [DataBlocks, Digest, Root, Sections, ZeroBlocks];
    private static readonly string[] OfData =
        [BaseRoot, CopyBlocks, DataBlocks, DataBytes, Digest, Groups, Operations, Sections, TargetRoot, ZeroBlocks];

    private static readonly string[] OfMerged = OfData[1..];

    private static string[] KeysOf(MessageKind kind, bool hasBases) => kind switch
    {
        MessageKind.ChecksumRequest => OfRequest,
        MessageKind.ChecksumFile => OfChecksumFile,
        _ => hasBases ? OfMerged : OfData,
    };

    public static ReadOnlySpan<byte> Encode(MessageKind kind, bool hasBases, MessageTrailer trailer)
    {
        string[] keys = KeysOf(kind, hasBases);
        CanonicalWriter writer = new();
        writer.WriteMapHeader(keys.Length);
        foreach (string key in keys)
        {
            writer.WriteString(key);
            switch (key)
            {
                case Digest:
                    writer.WriteBytes(trailer.Digest.Span);
                    break;
                case Root:
                    writer.WriteBytes(trailer.Root!.Value.Span);
                    break;
                case BaseRoot:
                    writer.WriteBytes(trailer.BaseRoot!.Value.Span);
                    break;
                case TargetRoot:
                    writer.WriteBytes(trailer.TargetRoot!.Value.Span);
                    break;
                default:
                    writer.WriteUnsigned((ulong)NumberOf(trailer, key)!.Value);
                    break;
            }
        }

        return writer.Written;
    }

    public static MessageTrailer Decode(MessageKind kind, byte minor, MessageHeader header, ReadOnlyMemory<byte> bytes, string source, long origin)
    {
        string[] keys = KeysOf(kind, header.Bases is not null);
        int rootLength = header.Hash.RootLength;
        MapReader map = new(bytes, source, origin, minor);
        MessageTrailer trailer = new();
        while (map.NextKey() is { } key)
        {
            if (!keys.Contains(key))
            {
                map.SkipUnknown(key, OfChecksumFile.Contains(key) || OfData.Contains(key));
                continue;
            }

            trailer = key switch
            {
                Digest => trailer with { Digest = HeaderValues.ReadIdentity(ref map.Values, key, FormatLimits.DigestLength) },
                Root => trailer with { Root = HeaderValues.ReadIdentity(ref map.Values, key, rootLength) },
                BaseRoot => trailer with { BaseRoot = HeaderValues.ReadIdentity(ref map.Values, key, rootLength) },
                TargetRoot => trailer with { TargetRoot = HeaderValues.ReadIdentity(ref map.Values, key, rootLength) },
                _ => WithNumber(trailer, key, map.Values.ReadUnsigned(key, long.MaxValue)),
            };
        }

        map.RequireKeys(keys);
        return trailer;
    }

    private static long? NumberOf(MessageTrailer trailer, string key) => key switch
    {
        CopyBlocks => trailer.CopyBlocks,
        DataBlocks => trailer.DataBlocks,
        DataBytes => trailer.DataBytes,
        Groups => trailer.Groups,
        Operations => trailer.Operations,
        Sections => trailer.Sections,
        _ => trailer.ZeroBlocks,
    };

    private static MessageTrailer WithNumber(MessageTrailer trailer, string key, long value) => key switch
    {
        CopyBlocks => trailer with { CopyBlocks = value },
        DataBlocks => trailer with { DataBlocks = value },
        DataBytes => trailer with { DataBytes = value },
        Groups => trailer with { Groups = value },
        Operations => trailer with { Operations = value },
        Sections => trailer with { Sections = value },
        _ => trailer with { ZeroBlocks = value },
    };
}

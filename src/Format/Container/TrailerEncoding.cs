namespace BinarySync.Format;

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
        ChecksumFileTrailer? checksums = trailer as ChecksumFileTrailer;
        OperationsTrailer? operations = trailer as OperationsTrailer;
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
                    writer.WriteBytes(checksums!.Root.Span);
                    break;
                case BaseRoot:
                    writer.WriteBytes(operations!.BaseRoot.Span);
                    break;
                case TargetRoot:
                    writer.WriteBytes(operations!.TargetRoot.Span);
                    break;
                default:
                    writer.WriteUnsigned((ulong)NumberOf(trailer, key));
                    break;
            }
        }

        return writer.Written;
    }

    public static MessageTrailer Decode(
        MessageKind kind, byte minor, MessageHeader header, ReadOnlyMemory<byte> bytes, string source, long origin)
    {
        string[] keys = KeysOf(kind, header is OperationsHeader { Bases: not null });
        int rootLength = header.Hash.RootLength;
        MapReader map = new(bytes, source, origin, minor);
        ReadOnlyMemory<byte> digest = default;
        ReadOnlyMemory<byte> root = default;
        ReadOnlyMemory<byte> baseRoot = default;
        ReadOnlyMemory<byte> targetRoot = default;
        Dictionary<string, long> numbers = [];
        while (map.NextKey() is { } key)
        {
            if (!keys.Contains(key))
            {
                map.SkipUnknown(key, OfChecksumFile.Contains(key) || OfData.Contains(key));
                continue;
            }

            switch (key)
            {
                case Digest:
                    digest = HeaderValues.ReadIdentity(ref map.Values, key, FormatLimits.DigestLength);
                    break;
                case Root:
                    root = HeaderValues.ReadIdentity(ref map.Values, key, rootLength);
                    break;
                case BaseRoot:
                    baseRoot = HeaderValues.ReadIdentity(ref map.Values, key, rootLength);
                    break;
                case TargetRoot:
                    targetRoot = HeaderValues.ReadIdentity(ref map.Values, key, rootLength);
                    break;
                default:
                    numbers[key] = map.Values.ReadUnsigned(key, long.MaxValue);
                    break;
            }
        }

        map.RequireKeys(keys);
        MessageTrailer trailer = kind switch
        {
            MessageKind.ChecksumRequest => new MessageTrailer(),
            MessageKind.ChecksumFile =>
                new ChecksumFileTrailer { Root = root, DataBlocks = numbers[DataBlocks], ZeroBlocks = numbers[ZeroBlocks] },
            _ => new OperationsTrailer
            {
                BaseRoot = baseRoot,
                TargetRoot = targetRoot,
                DataBlocks = numbers[DataBlocks],
                ZeroBlocks = numbers[ZeroBlocks],
                CopyBlocks = numbers[CopyBlocks],
                DataBytes = numbers[DataBytes],
                Operations = numbers[Operations],
                Groups = numbers[Groups],
            },
        };
        return trailer with { Digest = digest, Sections = numbers[Sections] };
    }

    private static long NumberOf(MessageTrailer trailer, string key) => (trailer, key) switch
    {
        (_, Sections) => trailer.Sections,
        (ChecksumFileTrailer checksums, DataBlocks) => checksums.DataBlocks,
        (ChecksumFileTrailer checksums, _) => checksums.ZeroBlocks,
        (OperationsTrailer operations, CopyBlocks) => operations.CopyBlocks,
        (OperationsTrailer operations, DataBlocks) => operations.DataBlocks,
        (OperationsTrailer operations, DataBytes) => operations.DataBytes,
        (OperationsTrailer operations, Groups) => operations.Groups,
        (OperationsTrailer operations, Operations) => operations.Operations,
        (OperationsTrailer operations, _) => operations.ZeroBlocks,
        _ => throw new InvalidOperationException($"a trailer of another kind has no {key}"),
    };
}

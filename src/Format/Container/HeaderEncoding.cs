using System.Text;

namespace BinarySync.Format;

/// <summary>A header as MessagePack, and back (Format.md 3 and 4). Reader and writer know the keys in the same, ascending order.</summary>
internal static class HeaderEncoding
{
    public static ReadOnlySpan<byte> Encode(MessageHeader header)
    {
        OperationsHeader? operations = header as OperationsHeader;
        MapFields fields = new();
        fields.Add(HeaderKeys.BlockSize, header.BlockSize);
        HashEncoding.Add(fields, header.Hash);
        fields.Add(HeaderKeys.Prefix, header is DataFileHeader { AllowsPrefix: true } ? 1 : null);
        fields.Add(HeaderKeys.Shift, operations is { AllowsShift: true } ? 1 : null);
        fields.Add(HeaderKeys.Zstd, header is DataFileHeader { AllowsZstd: true } ? 1 : null);
        fields.Add(HeaderKeys.BaseSize, operations?.BaseSize);
        fields.Add(HeaderKeys.TargetSize, operations?.TargetSize);
        fields.Add(HeaderKeys.Size, (header as ChecksumFileHeader)?.Size);
        fields.Add(HeaderKeys.FrameSize, (header as DataFileHeader)?.FrameSize);
        fields.Add(HeaderKeys.Derived, header is ChecksumFileHeader { IsDerived: true } ? 1 : null);
        bool hasSums = header is ChecksumFileHeader { HasRollingSums: true } or ChecksumRequestHeader { WantsRollingSums: true };
        fields.Add(HeaderKeys.RollingSums, hasSums ? 1 : null);
        fields.Add(HeaderKeys.Forward, operations is { IsForward: true } ? 1 : null);
        if (header.Label is { } label)
        {
            if (LabelFault(label) is { } fault)
            {
                throw new ArgumentException(fault, nameof(header));
            }

            fields.Add(HeaderKeys.Label, label);
        }

        if (!header.Coverage.IsWhole)
        {
            fields.Add(HeaderKeys.Ranges, writer => RangesEncoding.Write(writer, header.Coverage));
        }

        if (header.Parent is { } parent)
        {
            fields.Add(HeaderKeys.Parent, writer => ParentEncoding.Write(writer, parent));
        }

        if (operations?.Bases is { } bases)
        {
            fields.Add(HeaderKeys.Bases, writer => BasesEncoding.Write(writer, bases));
        }

        if (header is DataFileHeader { Set: { } set })
        {
            fields.Add(HeaderKeys.Set, writer => SetEncoding.Write(writer, set));
        }

        if (operations is { AllowsShift: true } or DataFileHeader { AllowsPrefix: true }
            && (operations.IsForward || operations.Bases is not null))
        {
            throw new ArgumentException("what needs old content is neither forward nor for several remotes", nameof(header));
        }

        IReadOnlyList<string> required = HeaderKeys.Required(header.Kind, operations?.Bases is not null, header.Hash);
        if (!required.All(fields.Has) || fields.Keys.Any(key => !required.Contains(key) && !HeaderKeys.IsOptional(key, header.Kind)))
        {
            throw new ArgumentException($"a {header.Kind.Words()} needs {string.Join(", ", required)}", nameof(header));
        }

        CanonicalWriter writer = new();
        fields.Write(writer);
        return writer.Written;
    }

    public static MessageHeader Decode(MessageKind kind, byte minor, ReadOnlyMemory<byte> bytes, string source, long origin)
    {
        MapReader map = new(bytes, source, origin, minor);
        int? blockSize = null;
        BlockHash? hash = null;
        long? size = null;
        long? baseSize = null;
        long? targetSize = null;
        int? frameSize = null;
        string? label = null;
        bool isDerived = false;
        bool hasSums = false;
        bool allowsZstd = false;
        long? prefixAt = null;
        long? shiftAt = null;
        long? forwardAt = null;
        (BlockCoverage Coverage, long Offset)? ranges = null;
        (ParentIdentity Parent, long Offset)? parent = null;
        (BaseList List, long Offset)? bases = null;
        SetPart? set = null;
        while (map.NextKey() is { } key)
        {
            // Keys ascend: if there are bases, a base size has been read before them, and is found below. The same holds for the two keys
            // for the hash.
            if (!HeaderKeys.IsOf(key, kind) || (HeaderKeys.IsNewer(key) && !map.HasNewerKeys))
            {
                map.SkipUnknown(key, HeaderKeys.All.Contains(key));
                continue;
            }

            long at = map.Values.Offset;
            switch (key)
            {
                case HeaderKeys.BlockSize:
                    blockSize = HeaderValues.ReadBlockSize(ref map.Values, key);
                    break;
                case HeaderKeys.FrameSize:
                    frameSize = HeaderValues.ReadFrameSize(ref map.Values, key);
                    break;
                case HeaderKeys.Hash:
                case HeaderKeys.NewerHash:
                    hash = HashEncoding.Read(ref map, key, hash);
                    break;
                case HeaderKeys.Size:
                    size = map.Values.ReadUnsigned(key, FormatLimits.MaxSize);
                    break;
                case HeaderKeys.BaseSize:
                    baseSize = map.Values.ReadUnsigned(key, FormatLimits.MaxSize);
                    break;
                case HeaderKeys.TargetSize:
                    targetSize = map.Values.ReadUnsigned(key, FormatLimits.MaxSize);
                    break;
                case HeaderKeys.Label:
                    label = map.Values.ReadString(key);
                    if (LabelFault(label) is { } fault)
                    {
                        throw map.Values.Invalid(at, key, fault);
                    }

                    break;
                case HeaderKeys.Derived:
                    isDerived = ReadOne(ref map, key, at);
                    break;
                case HeaderKeys.RollingSums:
                    hasSums = ReadOne(ref map, key, at);
                    break;
                case HeaderKeys.Prefix:
                    prefixAt = ReadOne(ref map, key, at) ? at : null;
                    break;
                case HeaderKeys.Shift:
                    shiftAt = ReadOne(ref map, key, at) ? at : null;
                    break;
                case HeaderKeys.Zstd:
                    allowsZstd = ReadOne(ref map, key, at);
                    break;
                case HeaderKeys.Forward:
                    forwardAt = ReadOne(ref map, key, at) ? at : null;
                    break;
                case HeaderKeys.Ranges:
                    ranges = (RangesEncoding.Read(ref map.Values, key, openEnd: kind == MessageKind.ChecksumRequest), at);
                    break;
                case HeaderKeys.Parent:
                    parent = (ParentEncoding.Read(ref map), at);
                    break;
                case HeaderKeys.Bases:
                    bases = (BasesEncoding.Read(ref map), at);
                    break;
                case HeaderKeys.Set:
                    set = SetEncoding.Read(ref map);
                    break;
            }
        }

        map.RequireKeys(HeaderKeys.Required(kind, bases is not null, hash));
        BlockCoverage coverage = ranges?.Coverage ?? BlockCoverage.Whole;
        MessageHeader header = kind switch
        {
            MessageKind.ChecksumRequest =>
                new ChecksumRequestHeader { BlockSize = blockSize ?? 0, Hash = hash!, WantsRollingSums = hasSums },
            MessageKind.ChecksumFile =>
                new ChecksumFileHeader
                {
                    BlockSize = blockSize ?? 0,
                    Hash = hash!,
                    Size = size ?? 0,
                    IsDerived = isDerived,
                    HasRollingSums = hasSums,
                },
            MessageKind.DataRequest => new DataRequestHeader { BlockSize = blockSize ?? 0, Hash = hash!, TargetSize = targetSize ?? 0 },
            _ =>
                new DataFileHeader
                {
                    BlockSize = blockSize ?? 0,
                    Hash = hash!,
                    TargetSize = targetSize ?? 0,
                    FrameSize = frameSize ?? 0,
                    Set = set,
                    AllowsZstd = allowsZstd,
                    AllowsPrefix = prefixAt is not null,
                },
        };
        header = header with { Coverage = coverage, Label = label, Parent = parent?.Parent };
        if (header is OperationsHeader operations)
        {
            header = operations with
            {
                BaseSize = baseSize,
                Bases = bases?.List,
                IsForward = forwardAt is not null,
                AllowsShift = shiftAt is not null,
            };
        }

        CheckTogether(header, map, parent?.Offset ?? 0, bases?.Offset ?? 0, forwardAt ?? 0);
        CheckPrefix(header, map, prefixAt ?? 0);
        CheckShift(header, map, shiftAt ?? 0);
        if (ranges is { } given)
        {
            CheckCoverage(header, given.Coverage, source, given.Offset);
        }

        return header;
    }

    // A key that says yes, and is left out if the answer is no.
    private static bool ReadOne(ref MapReader map, string key, long at) =>
        map.Values.ReadUnsigned(key, 1) == 1 ? true : throw map.Values.Invalid(at, key, "is 0; it must be left out then");

    // The rules between fields: Format.md 4, 4.3 and 4.4.
    private static void CheckTogether(MessageHeader header, MapReader map, long parentAt, long basesAt, long forwardAt)
    {
        OperationsHeader? operations = header as OperationsHeader;
        bool isPart = header is DataFileHeader { Set: not null };
        if (operations is { IsForward: true } && (operations.Bases is not null || isPart))
        {
            throw map.Values.Invalid(
                forwardAt, HeaderKeys.Forward,
                $"cannot be together with {(operations.Bases is not null ? HeaderKeys.Bases : HeaderKeys.Set)}");
        }

        if (operations?.Bases is { } bases)
        {
            if (operations.BaseSize is not null || header.Parent is not null)
            {
                throw map.Values.Invalid(
                    basesAt, HeaderKeys.Bases,
                    $"cannot be together with {(operations.BaseSize is not null ? HeaderKeys.BaseSize : HeaderKeys.Parent)}");
            }

            if (bases.Any(one => one.Root.Length != header.Hash.RootLength))
            {
                throw map.Values.Invalid(basesAt, HeaderKeys.Bases, $"has a root that is not of {header.Hash.RootLength} bytes");
            }
        }

        if (header.Parent is { } parent
            && (parent.BlockSize <= header.BlockSize
                || (operations?.BaseSize is { } a && (a, operations.TargetSize) != (parent.BaseSize, parent.TargetSize))))
        {
            throw map.Values.Invalid(
                parentAt, HeaderKeys.Parent, "has blocks that are not larger than those of the message, or other sizes");
        }
    }

    // The rules of Format.md 4.8.
    private static void CheckPrefix(MessageHeader header, MapReader map, long prefixAt)
    {
        if (header is not DataFileHeader { AllowsPrefix: true } file)
        {
            return;
        }

        if (file.Bases is not null || file.IsForward)
        {
            throw map.Values.Invalid(
                prefixAt, HeaderKeys.Prefix, $"cannot be together with {(file.IsForward ? HeaderKeys.Forward : HeaderKeys.Bases)}");
        }

        if (file.BlockSize > file.FrameSize)
        {
            throw map.Values.Invalid(
                prefixAt, HeaderKeys.Prefix, $"cannot be together with blocks of {file.BlockSize} bytes in frames of {file.FrameSize}");
        }
    }

    // The rules of Format.md 4.9.
    private static void CheckShift(MessageHeader header, MapReader map, long shiftAt)
    {
        if (header is OperationsHeader { AllowsShift: true } operations && (operations.Bases is not null || operations.IsForward))
        {
            throw map.Values.Invalid(
                shiftAt, HeaderKeys.Shift, $"cannot be together with {(operations.IsForward ? HeaderKeys.Forward : HeaderKeys.Bases)}");
        }
    }

    /// <summary>The fault of a label, or null.</summary>
    public static string? LabelFault(string label)
    {
        if (label.Length == 0)
        {
            return "is empty";
        }

        if (Encoding.UTF8.GetByteCount(label) > FormatLimits.MaxLabelBytes)
        {
            return $"is longer than {FormatLimits.MaxLabelBytes} bytes";
        }

        return label.Any(char.IsControl) ? "has control characters" : null;
    }

    private static void CheckCoverage(MessageHeader header, BlockCoverage coverage, string source, long offset)
    {
        if (header is ChecksumRequestHeader)
        {
            if (coverage.IsEmpty || coverage.Ranges is [{ First: 0, IsOpenEnded: true }])
            {
                throw new MessageFormatException(
                    FormatError.Invalid, source, offset, HeaderKeys.Ranges, "ranges ask for nothing, or spell out the whole");
            }

            return;
        }

        if (header is ChecksumFileHeader file)
        {
            long blocks = file.Geometry.BlockCount;
            if (!coverage.ClipTo(blocks).Equals(coverage))
            {
                throw new MessageFormatException(
                    FormatError.Invalid, source, offset, HeaderKeys.Ranges,
                    $"ranges go past the {blocks} blocks of the target, or spell out all of it");
            }

            return;
        }

        foreach (SyncGeometry geometry in ((OperationsHeader)header).SyncGeometries)
        {
            if (RangesEncoding.FaultOfCompared(geometry) is { } fault)
            {
                throw new MessageFormatException(FormatError.Invalid, source, offset, HeaderKeys.Ranges, $"ranges {fault}");
            }
        }
    }
}

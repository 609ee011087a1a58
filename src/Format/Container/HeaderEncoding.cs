using System.Text;
using BinarySync.Format.MessagePack;

namespace BinarySync.Format;

/// <summary>A header as MessagePack, and back (Format.md 3 and 4). Reader and writer know the keys in the same, ascending order.</summary>
internal static class HeaderEncoding
{
    public static ReadOnlySpan<byte> Encode(MessageKind kind, MessageHeader header)
    {
        Dictionary<string, Action<MessagePackWriter>> fields = new()
        {
            [HeaderKeys.BlockSize] = writer => writer.WriteUnsigned((ulong)header.BlockSize),
            [HeaderKeys.Hash] = writer => writer.WriteString(header.Hash.Name),
        };
        AddNumber(HeaderKeys.BaseSize, header.BaseSize);
        AddNumber(HeaderKeys.TargetSize, header.TargetSize);
        AddNumber(HeaderKeys.Size, header.Size);
        AddNumber(HeaderKeys.FrameSize, header.FrameSize);
        if (header.Label is { } label)
        {
            if (LabelFault(label) is { } fault)
            {
                throw new ArgumentException(fault, nameof(header));
            }

            fields[HeaderKeys.Label] = writer => writer.WriteString(label);
        }

        if (!header.Coverage.IsWhole)
        {
            fields[HeaderKeys.Ranges] = writer => WriteRanges(writer, header.Coverage);
        }

        if (!HeaderKeys.Required(kind).All(fields.ContainsKey))
        {
            throw new ArgumentException($"a {kind.Words()} needs {string.Join(", ", HeaderKeys.Required(kind))}", nameof(header));
        }

        MessagePackWriter writer = new();
        writer.WriteMapHeader(fields.Count);
        foreach (string key in fields.Keys.Order(StringComparer.Ordinal))
        {
            writer.WriteString(key);
            fields[key](writer);
        }

        return writer.Written;

        void AddNumber(string key, long? value)
        {
            if (value is { } number)
            {
                fields[key] = writer => writer.WriteUnsigned((ulong)number);
            }
        }
    }

    public static MessageHeader Decode(MessageKind kind, byte minor, ReadOnlySpan<byte> bytes, string source, long origin)
    {
        MapReader map = new(bytes, source, origin, minor);
        int? blockSize = null;
        BlockHash? hash = null;
        long? size = null;
        long? baseSize = null;
        long? targetSize = null;
        int? frameSize = null;
        string? label = null;
        (BlockCoverage Coverage, long Offset)? ranges = null;
        while (map.NextKey() is { } key)
        {
            if (!HeaderKeys.Required(kind).Contains(key) && !HeaderKeys.IsOptional(key, kind))
            {
                map.SkipUnknown(key);
                continue;
            }

            if (HeaderKeys.NotBuiltYet(key) is { } feature)
            {
                throw new MessageFormatException(FormatError.Unsupported, source, map.Values.Offset, key, $"needs a program that handles {feature}");
            }

            long at = map.Values.Offset;
            switch (key)
            {
                case HeaderKeys.BlockSize:
                    blockSize = (int)CheckValue(map.Values.ReadUnsigned(key, FormatLimits.MaxBlockSize), FormatLimits.IsBlockSize);
                    break;
                case HeaderKeys.FrameSize:
                    frameSize = (int)CheckValue(map.Values.ReadUnsigned(key, FormatLimits.MaxFrameSize), FormatLimits.IsFrameSize);
                    break;
                case HeaderKeys.Hash:
                    string name = map.Values.ReadString(key);
                    hash = BlockHash.Find(name) ?? throw map.Values.Invalid(at, key, $"\"{Printable.Text(name)}\" is not known");
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
                case HeaderKeys.Ranges:
                    ranges = (ReadRanges(ref map.Values, openEnd: kind == MessageKind.ChecksumRequest), at);
                    break;
            }

            long CheckValue(long value, Func<long, bool> allowed) =>
                allowed(value) ? value : throw new MessageFormatException(FormatError.Invalid, source, at, key, $"{key} {value} is not allowed");
        }

        map.RequireKeys(HeaderKeys.Required(kind));
        MessageHeader header = new()
        {
            BlockSize = blockSize!.Value,
            Hash = hash!,
            Coverage = ranges?.Coverage ?? BlockCoverage.Whole,
            Label = label,
            Size = size,
            BaseSize = baseSize,
            TargetSize = targetSize,
            FrameSize = frameSize,
        };
        if (ranges is { } given)
        {
            CheckCoverage(kind, header, given.Coverage, source, given.Offset);
        }

        return header;
    }

    /// <summary>What is wrong with a label, or null.</summary>
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

    private static void WriteRanges(MessagePackWriter writer, BlockCoverage coverage)
    {
        writer.WriteArrayHeader(coverage.Ranges.Length * 2);
        long end = 0;
        foreach (BlockRun range in coverage.Ranges)
        {
            writer.WriteUnsigned((ulong)(range.First - end));
            writer.WriteUnsigned(range.IsOpenEnded ? 0 : (ulong)range.Count);
            end = range.End;
        }
    }

    private static BlockCoverage ReadRanges(ref MessagePackReader reader, bool openEnd)
    {
        long at = reader.Offset;
        int count = reader.ReadArrayHeader(HeaderKeys.Ranges);
        if (count % 2 != 0 || count / 2 > FormatLimits.MaxRanges)
        {
            throw reader.Invalid(at, HeaderKeys.Ranges, $"has {count} numbers: not pairs, or more than {FormatLimits.MaxRanges} of them");
        }

        BlockRun[] ranges = new BlockRun[count / 2];
        long end = 0;
        for (int i = 0; i < ranges.Length; i++)
        {
            at = reader.Offset;

            // No range ends after the largest size: subtractions only, so that no sum of numbers from the file can overflow.
            long gap = reader.ReadUnsigned(HeaderKeys.Ranges, FormatLimits.MaxSize);
            long blocks = reader.ReadUnsigned(HeaderKeys.Ranges, FormatLimits.MaxSize);
            bool toTheEnd = blocks == 0 && openEnd && i == ranges.Length - 1;
            if ((i > 0 && gap == 0) || (blocks == 0 && !toTheEnd) || gap > FormatLimits.MaxSize - end || blocks > FormatLimits.MaxSize - end - gap)
            {
                throw reader.Invalid(at, HeaderKeys.Ranges, $"has a range that is empty, touches the one before it or is out of bounds (number {i + 1})");
            }

            long first = end + gap;
            ranges[i] = toTheEnd ? BlockRun.From(first) : new BlockRun(first, blocks);
            end = ranges[i].End;
        }

        return BlockCoverage.OfMaximal(ranges);
    }

    private static void CheckCoverage(MessageKind kind, MessageHeader header, BlockCoverage coverage, string source, long offset)
    {
        if (kind == MessageKind.ChecksumRequest)
        {
            if (coverage.IsEmpty || coverage.Ranges is [{ First: 0, IsOpenEnded: true }])
            {
                throw new MessageFormatException(FormatError.Invalid, source, offset, HeaderKeys.Ranges, "ranges ask for nothing, or for the whole in so many words");
            }

            return;
        }

        long blocks = kind == MessageKind.ChecksumFile ? header.Geometry.BlockCount : header.SyncGeometry.BlockCount;
        if (!coverage.ClipTo(blocks).Equals(coverage) || (coverage.IsEmpty && kind != MessageKind.ChecksumFile))
        {
            throw new MessageFormatException(
                FormatError.Invalid, source, offset, HeaderKeys.Ranges, $"ranges go past the {blocks} blocks of the target, cover it all in so many words, or nothing");
        }

        if (kind is MessageKind.DataRequest or MessageKind.DataFile
            && !header.SyncGeometry.ResizesTarget && coverage.Overlaps(header.SyncGeometry.Tail))
        {
            throw new MessageFormatException(
                FormatError.Invalid, source, offset, HeaderKeys.Ranges, "ranges cover a part of the tail by which the sizes differ, but not all of it");
        }
    }
}

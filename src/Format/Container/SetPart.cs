using System.Buffers.Binary;
using System.IO.Hashing;

namespace BinarySync.Format;

/// <summary>The place of a message in a data file of several parts (Format.md 4.5). Equal if all fields are equal.</summary>
public sealed record SetPart
{
    /// <summary>The identity of the set. 16 bytes.</summary>
    public required ReadOnlyMemory<byte> Id { get; init; }

    /// <summary>The number of this part, from 1.</summary>
    public required int Part { get; init; }

    /// <summary>Parts in all, 1 to 65,535.</summary>
    public required int Parts { get; init; }

    /// <summary>The number of the part's first group in the undivided data file, from 0.</summary>
    public required long FirstGroup { get; init; }

    /// <summary>Groups in this part.</summary>
    public required long GroupCount { get; init; }

    /// <summary>Raw bytes after which a part was closed; at least 1.</summary>
    public required long SplitSize { get; init; }

    private static ReadOnlySpan<byte> Tag => "BinarySync set 1\0"u8;

    /// <summary>The identity of the set into which a data file is cut.</summary>
    /// <param name="splitSize">Raw bytes after which a part is closed.</param>
    /// <param name="baseRoots">The base root, or all of them in order.</param>
    /// <param name="targetRoot">The target root.</param>
    public static byte[] IdOf(long splitSize, IEnumerable<ReadOnlyMemory<byte>> baseRoots, ReadOnlyMemory<byte> targetRoot)
    {
        XxHash128 hash = new();
        hash.Append(Tag);
        Span<byte> size = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(size, splitSize);
        hash.Append(size);
        foreach (ReadOnlyMemory<byte> root in baseRoots)
        {
            hash.Append(root.Span);
        }

        hash.Append(targetRoot.Span);
        return hash.GetHashAndReset();
    }

    public bool Equals(SetPart? other) =>
        other is not null
        && (Part, Parts, SplitSize) == (other.Part, other.Parts, other.SplitSize)
        && (FirstGroup, GroupCount) == (other.FirstGroup, other.GroupCount)
        && Id.Span.SequenceEqual(other.Id.Span);

    public override int GetHashCode() => HashCode.Combine(Part, Parts, FirstGroup, GroupCount, SplitSize);
}

/// <summary><see cref="SetPart"/> as MessagePack, and back.</summary>
internal static class SetEncoding
{
    private const string FirstGroup = "first_group";
    private const string GroupCount = "group_count";
    private const string Id = "id";
    private const string Part = "part";
    private const string Parts = "parts";
    private const string SplitSize = "split_size";

    private static readonly string[] Required = [FirstGroup, GroupCount, Id, Part, Parts, SplitSize];

    public static void Write(CanonicalWriter writer, SetPart set)
    {
        MapFields fields = new();
        fields.Add(FirstGroup, set.FirstGroup);
        fields.Add(GroupCount, set.GroupCount);
        fields.Add(Id, set.Id);
        fields.Add(Part, set.Part);
        fields.Add(Parts, set.Parts);
        fields.Add(SplitSize, set.SplitSize);
        fields.Write(writer);
    }

    public static SetPart Read(ref MapReader outer)
    {
        long begin = outer.Values.Offset;
        MapReader map = outer.EnterMap(HeaderKeys.Set);
        byte[]? id = null;
        long firstGroup = 0;
        long groupCount = 0;
        long part = 0;
        long parts = 0;
        long splitSize = 0;
        while (map.NextKey() is { } key)
        {
            switch (key)
            {
                case FirstGroup:
                    firstGroup = map.Values.ReadUnsigned(key, FormatLimits.MaxSize);
                    break;
                case GroupCount:
                    groupCount = map.Values.ReadUnsigned(key, FormatLimits.MaxSize);
                    break;
                case Id:
                    id = HeaderValues.ReadIdentity(ref map.Values, key, FormatLimits.DigestLength);
                    break;
                case Part:
                    part = map.Values.ReadUnsigned(key, FormatLimits.MaxParts);
                    break;
                case Parts:
                    parts = map.Values.ReadUnsigned(key, FormatLimits.MaxParts);
                    break;
                case SplitSize:
                    splitSize = map.Values.ReadUnsigned(key, FormatLimits.MaxSize);
                    break;
                default:
                    map.SkipUnknown(key);
                    break;
            }
        }

        map.RequireKeys(Required);
        outer.LeaveMap(map);

        // Each part before it has at least one group. The undo file of a part may have no groups: if all that the part brought lies behind
        // the end of A.
        if (part < 1 || part > parts || splitSize < 1 || (part == 1) != (firstGroup == 0)
            || firstGroup < part - 1 || groupCount > FormatLimits.MaxSize - firstGroup)
        {
            throw outer.Values.Invalid(
                begin,
                HeaderKeys.Set,
                $"says part {part} of {parts}, {groupCount} groups from {firstGroup} on, split after {splitSize} bytes");
        }

        return new SetPart
        {
            Id = id!,
            Part = (int)part,
            Parts = (int)parts,
            FirstGroup = firstGroup,
            GroupCount = groupCount,
            SplitSize = splitSize,
        };
    }
}

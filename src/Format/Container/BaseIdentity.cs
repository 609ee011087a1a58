using System.Collections;

namespace BinarySync.Format;

/// <summary>One of the old contents that a merged message serves (Format.md 4.4).</summary>
/// <param name="Root">The base root.</param>
/// <param name="Size">Bytes of A.</param>
public sealed record BaseIdentity(ReadOnlyMemory<byte> Root, long Size)
{
    public bool Equals(BaseIdentity? other) => other is not null && Size == other.Size && Root.Span.SequenceEqual(other.Root.Span);

    public override int GetHashCode() => Size.GetHashCode();
}

/// <summary>The old contents that a merged message serves, in the order merged. Equal if all of them are equal.</summary>
public sealed class BaseList(IReadOnlyList<BaseIdentity> bases) : IReadOnlyList<BaseIdentity>, IEquatable<BaseList>
{
    public int Count => bases.Count;

    public BaseIdentity this[int index] => bases[index];

    public IEnumerator<BaseIdentity> GetEnumerator() => bases.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public bool Equals(BaseList? other) => other is not null && bases.SequenceEqual(other);

    public override bool Equals(object? obj) => Equals(obj as BaseList);

    public override int GetHashCode() => bases.Count;
}

/// <summary><see cref="BaseList"/> as MessagePack, and back.</summary>
internal static class BasesEncoding
{
    private const string Root = "root";

    private static readonly string[] Required = [Root, HeaderKeys.Size];

    public static void Write(CanonicalWriter writer, BaseList bases)
    {
        writer.WriteArrayHeader(bases.Count);
        foreach (BaseIdentity one in bases)
        {
            MapFields fields = new();
            fields.Add(Root, one.Root);
            fields.Add(HeaderKeys.Size, one.Size);
            fields.Write(writer);
        }
    }

    /// <summary>Reads the list. The length that its roots must have is known only when the whole header has been read.</summary>
    public static BaseList Read(ref MapReader outer)
    {
        long begin = outer.Values.Offset;
        int count = outer.Values.ReadArrayHeader(HeaderKeys.Bases);
        if (count is < 1 or > FormatLimits.MaxBases)
        {
            throw outer.Values.Invalid(begin, HeaderKeys.Bases, $"has {count} elements: 1 to {FormatLimits.MaxBases} are allowed");
        }

        List<BaseIdentity> bases = [];
        for (int i = 0; i < count; i++)
        {
            MapReader map = outer.EnterMap(HeaderKeys.Bases);
            byte[]? root = null;
            long size = 0;
            while (map.NextKey() is { } key)
            {
                switch (key)
                {
                    case Root:
                        root = map.Values.ReadBytes(key);
                        break;
                    case HeaderKeys.Size:
                        size = map.Values.ReadUnsigned(key, FormatLimits.MaxSize);
                        break;
                    default:
                        map.SkipUnknown(key);
                        break;
                }
            }

            map.RequireKeys(Required);
            outer.LeaveMap(map);
            bases.Add(new BaseIdentity(root!, size));
        }

        return new BaseList(bases);
    }
}

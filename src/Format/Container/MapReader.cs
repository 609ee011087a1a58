using BinarySync.Format.MessagePack;

namespace BinarySync.Format;

/// <summary>Walks the keys of a header or trailer map: ascending, none twice, unknown ones by the rules of Format.md 2.2.</summary>
internal ref struct MapReader
{
    /// <summary>Where the value of the key just read is to be read from.</summary>
    public MessagePackReader Values;

    private readonly string _source;
    private readonly byte _minor;
    private readonly List<string> _seen = [];
    private readonly long _origin;
    private int _left;

    public MapReader(ReadOnlySpan<byte> bytes, string source, long origin, byte minor)
    {
        Values = new MessagePackReader(bytes, source, origin);
        _source = source;
        _minor = minor;
        _origin = origin;
        _left = Values.ReadMapHeader("map");
    }

    /// <summary>The next key, or null at the end of the map; then nothing may follow.</summary>
    public string? NextKey()
    {
        long at = Values.Offset;
        if (_left == 0)
        {
            return Values.AtEnd ? null : throw Values.Invalid(at, "map", "is followed by more bytes");
        }

        _left--;
        string key = Values.ReadString("key");
        if (_seen.Count > 0 && CompareBytes(_seen[^1], key) >= 0)
        {
            throw Values.Invalid(at, "map", $"has keys out of order at \"{Printable.Text(key)}\"");
        }

        _seen.Add(key);
        return key;
    }

    /// <summary>Passes over the value of a key that is not known here, or refuses it.</summary>
    public void SkipUnknown(string key)
    {
        string shown = Printable.Text(key);
        if (_minor <= FormatVersion.Minor)
        {
            throw Values.Invalid(Values.Offset, "map", $"has the key \"{shown}\", which does not belong here");
        }

        if (key.StartsWith('!'))
        {
            throw new MessageFormatException(
                FormatError.Unsupported, _source, Values.Offset, shown, $"needs a newer program (header or trailer key \"{shown}\")");
        }

        Values.Skip(shown);
    }

    public readonly void RequireKeys(IEnumerable<string> keys)
    {
        foreach (string key in keys)
        {
            if (!_seen.Contains(key))
            {
                throw Values.Invalid(_origin, key, "is missing");
            }
        }
    }

    // UTF-8 orders as code points do, UTF-16 does not quite: keys outside the BMP are compared as bytes.
    private static int CompareBytes(string a, string b) =>
        System.Text.Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(b));
}

namespace BinarySync.Format;

/// <summary>Reads the keys of a header or trailer map: ascending, none twice, unknown ones by the rules of Format.md 2.2.</summary>
internal ref struct MapReader
{
    /// <summary>The reader positioned at the value of the key just read.</summary>
    public CanonicalReader Values;

    private readonly string _source;
    private readonly byte _minor;

    // Keys that are known here: a header may have hundreds of thousands of others, of which only the last one is needed.
    private readonly List<string> _known = [];
    private string? _last;
    private readonly long _origin;
    private readonly bool _isInside;
    private int _left;

    public MapReader(ReadOnlyMemory<byte> bytes, string source, long origin, byte minor)
        : this(new CanonicalReader(bytes, source, origin), source, minor, "map", isInside: false)
    {
    }

    private MapReader(CanonicalReader values, string source, byte minor, string field, bool isInside)
    {
        Values = values;
        _source = source;
        _minor = minor;
        _isInside = isInside;
        _origin = values.Offset;
        _left = Values.ReadMapHeader(field);
    }

    /// <summary>True if the message may have keys of a later version than 1.0.</summary>
    public readonly bool HasNewerKeys => !FormatVersion.IsClosed(_minor);

    /// <summary>Begins a map that is a value in this one. This one reads nothing until <see cref="LeaveMap"/>.</summary>
    public readonly MapReader EnterMap(string field) => new(Values, _source, _minor, field, isInside: true);

    /// <summary>Continues behind a map that has been read to its end.</summary>
    public void LeaveMap(MapReader inner) => Values = inner.Values;

    /// <summary>The next key, or null at the end of the map; then nothing may follow the outermost one.</summary>
    public string? NextKey()
    {
        long at = Values.Offset;
        if (_left == 0)
        {
            return _isInside || Values.AtEnd ? null : throw Values.Invalid(at, "map", "is followed by more bytes");
        }

        _left--;
        string key = Values.ReadString("key");
        if (_last is not null && CompareBytes(_last, key) >= 0)
        {
            throw Values.Invalid(at, "map", $"has keys out of order at \"{Printable.Text(key)}\"");
        }

        _last = key;
        _known.Add(key);
        return key;
    }

    /// <summary>Skips the value of a key that is not known here, or refuses it.</summary>
    /// <param name="key">The key just read.</param>
    /// <param name="isForeign">Another kind of message has it: that is no newer version's key, but an error in any version.</param>
    public void SkipUnknown(string key, bool isForeign = false)
    {
        _known.RemoveAt(_known.Count - 1);
        string shown = key.Length < 60 && !key.AsSpan().ContainsAnyExceptInRange(' ', '~') ? key : Printable.Text(key);
        if (FormatVersion.IsClosed(_minor) || isForeign)
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

    /// <summary>The error for a value that this version does not know: invalid if the version is closed, else of a newer program.</summary>
    public readonly MessageFormatException UnknownValue(long at, string key, string shown) => FormatVersion.IsClosed(_minor)
        ? Values.Invalid(at, key, $"{shown} is not known")
        : new MessageFormatException(FormatError.Unsupported, _source, at, key, $"needs a newer program ({key} {shown} is not known here)");

    public readonly void RequireKeys(IEnumerable<string> keys)
    {
        foreach (string key in keys)
        {
            if (!_known.Contains(key))
            {
                throw Values.Invalid(_origin, key, "is missing");
            }
        }
    }

    // UTF-8 orders as code points do, UTF-16 does not quite: the halves of a code point outside the BMP come last.
    private static int CompareBytes(string a, string b)
    {
        int same = a.AsSpan().CommonPrefixLength(b);
        return same == a.Length || same == b.Length ? a.Length.CompareTo(b.Length) : Rank(a[same]).CompareTo(Rank(b[same]));

        static int Rank(char unit) => char.IsSurrogate(unit) ? char.MaxValue + unit : unit;
    }
}

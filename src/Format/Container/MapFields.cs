namespace BinarySync.Format;

/// <summary>The keys and values of a map to be written; they are written in ascending order of keys (Format.md 3).</summary>
internal sealed class MapFields
{
    private readonly SortedDictionary<string, Action<CanonicalWriter>> _fields = new(StringComparer.Ordinal);

    /// <summary>The keys added so far.</summary>
    public IEnumerable<string> Keys => _fields.Keys;

    public bool Has(string key) => _fields.ContainsKey(key);

    public void Add(string key, Action<CanonicalWriter> write) => _fields.Add(key, write);

    /// <summary>Adds a number, unless there is none.</summary>
    public void Add(string key, long? value)
    {
        if (value is { } number)
        {
            Add(key, writer => writer.WriteUnsigned((ulong)number));
        }
    }

    public void Add(string key, string value) => Add(key, writer => writer.WriteString(value));

    public void Add(string key, ReadOnlyMemory<byte> value) => Add(key, writer => writer.WriteBytes(value.Span));

    public void Write(CanonicalWriter writer)
    {
        writer.WriteMapHeader(_fields.Count);
        foreach ((string key, Action<CanonicalWriter> write) in _fields)
        {
            writer.WriteString(key);
            write(writer);
        }
    }
}

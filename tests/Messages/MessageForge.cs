using System.Buffers.Binary;
using System.IO.Hashing;

namespace BinarySync.Tests.Messages;

/// <summary>
/// A message as a structure that can be bent: any field may be set to what no writer would write, and lengths, checksums and digest are
/// computed over the result, unless they themselves are what is bent. So the rule behind the checksums is reached.
/// </summary>
internal sealed class MessageForge
{
    public byte[] Magic { get; set; } = Preamble.Magic.ToArray();

    /// <summary>Where in the magic a reader should stop.</summary>
    public int MagicFault { get; set; }

    public byte Major { get; set; } = 1;

    public byte Minor { get; set; }

    public byte Kind { get; set; }

    public byte Flags { get; set; }

    /// <summary>Null: as it is.</summary>
    public uint? HeaderLength { get; set; }

    public ForgedMap Header { get; set; } = new();

    public byte[]? HeaderChecksum { get; set; }

    public List<ForgedSection> Sections { get; } = [];

    /// <summary>The trailer's frame header; its payload is <see cref="Trailer"/>.</summary>
    public ForgedSection TrailerSection { get; } = new() { Type = (byte)SectionType.Trailer };

    public ForgedMap Trailer { get; set; } = new();

    public uint? TrailerLength { get; set; }

    public uint TailReserved { get; set; }

    public byte[] EndMark { get; set; } = Hex.Bytes("1A 0A 0D 4E 59 53 42 8F");

    /// <summary>What follows the tail.</summary>
    public byte[] After { get; set; } = [];

    /// <summary>The bytes that are left of the message; null for all.</summary>
    public Func<ForgedMessage, long>? CutAt { get; set; }

    /// <summary>The field where a reader should stop.</summary>
    public string? Fault { get; set; }

    /// <summary>Says where a reader should stop.</summary>
    public MessageForge At(string fault)
    {
        Fault = fault;
        return this;
    }

    /// <summary>Keeps only what comes before the middle of the field; the reader finds that out at the cut.</summary>
    public MessageForge CutIn(string field, int keep)
    {
        CutAt = message => message.OffsetOf(field) + keep;
        return At("cut");
    }

    public ForgedMessage Build()
    {
        List<Chunk> chunks = [];
        byte[] header = ForgedMessage.Concatenate(Header.Chunks("header"));
        chunks.Add(new("letters", Magic[..MagicFault], "", JoinsNext: true));
        chunks.Add(new("magic", Magic[MagicFault..], "magic"));
        chunks.Add(new("major", [Major], $"version {Major}.{Minor}", JoinsNext: true));
        chunks.Add(new("minor", [Minor], "", JoinsNext: true));
        chunks.Add(new("kind", [Kind], Kind is >= 1 and <= 4 ? ((MessageKind)Kind).Words() : $"kind {Kind}", JoinsNext: true));
        chunks.Add(new("flags", [Flags], Flags == 0 ? "no flags" : $"flags {Flags:X2}"));
        chunks.Add(
            new("header length", Bits.U32(HeaderLength ?? (uint)header.Length), $"header length: {HeaderLength ?? (uint)header.Length}"));
        chunks.AddRange(Header.Chunks("header"));
        chunks.Add(new("header checksum", HeaderChecksum ?? XxHash3.Hash(ForgedMessage.Concatenate(chunks)), "header checksum"));
        for (int i = 0; i < Sections.Count; i++)
        {
            chunks.AddRange(Sections[i].Chunks($"s{i + 1}", Sections[i].Payload));
        }

        Trailer.Fill("digest", Bits.Pack(writer => writer.WriteBytes(XxHash128.Hash(ForgedMessage.Concatenate(chunks)))), "16 bytes");
        Trailer.Fill("sections", Bits.Pack(writer => writer.WriteUnsigned((ulong)Sections.Count)), $"{Sections.Count}");
        List<Chunk> trailer = [.. TrailerSection.Chunks("trailer", [.. Trailer.Chunks("trailer")])];
        chunks.AddRange(trailer);
        uint trailerLength = TrailerLength ?? (uint)trailer.Sum(chunk => chunk.Bytes.Length);
        chunks.Add(new("tail", Bits.U32(trailerLength), $"trailer length: {trailerLength}"));
        chunks.Add(new("tail.reserved", Bits.U32(TailReserved), "reserved"));
        chunks.Add(new("tail.mark", EndMark, "end mark"));
        chunks.Add(new("after", After, "after the end"));
        return CutAt is null ? new ForgedMessage(chunks) : Cut(chunks, CutAt(new ForgedMessage(chunks)));
    }

    private static ForgedMessage Cut(List<Chunk> chunks, long length)
    {
        List<Chunk> kept = [];
        foreach (Chunk chunk in chunks)
        {
            int take = (int)Math.Min(length, chunk.Bytes.Length);
            if (take > 0)
            {
                kept.Add(
                    take == chunk.Bytes.Length ? chunk : chunk with { Bytes = chunk.Bytes[..take], Meaning = chunk.Meaning + " (cut)" });
            }

            length -= take;
        }

        kept.Add(new("cut", [], ""));
        return new ForgedMessage(kept);
    }
}

/// <summary>A MessagePack map whose keys and values are given as bytes.</summary>
internal sealed class ForgedMap
{
    private readonly List<Entry> _entries = [];

    /// <summary>Bytes in place of the map's own count.</summary>
    public byte[]? CountBytes { get; set; }

    /// <summary>What follows the last value.</summary>
    public byte[] After { get; set; } = [];

    public IReadOnlyList<string> Keys => [.. _entries.Select(entry => entry.Key)];

    /// <summary>Replaces a value.</summary>
    public void Set(string key, byte[] value, string meaning)
    {
        Entry entry = Find(key);
        entry.Value = value;
        entry.Meaning = meaning;
        entry.IsComputed = false;
    }

    public void Set(string key, ulong value) => Set(key, Bits.Pack(writer => writer.WriteUnsigned(value)), $"{value}");

    public byte[] ValueOf(string key) => Find(key).Value;

    /// <summary>Adds a key where its order wants it.</summary>
    public void Insert(string key, byte[] value, string meaning)
    {
        int index = _entries.FindIndex(entry => string.CompareOrdinal(entry.Key, key) > 0);
        _entries.Insert(index < 0 ? _entries.Count : index, new Entry(key, Bits.Pack(writer => writer.WriteString(key)), value, meaning));
    }

    /// <summary>Adds a key at the end, in whatever order.</summary>
    public void Append(string key, byte[] value, string meaning, bool isComputed = false) =>
        _entries.Add(new Entry(key, Bits.Pack(writer => writer.WriteString(key)), value, meaning) { IsComputed = isComputed });

    /// <summary>Gives a value a second part, so that a fault can be inside the value.</summary>
    public void InsertValuePart(string key, byte[] rest, string meaning)
    {
        Entry entry = Find(key);
        entry.Rest = rest;
        entry.RestMeaning = meaning;
    }

    public void Remove(string key) => _entries.Remove(Find(key));

    public void Swap(string a, string b)
    {
        int first = _entries.IndexOf(Find(a));
        int second = _entries.IndexOf(Find(b));
        (_entries[first], _entries[second]) = (_entries[second], _entries[first]);
    }

    /// <summary>Other bytes for a key.</summary>
    public void SetKeyBytes(string key, byte[] bytes) => Find(key).KeyBytes = bytes;

    public void Fill(string key, byte[] value, string meaning)
    {
        if (_entries.Find(entry => entry.Key == key && entry.IsComputed) is { } entry)
        {
            entry.Value = value;
            entry.Meaning = meaning;
        }
    }

    public IEnumerable<Chunk> Chunks(string name)
    {
        yield return new(
            $"{name} map", CountBytes ?? Bits.Pack(writer => writer.WriteMapHeader(_entries.Count)), $"a map of {_entries.Count}");
        foreach (Entry entry in _entries)
        {
            yield return new($"{name}.{entry.Key}", entry.KeyBytes, Printable.Text(entry.Key) + ":", JoinsNext: true);
            yield return new($"{name}.{entry.Key}=", entry.Value, entry.Meaning, JoinsNext: entry.Rest is not null);
            if (entry.Rest is not null)
            {
                yield return new($"{name}.{entry.Key}=2", entry.Rest, entry.RestMeaning);
            }
        }

        yield return new($"{name} after", After, "after the map");
    }

    private Entry Find(string key) => _entries.First(entry => entry.Key == key);

    private sealed class Entry(string key, byte[] keyBytes, byte[] value, string meaning)
    {
        public string Key => key;

        public byte[] KeyBytes { get; set; } = keyBytes;

        public byte[] Value { get; set; } = value;

        public string Meaning { get; set; } = meaning;

        /// <summary>A second part of the value, where a fault is inside it.</summary>
        public byte[]? Rest { get; set; }

        public string RestMeaning { get; set; } = "";

        /// <summary>The forge fills the value in when all else is known.</summary>
        public bool IsComputed { get; set; }
    }
}

/// <summary>A section with its frame header.</summary>
internal sealed class ForgedSection
{
    public byte Type { get; set; }

    public byte Codec { get; set; }

    public byte Flags { get; set; }

    public byte Reserved { get; set; }

    /// <summary>Null: as it is.</summary>
    public uint? StoredLength { get; set; }

    /// <summary>Null: the stored length.</summary>
    public uint? RawLength { get; set; }

    public byte[]? Checksum { get; set; }

    public List<Chunk> Payload { get; set; } = [];

    /// <summary>Replaces a field of the payload.</summary>
    public void Set(string name, byte[] bytes, string meaning)
    {
        int index = IndexOf(name);
        Payload[index] = Payload[index] with { Bytes = bytes, Meaning = meaning };
    }

    public void Remove(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            Payload.RemoveAt(IndexOf(name));
        }
    }

    public void InsertAfter(string name, Chunk chunk) => Payload.Insert(IndexOf(name) + 1, chunk);

    public IEnumerable<Chunk> Chunks(string name, List<Chunk> payload)
    {
        byte[] bytes = ForgedMessage.Concatenate(payload);
        uint stored = StoredLength ?? (uint)bytes.Length;
        uint raw = RawLength ?? stored;
        byte[] fields = [Type, Codec, Flags, Reserved, .. Bits.U32(stored), .. Bits.U32(raw)];
        yield return new($"{name}", [Type], TypeWords, JoinsNext: true);
        yield return new($"{name}.codec", [Codec], CodecWords, JoinsNext: true);
        yield return new($"{name}.flags", [Flags], Flags == 0 ? "" : $"flags {Flags:X2}", JoinsNext: true);
        yield return new($"{name}.reserved", [Reserved], Reserved == 0 ? "" : $"reserved {Reserved:X2}");
        yield return new($"{name}.stored", Bits.U32(stored), $"stored length: {stored}", JoinsNext: true);
        yield return new($"{name}.raw", Bits.U32(raw), $"raw length: {raw}");
        yield return new($"{name}.checksum", Checksum ?? XxHash3.Hash([.. fields, .. bytes]), "checksum");
        yield return new($"{name}.payload", [], "");
        foreach (Chunk chunk in payload)
        {
            yield return Type == (byte)SectionType.Trailer ? chunk : chunk with { Name = $"{name}.{chunk.Name}" };
        }
    }

    private string TypeWords => (SectionType)Type switch
    {
        SectionType.Checksums => "checksums",
        SectionType.Operations => "operations",
        SectionType.Content => "content",
        SectionType.RollingSums => "rolling sums",
        SectionType.Trailer => "trailer",
        _ => $"section type {Type:X2}",
    };

    private string CodecWords => Codec switch { 0 => "", 1 => "LZ4", 2 => "Brotli", 3 => "repeats", _ => $"codec {Codec}" };

    private int IndexOf(string name)
    {
        int index = Payload.FindIndex(chunk => chunk.Name == name);
        return index >= 0
            ? index
            : throw new ArgumentException($"there is no {name} among {string.Join(", ", Payload.Select(chunk => chunk.Name))}");
    }
}

/// <summary>Numbers as bytes.</summary>
internal static class Bits
{
    public static byte[] U32(uint value)
    {
        byte[] bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] U64(ulong value)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] Varint(long value)
    {
        byte[] bytes = new byte[Format.Varint.MaxLength];
        return bytes[..Format.Varint.Write(bytes, value)];
    }

    public static byte[] Pack(Action<CanonicalWriter> write)
    {
        CanonicalWriter writer = new();
        write(writer);
        return writer.Written.ToArray();
    }
}

namespace BinarySync.Tests.Messages;

/// <summary>A field of a message: its bytes, what it is called in faults, and what it means to a person.</summary>
/// <param name="Name">Like "header length", "header.hash=" (its value) or "s2.run 1": see <see cref="ForgedMessage"/>.</param>
/// <param name="Bytes">As they stand in the message.</param>
/// <param name="Meaning">A few words; empty for what the next chunk's words explain.</param>
/// <param name="JoinsNext">Shown on one line with the next one, where both fit.</param>
internal sealed record Chunk(string Name, byte[] Bytes, string Meaning, bool JoinsNext = false);

/// <summary>A message in pieces, front to back.</summary>
internal sealed class ForgedMessage(IReadOnlyList<Chunk> chunks)
{
    public IReadOnlyList<Chunk> Chunks => chunks;

    public byte[] Bytes => Concatenate(chunks);

    /// <summary>The bytes of chunks, one after the other.</summary>
    public static byte[] Concatenate(IEnumerable<Chunk> chunks)
    {
        using MemoryStream bytes = new();
        foreach (Chunk chunk in chunks)
        {
            bytes.Write(chunk.Bytes);
        }

        return bytes.ToArray();
    }

    /// <summary>The offset of a field.</summary>
    public long OffsetOf(string name)
    {
        long offset = 0;
        foreach (Chunk chunk in chunks)
        {
            if (chunk.Name == name)
            {
                return offset;
            }

            offset += chunk.Bytes.Length;
        }

        throw new ArgumentException($"there is no {name} among {string.Join(", ", chunks.Select(chunk => chunk.Name))}");
    }

    /// <summary>Lines of at most so many bytes, the meaning beside them.</summary>
    public IEnumerable<string> Lines(int bytesPerLine, Func<byte[], string> digits)
    {
        List<(string Digits, string Meaning)> lines = [];
        int width = 0;
        foreach ((byte[] bytes, string meaning) in Joined(bytesPerLine))
        {
            string words = meaning;
            foreach (byte[] line in bytes.Chunk(bytesPerLine))
            {
                lines.Add((digits(line), words));
                width = Math.Max(width, bytes.Length > bytesPerLine ? 0 : lines[^1].Digits.Length);
                words = "";
            }
        }

        return lines.Select(line => line.Meaning.Length == 0 ? line.Digits : $"{line.Digits.PadRight(width)}  # {line.Meaning}");
    }

    private IEnumerable<(byte[] Bytes, string Meaning)> Joined(int bytesPerLine)
    {
        List<byte> bytes = [];
        List<string> meanings = [];
        bool joins = false;
        foreach (Chunk chunk in chunks.Where(chunk => chunk.Bytes.Length > 0))
        {
            if (bytes.Count > 0 && (!joins || bytes.Count + chunk.Bytes.Length > bytesPerLine))
            {
                yield return ([.. bytes], Words(meanings));
                bytes.Clear();
                meanings.Clear();
            }

            bytes.AddRange(chunk.Bytes);
            if (chunk.Meaning.Length > 0)
            {
                meanings.Add(chunk.Meaning);
            }

            joins = chunk.JoinsNext;
        }

        if (bytes.Count > 0)
        {
            yield return ([.. bytes], Words(meanings));
        }
    }

    // A key's meaning ends with a colon, and its value's follows.
    private static string Words(List<string> meanings) => string.Join(", ", meanings).Replace(":, ", ": ", StringComparison.Ordinal);
}

using BinarySync.Storage;

namespace BinarySync.Sync.Applying.Journal;

/// <summary>Content of a redo.</summary>
/// <param name="Range">Where in the target it belongs.</param>
/// <param name="At">Where it begins in the buffer of its piece.</param>
internal readonly record struct RedoPart(ByteRange Range, int At)
{
    public int Length => (int)(Range.End - Range.Offset);
}

/// <summary>
/// Some stretches of a redo, ascending. It takes many, because handling small stretches one by one would cost more than their bytes.
/// </summary>
internal sealed class RedoPiece
{
    /// <summary>Bytes at most.</summary>
    public const int LargestLength = 128 << 10;

    /// <summary>Ascending; no two touch.</summary>
    public List<RedoPart> Parts { get; } = [];

    /// <summary>Where in the redo the bytes of the piece are, in the order of the buffer.</summary>
    public List<(long At, int Length)> Extents { get; } = [];

    /// <summary>Which piece of its redo this is, from 0 on.</summary>
    public int Number { get; set; }

    /// <summary>Room for the content.</summary>
    public byte[] Buffer { get; } = GC.AllocateUninitializedArray<byte>(LargestLength);

    public Span<byte> BytesOf(in RedoPart part) => Buffer.AsSpan(part.At, part.Length);
}

/// <summary>Goes through a sealed or loaded redo by ascending offsets of the target. The pieces are always the same.</summary>
/// <param name="redo">The redo.</param>
internal sealed class RedoCursor(RedoLog redo)
{
    private const int MostParts = 1024;

    private int _number;
    private int _next;
    private long _done;

    /// <summary>Describes the next piece, without its content; false at the end.</summary>
    public bool Next(RedoPiece piece)
    {
        piece.Parts.Clear();
        piece.Extents.Clear();
        piece.Number = _number++;
        for (int filled = 0; _next < redo.Count && filled < piece.Buffer.Length && piece.Parts.Count < MostParts;)
        {
            (ByteRange place, long at) = redo.StretchAt(_next);
            long offset = place.Offset + _done;
            int length = (int)Math.Min(piece.Buffer.Length - filled, place.End - offset);
            Add(piece, new ByteRange(offset, offset + length), filled);
            AddExtent(piece.Extents, at + _done, length);
            filled += length;
            _done += length;
            if (offset + length == place.End)
            {
                _next++;
                _done = 0;
            }
        }

        return piece.Parts.Count > 0;
    }

    /// <summary>Reads the content of a piece into its buffer.</summary>
    /// <exception cref="StorageException">The redo cannot be read.</exception>
    public void Read(RedoPiece piece)
    {
        int filled = 0;
        foreach ((long at, int length) in piece.Extents)
        {
            redo.Read(piece.Buffer.AsSpan(filled, length), at);
            filled += length;
        }
    }

    private static void Add(RedoPiece piece, ByteRange place, int at)
    {
        if (piece.Parts.Count > 0 && piece.Parts[^1] is var last && last.Range.End == place.Offset)
        {
            piece.Parts[^1] = last with { Range = last.Range with { End = place.End } };
        }
        else
        {
            piece.Parts.Add(new RedoPart(place, at));
        }
    }

    private static void AddExtent(List<(long At, int Length)> extents, long at, int length)
    {
        if (extents.Count > 0 && extents[^1] is var last && last.At + last.Length == at)
        {
            extents[^1] = last with { Length = last.Length + length };
        }
        else
        {
            extents.Add((at, length));
        }
    }
}

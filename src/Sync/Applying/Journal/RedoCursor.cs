using BinarySync.Storage;

namespace BinarySync.Sync;

/// <summary>Content of a redo.</summary>
/// <param name="Place">Where in the target it belongs.</param>
/// <param name="At">Where it begins in the buffer of its piece.</param>
internal readonly record struct RedoPart(ByteRange Place, int At)
{
    public int Length => (int)(Place.End - Place.Offset);
}

/// <summary>Some stretches of a redo, ascending, with their content: many, since of small ones each by itself would cost more than its bytes.</summary>
internal sealed class RedoPiece
{
    /// <summary>Bytes at most.</summary>
    public const int LargestLength = 128 << 10;

    /// <summary>Ascending; no two touch.</summary>
    public List<RedoPart> Parts { get; } = [];

    public byte[] Buffer { get; } = GC.AllocateUninitializedArray<byte>(LargestLength);

    public ReadOnlySpan<byte> BytesOf(in RedoPart part) => Buffer.AsSpan(part.At, part.Length);
}

/// <summary>Goes through a redo that is sealed or loaded by ascending offsets of the target.</summary>
/// <param name="redo">The redo.</param>
internal sealed class RedoCursor(RedoLog redo)
{
    private const int MostParts = 1024;

    private int _next;
    private long _done;

    /// <summary>Reads the next piece; false at the end.</summary>
    /// <exception cref="StorageException">The redo cannot be read.</exception>
    public bool Next(RedoPiece piece)
    {
        piece.Parts.Clear();
        for (int filled = 0; _next < redo.Count && filled < piece.Buffer.Length && piece.Parts.Count < MostParts;)
        {
            (ByteRange place, long at) = redo.StretchAt(_next);
            long offset = place.Offset + _done;
            int length = (int)Math.Min(piece.Buffer.Length - filled, place.End - offset);
            redo.Read(piece.Buffer.AsSpan(filled, length), at + _done);
            Add(piece, new ByteRange(offset, offset + length), filled);
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

    private static void Add(RedoPiece piece, ByteRange place, int at)
    {
        if (piece.Parts.Count > 0 && piece.Parts[^1] is var last && last.Place.End == place.Offset)
        {
            piece.Parts[^1] = last with { Place = last.Place with { End = place.End } };
        }
        else
        {
            piece.Parts.Add(new RedoPart(place, at));
        }
    }
}

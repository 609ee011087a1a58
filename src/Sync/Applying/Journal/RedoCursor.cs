namespace BinarySync.Sync;

/// <summary>
/// Content of a redo that belongs together in the target: bytes from an offset on, and between its parts bytes that mean
/// nothing.
/// </summary>
internal sealed class RedoPiece
{
    private const int LargestLength = 256 << 10;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(LargestLength);

    /// <summary>Where in the target it begins.</summary>
    public long Offset { get; set; }

    /// <summary>Bytes.</summary>
    public int Length { get; set; }

    /// <summary>The stretches of the target that it has content for, ascending.</summary>
    public List<ByteRange> Parts { get; } = [];

    public Span<byte> Bytes => _buffer.AsSpan(0, Length);

    public Span<byte> Room => _buffer;
}

/// <summary>Goes through a redo that is sealed or loaded by ascending offsets of the target.</summary>
/// <param name="redo">The redo.</param>
/// <param name="longestGap">Bytes between two parts of a piece; 0: its content has no gap.</param>
internal sealed class RedoCursor(RedoLog redo, int longestGap)
{
    private int _next;
    private long _done;

    /// <summary>Reads the next piece; false at the end.</summary>
    /// <exception cref="BinarySync.Storage.StorageException">The redo cannot be read.</exception>
    public bool Next(RedoPiece piece)
    {
        piece.Parts.Clear();
        piece.Length = 0;
        for (; _next < redo.Count; _next++, _done = 0)
        {
            (ByteRange place, long at) = redo.StretchAt(_next);
            long offset = place.Offset + _done;
            if (piece.Parts.Count == 0)
            {
                piece.Offset = offset;
            }

            long gap = offset - piece.Offset - piece.Length;
            int room = piece.Room.Length - piece.Length;
            if (gap < 0 || gap > longestGap || gap >= room)
            {
                return true;
            }

            int length = (int)Math.Min(room - gap, place.End - offset);
            redo.Read(piece.Room.Slice(piece.Length + (int)gap, length), at + _done);
            piece.Parts.Add(new ByteRange(offset, offset + length));
            piece.Length += (int)gap + length;
            _done += length;
            if (offset + length < place.End)
            {
                return true;
            }
        }

        return piece.Parts.Count > 0;
    }
}

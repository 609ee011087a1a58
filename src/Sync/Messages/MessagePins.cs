using BinarySync.Format;

namespace BinarySync.Sync.Messages;

/// <summary>
/// The state of a message when it was first read: a tag of each piece of its file (<see cref="PieceTag"/>). Pieces are 64 KiB, and larger
/// in files of more than 4 GiB. So the table takes 1 MiB at most, up to 1 TiB, and 1 MiB for each TiB of still larger files. Safe from
/// several threads at once.
/// </summary>
public sealed class MessagePins
{
    /// <summary>Bytes of a piece in files up to 4 GiB.</summary>
    internal const int SmallestPiece = 64 << 10;

    private const int MostPieces = 1 << 16;

    // A length is what the file system announces, but a piece has to fit into memory.
    internal const int LargestPiece = 16 << 20;

    private const int PiecesInChunk = 256;

    private readonly byte[] _key = PieceTag.NewKey();
    private readonly object _gate = new();
    private readonly Dictionary<long, byte[]> _chunks = [];
    private int _pieceLength;

    /// <summary>Bytes of a piece: a power of two. The file's length at the first call decides.</summary>
    /// <param name="length">Of the file, bytes.</param>
    internal int PieceLengthFor(long length)
    {
        lock (_gate)
        {
            if (_pieceLength == 0)
            {
                long piece = SmallestPiece;
                while (length / piece >= MostPieces && piece < LargestPiece)
                {
                    piece *= 2;
                }

                _pieceLength = (int)piece;
            }

            return _pieceLength;
        }
    }

    /// <summary>Notes a piece the first time, and compares it from then on.</summary>
    /// <param name="piece">Its number, from 0.</param>
    /// <param name="tag">The tag of the bytes read; at the end of the file, these are fewer than a piece.</param>
    /// <returns>False if it differs from the first time.</returns>
    internal bool Holds(long piece, ReadOnlySpan<byte> tag)
    {
        lock (_gate)
        {
            if (!_chunks.TryGetValue(piece / PiecesInChunk, out byte[]? chunk))
            {
                chunk = new byte[PiecesInChunk * PieceTag.Length];
                _chunks.Add(piece / PiecesInChunk, chunk);
            }

            Span<byte> pinned = chunk.AsSpan((int)(piece % PiecesInChunk) * PieceTag.Length, PieceTag.Length);
            if (!pinned.ContainsAnyExcept((byte)0))
            {
                tag.CopyTo(pinned);
                return true;
            }

            return pinned.SequenceEqual(tag);
        }
    }

    /// <summary>What makes the tags. Each thread needs one of its own.</summary>
    internal PieceTag NewTag() => new(_key);
}

using BinarySync.Format;
using BinarySync.Sync.Applying.Reading;

namespace BinarySync.Sync.Applying.Planning;

/// <summary>Blocks of a copy whose content is read in one piece.</summary>
/// <param name="Operation">The index of the copy among the operations that were gathered.</param>
/// <param name="Blocks">Blocks of B.</param>
/// <param name="Source">The first block of A that is read.</param>
internal readonly record struct CopyPiece(int Operation, BlockRun Blocks, long Source);

/// <summary>A piece, and where its bytes are.</summary>
/// <param name="Piece">The piece.</param>
/// <param name="At">Where they begin in the buffer.</param>
/// <param name="IsNear">The source is read together with that of the piece before, and with what lies between.</param>
internal readonly record struct PlacedPiece(CopyPiece Piece, int At, bool IsNear);

/// <summary>
/// A slot of the pipeline through which the content of copies goes: pieces in the order in which their sources lie, and their bytes.
/// Many, wherever they lie: for each by itself the way through the pipeline would cost more than what is copied.
/// </summary>
/// <param name="item">Whose buffers it takes.</param>
internal sealed class CopyBatch(PatchItem item)
{
    // Bytes that nobody asked for and that are read all the same. What is copied lies anywhere: with longer gaps, every window
    // of copies would read the whole target.
    public const int LongestGap = 4096;

    public List<PlacedPiece> Pieces { get; } = [];

    /// <summary>The content: what lies near is there as it lies in the target.</summary>
    public byte[] Buffer => item.Target;

    /// <summary>As long as a hash.</summary>
    public byte[] Hash => item.Hash;

    /// <summary>Blocks whose content is nowhere.</summary>
    public List<long> Missing { get; } = [];

    /// <summary>Copies whose content is another one with the same hashes.</summary>
    public List<BlockRun> Other { get; } = [];

    /// <summary>False for a piece that is longer than the buffer: it is alone then, and none of its bytes are in it.</summary>
    public bool Fits { get; private set; }

    /// <summary>The bytes of a piece that fits into the buffer.</summary>
    public Span<byte> BytesOf(in PlacedPiece piece, BlockGeometry geometry) =>
        Buffer.AsSpan(piece.At, (int)geometry.LengthOf(piece.Piece.Blocks));

    /// <summary>Takes the next pieces, as many as fit into the buffer, or one that does not.</summary>
    /// <param name="pieces">Sources ascending.</param>
    /// <param name="next">The first that was not taken yet.</param>
    /// <param name="geometry">B; and of all blocks that are copied, A.</param>
    /// <param name="coverage">Outside of it nothing is read.</param>
    /// <returns>False where there is none.</returns>
    public bool Take(List<CopyPiece> pieces, ref int next, BlockGeometry geometry, BlockCoverage coverage)
    {
        Pieces.Clear();
        Missing.Clear();
        Other.Clear();
        if (next == pieces.Count)
        {
            return false;
        }

        Fits = geometry.LengthOf(pieces[next].Blocks) <= Buffer.Length;
        long sourceEnd = 0;
        for (int filled = 0; next < pieces.Count && Pieces.Count < PatchItem.MostParts; next++)
        {
            // What is wanted in two places is read for each: one of them may have it from elsewhere.
            CopyPiece piece = pieces[next];
            long offset = geometry.OffsetOf(piece.Source);
            long length = geometry.LengthOf(piece.Blocks);
            bool isNear = Pieces.Count > 0 && offset >= sourceEnd && offset - sourceEnd <= LongestGap && coverage.Contains(Gap(piece));
            long at = isNear ? filled + (offset - sourceEnd) : filled;
            if (Pieces.Count > 0 && at + length > Buffer.Length)
            {
                break;
            }

            Pieces.Add(new PlacedPiece(piece, (int)at, isNear));
            sourceEnd = offset + length;
            filled = (int)Math.Min(at + length, Buffer.Length);
        }

        return true;

        BlockRun Gap(in CopyPiece piece) => BlockRun.Between(Pieces[^1].Piece.Source + Pieces[^1].Piece.Blocks.Count, piece.Source);
    }
}

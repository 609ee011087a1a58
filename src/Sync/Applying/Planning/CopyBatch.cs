using BinarySync.Format;
using BinarySync.Sync.Applying.Reading;

namespace BinarySync.Sync.Applying.Planning;

/// <summary>Blocks of a copy whose content is read in one piece.</summary>
/// <param name="Operation">The index of the copy among the operations that were gathered.</param>
/// <param name="Blocks">Blocks of B.</param>
/// <param name="Source">The first byte of A that is read.</param>
internal readonly record struct CopyPiece(int Operation, BlockRun Blocks, long Source);

/// <summary>A piece, and where its bytes are.</summary>
/// <param name="Piece">The piece.</param>
/// <param name="At">Where they begin in the buffer.</param>
/// <param name="IsNear">The source is read together with that of the previous piece, and with the bytes between them.</param>
internal readonly record struct BufferedPiece(CopyPiece Piece, int At, bool IsNear);

/// <summary>
/// A slot of the pipeline through which the content of copies goes: pieces in the order of their sources, and their bytes. It takes many
/// pieces from anywhere: passing each one alone through the pipeline would cost more than the copy.
/// </summary>
/// <param name="item">The item whose buffers it takes.</param>
internal sealed class CopyBatch(PatchItem item)
{
    // Bytes in a gap that are read although no copy needs them. Copied blocks may be anywhere: with longer gaps, every window of copies
    // would read the whole target.
    public const int LongestGap = 4096;

    public List<BufferedPiece> Pieces { get; } = [];

    /// <summary>The content. Pieces near each other are in it as they are in the target.</summary>
    public byte[] Buffer => item.Target;

    /// <summary>As long as a hash.</summary>
    public byte[] Hash => item.Hash;

    /// <summary>Blocks whose content was not found anywhere.</summary>
    public List<long> Missing { get; } = [];

    /// <summary>Copies whose content is another one with the same hashes.</summary>
    public List<BlockRun> Other { get; } = [];

    /// <summary>False for a piece that is longer than the buffer. It is then alone, and none of its bytes are in the buffer.</summary>
    public bool Fits { get; private set; }

    /// <summary>The bytes of a piece that fits into the buffer.</summary>
    public Span<byte> BytesOf(in BufferedPiece piece, BlockGeometry geometry) =>
        Buffer.AsSpan(piece.At, (int)geometry.LengthOf(piece.Piece.Blocks));

    /// <summary>Gives back the buffer, when the content is not needed any more.</summary>
    public void Release() => item.Release();

    /// <summary>Takes the next pieces, as many as fit into the buffer, or one that does not fit.</summary>
    /// <param name="pieces">Sources ascending.</param>
    /// <param name="next">The first piece that was not taken yet.</param>
    /// <param name="geometry">The geometry of B: the lengths are those of its blocks.</param>
    /// <param name="coverage">Nothing outside of it is read.</param>
    /// <returns>False if no piece is left.</returns>
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
            // Content that is needed in two places is read for each of them: one of them may have it from elsewhere.
            CopyPiece piece = pieces[next];
            long offset = piece.Source;
            long length = geometry.LengthOf(piece.Blocks);
            bool isNear = Pieces.Count > 0 && offset >= sourceEnd && offset - sourceEnd <= LongestGap && coverage.Contains(Gap(piece));
            long at = isNear ? filled + (offset - sourceEnd) : filled;
            if (Pieces.Count > 0 && at + length > Buffer.Length)
            {
                break;
            }

            Pieces.Add(new BufferedPiece(piece, (int)at, isNear));
            sourceEnd = offset + length;
            filled = (int)Math.Min(at + length, Buffer.Length);
        }

        return true;

        // A gap of no bytes touches no block, or only one that the piece before it touches.
        BlockRun Gap(in CopyPiece piece) => BlockGeometry.Touching(sourceEnd, piece.Source - sourceEnd, geometry.BlockSize);
    }
}

using BinarySync.Format;

namespace BinarySync.Sync;

/// <summary>Blocks of a copy whose content is read in one piece.</summary>
/// <param name="Operation">The index of the copy among the operations that were gathered.</param>
/// <param name="Blocks">Blocks of B.</param>
/// <param name="Source">The first block of A that is read.</param>
internal readonly record struct CopyPiece(int Operation, BlockRun Blocks, long Source);

/// <summary>
/// A slot of the pipeline through which the content of copies goes: pieces whose sources lie near one another, ascending,
/// and their bytes.
/// </summary>
/// <param name="item">Whose buffers it takes.</param>
internal sealed class CopyBatch(PatchItem item)
{
    // Bytes that nobody asked for and that are read all the same. What is copied lies anywhere: with longer gaps, every window
    // of copies would read the whole target.
    public const int LongestGap = 4096;

    public List<CopyPiece> Pieces { get; } = [];

    /// <summary>
    /// The content, from the source of the first piece to the end of the source of the last, each piece where its source lies.
    /// </summary>
    public byte[] Buffer => item.Target;

    /// <summary>As long as a hash.</summary>
    public byte[] Hash => item.Hash;

    /// <summary>Blocks whose content is nowhere.</summary>
    public List<long> Missing { get; } = [];

    /// <summary>Copies whose content is another one with the same hashes.</summary>
    public List<BlockRun> Other { get; } = [];

    /// <summary>The bytes of a piece that lies in the buffer.</summary>
    public Span<byte> BytesOf(in CopyPiece piece, BlockGeometry geometry) =>
        Buffer.AsSpan((int)(geometry.OffsetOf(piece.Source) - geometry.OffsetOf(Pieces[0].Source)), (int)geometry.LengthOf(piece.Blocks));

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

        Pieces.Add(pieces[next++]);
        long begin = geometry.OffsetOf(Pieces[0].Source);
        for (long end = EndOf(Pieces[0]); next < pieces.Count; next++)
        {
            // What is wanted in two places is read for each: one of them may have it from elsewhere.
            CopyPiece piece = pieces[next];
            long offset = geometry.OffsetOf(piece.Source);
            if (offset < end || offset - end > LongestGap || EndOf(piece) - begin > Buffer.Length || !coverage.Contains(Gap(piece)))
            {
                break;
            }

            Pieces.Add(piece);
            end = EndOf(piece);
        }

        return true;

        long EndOf(in CopyPiece piece) => geometry.OffsetOf(piece.Source) + geometry.LengthOf(piece.Blocks);

        BlockRun Gap(in CopyPiece piece) => BlockRun.Between(Pieces[^1].Source + Pieces[^1].Blocks.Count, piece.Source);
    }
}

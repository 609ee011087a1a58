using BinarySync.Format;

namespace BinarySync.Sync.Shifting;

/// <summary>A piece of work: windows of B that begin in it, and what may be read for them.</summary>
/// <param name="From">The first byte at which a window may begin.</param>
/// <param name="End">The byte behind the last one.</param>
/// <param name="ReadFrom">The first byte that may be read: up to a block before the piece.</param>
/// <param name="ReadEnd">The byte behind the last one: up to a block behind the piece.</param>
/// <param name="IsFirst">True if what differs begins with it.</param>
internal readonly record struct ShiftPiece(long From, long End, long ReadFrom, long ReadEnd, bool IsFirst);

/// <summary>
/// Cuts what differs into pieces, at multiples of a fixed length: the cuts depend on the input alone.
/// </summary>
internal static class ShiftPieces
{
    // A block of A that is in the table comes after so many others at most; and a piece has many such stretches, for each begins anew.
    private const int StepsOfPiece = 64;
    private const long SmallestPiece = 1 << 20;
    private const int SmallestBlocks = 4;

    // Of small blocks, and a large A. There may be a run for each.
    private const int MostBlocks = 1 << 18;

    /// <summary>Bytes of a piece.</summary>
    /// <param name="blockSize">Bytes.</param>
    /// <param name="step">One in how many blocks of A is in the table: a power of two.</param>
    public static long LengthFor(int blockSize, long step)
    {
        long blocks = step == 1 ? SmallestBlocks : StepsOfPiece * Math.Min(step, MostBlocks / StepsOfPiece);
        return Math.Max(SmallestPiece, blocks * blockSize);
    }

    /// <summary>The pieces, in order.</summary>
    /// <param name="differing">Ascending runs of blocks; they may touch.</param>
    /// <param name="geometry">B.</param>
    /// <param name="length">Bytes of a piece: a multiple of the block size.</param>
    public static IEnumerable<ShiftPiece> Of(IEnumerable<BlockRun> differing, BlockGeometry geometry, long length)
    {
        foreach (BlockRun run in Joined(differing))
        {
            long from = geometry.OffsetOf(run.First);
            long end = from + geometry.LengthOf(run);
            for (long at = from; at < end;)
            {
                long next = Math.Min(end, (at / length * length) + length);
                yield return new ShiftPiece(
                    at,
                    next,
                    Math.Max(from, at - geometry.BlockSize),
                    Math.Min(end, next + geometry.BlockSize),
                    at == from);
                at = next;
            }
        }
    }

    private static IEnumerable<BlockRun> Joined(IEnumerable<BlockRun> runs)
    {
        BlockRun joined = default;
        foreach (BlockRun run in runs)
        {
            if (run.First == joined.End)
            {
                joined = joined with { Count = joined.Count + run.Count };
                continue;
            }

            if (joined.Count > 0)
            {
                yield return joined;
            }

            joined = run;
        }

        if (joined.Count > 0)
        {
            yield return joined;
        }
    }
}

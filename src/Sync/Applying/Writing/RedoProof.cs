using BinarySync.Format;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;

namespace BinarySync.Sync.Applying.Writing;

/// <summary>
/// Decides whether a redo may be written: only if all its blocks are made by copies of this very data file, or belong to its frames over
/// old content. The SHA-256 of each copy, or the new hash of each block, proves that their content is the master's.
/// (<see cref="CopyContent"/> and <see cref="PrefixContent"/> take the content of such blocks only from the redo, so that the bytes
/// compared are the bytes written.)
/// </summary>
internal static class RedoProof
{
    /// <summary>Throws unless it may be written.</summary>
    /// <param name="redo">The redo that an earlier run has left, loaded.</param>
    /// <param name="copies">The copies of the data file.</param>
    /// <param name="frames">The blocks of its frames over old content that are in the redo, ascending.</param>
    /// <param name="geometry">A and B.</param>
    /// <param name="target">The name of the target.</param>
    /// <param name="name">The name of the redo.</param>
    /// <exception cref="SyncException"><see cref="SyncError.ForeignRedo"/>.</exception>
    public static void Demand(
        RedoLog redo, CopyPlan copies, IReadOnlyList<BlockRun> frames, SyncGeometry geometry, string target, string name)
    {
        if (FindStranger(redo, copies, frames, geometry) is { } stretch)
        {
            throw new SyncException(
                SyncReason.ForeignRedo,
                target,
                $"{name} has content for bytes {stretch.Offset} to {stretch.End - 1}, where the data file copies nothing and has nothing "
                    + "over old content: it is not the redo of this run; nothing was written")
            {
                Values = [("offset", stretch.Offset), ("length", stretch.End - stretch.Offset)],
            };
        }
    }

    /// <summary>
    /// The first stretch that is not made of whole blocks of copies and frames, or that overlaps another one; null if there is none.
    /// </summary>
    public static ByteRange? FindStranger(RedoLog redo, CopyPlan copies, IReadOnlyList<BlockRun> frames, SyncGeometry geometry)
    {
        long done = 0;
        int nextCopy = 0;
        int nextFrame = 0;
        foreach (ByteRange stretch in redo.Stretches.OrderBy(stretch => stretch.Offset))
        {
            long end = Math.Min(stretch.End, geometry.Target.Size);
            bool isWhole = stretch.Offset % geometry.Target.BlockSize == 0
                && (end % geometry.Target.BlockSize == 0 || end == geometry.Target.Size);
            if (stretch.Offset < done || stretch.Offset >= geometry.Target.Size || !isWhole || !IsRestOfLastBlock(redo, stretch, geometry))
            {
                return stretch;
            }

            for (long block = geometry.Target.BlockAt(stretch.Offset), last = geometry.Target.BlockAt(end - 1); block <= last;)
            {
                while (nextCopy < copies.Runs.Count && copies.Runs[nextCopy].Blocks.End <= block)
                {
                    nextCopy++;
                }

                while (nextFrame < frames.Count && frames[nextFrame].End <= block)
                {
                    nextFrame++;
                }

                if (nextCopy < copies.Runs.Count && copies.Runs[nextCopy].Blocks.First <= block)
                {
                    block = copies.Runs[nextCopy].Blocks.End;
                }
                else if (nextFrame < frames.Count && frames[nextFrame].First <= block)
                {
                    block = frames[nextFrame].End;
                }
                else
                {
                    return stretch;
                }
            }

            done = stretch.End;
        }

        return null;
    }

    // Behind B's last block there may be zeros, to the end of A's (LastBlock).
    private static bool IsRestOfLastBlock(RedoLog redo, ByteRange stretch, SyncGeometry geometry)
    {
        long rest = stretch.End - geometry.Target.Size;
        if (rest <= 0)
        {
            return true;
        }

        byte[] content = new byte[Math.Min(rest, geometry.Target.BlockSize)];
        return rest < geometry.Target.BlockSize && redo.TryRead(content, geometry.Target.Size) && ZeroBlocks.IsZero(content);
    }
}

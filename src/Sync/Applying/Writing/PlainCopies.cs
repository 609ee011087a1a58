using System.Runtime.InteropServices;
using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;

namespace BinarySync.Sync.Applying.Writing;

/// <summary>
/// Copies whose sources stay as they are until content and zeros are written: each can be done again (docs/Design.md, "Copies").
/// </summary>
/// <param name="work">The tools.</param>
internal sealed class PlainCopies(CopyWork work)
{
    private readonly RedoHandler _write = work.WithRest(work.Target.Write);

    /// <summary>Writes all of them, in windows that are marked and flushed as for content.</summary>
    public void Run()
    {
        CopySlices slices = new(work.Plan.Copies.Runs, work.Plan.Copies.Plain, work.Content.ChunkBlocks);
        for (bool more = slices.Next(out CopySlice slice); more;)
        {
            long left = Mark(slice, slices);
            while (left > 0)
            {
                work.Slices.Clear();
                for (; left > 0 && work.Slices.Count < work.Tuning.Gathering.Slices; left--)
                {
                    work.Slices.Add(slice);
                    more = slices.Next(out slice);
                }

                WriteSlices();
            }

            if (work.Tuning.FlushesCopies)
            {
                work.Target.Flush();
                work.Journal.FlushedCopies();
            }
        }
    }

    private void WriteSlices()
    {
        for (ReadOnlySpan<CopySlice> left = CollectionsMarshal.AsSpan(work.Slices); left.Length > 0;)
        {
            ReadOnlySpan<int> operations = work.Gather.Load(left);
            left = left[operations.Length..];

            // Without the redo, only their order protects the copies: they are done one by one.
            int step = work.Tuning.UsesRedo ? operations.Length : 1;
            for (; operations.Length > 0; operations = operations[step..])
            {
                work.Mover.Move(work.Gather.Group, operations[..step], _write);
            }
        }
    }

    // Marks the writes until the next flush; returns how many slices that is.
    private long Mark(CopySlice slice, CopySlices following)
    {
        StretchCover cover = new();
        long count = 0;
        long bytes = 0;
        do
        {
            cover.Add(
                new ByteRange(
                    work.Geometry.OffsetOf(slice.Blocks.First), Math.Min(work.Geometry.OffsetOf(slice.Blocks.End), FormatLimits.MaxSize)));
            bytes += work.Geometry.LengthOf(slice.Blocks);
            count++;
        }
        while (bytes < work.Tuning.WindowBytes && following.Next(out slice));

        work.Journal.Mark(cover.Ranges);
        return count;
    }
}

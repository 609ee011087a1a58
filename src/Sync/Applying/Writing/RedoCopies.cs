using System.Runtime.InteropServices;
using BinarySync.Format;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;

namespace BinarySync.Sync.Applying.Writing;

/// <summary>
/// Copies whose sources are overwritten by copies (docs/Design.md, "Copies"). Their content is kept in the redo, durably, before any source
/// changes.
/// </summary>
/// <param name="work">The tools.</param>
/// <param name="rounds">Where content is kept, and written from.</param>
internal sealed class RedoCopies(CopyWork work, RedoRounds rounds)
{
    private readonly RedoHandler _keep = work.WithRest(rounds.Redo.Add);

    /// <summary>Does all of them. All content for one redo is read before any of it is written, so the order makes no difference.</summary>
    public void Run()
    {
        // The room is reserved at once, here and elsewhere: of lists that grow by doubling, three quarters of the room end as garbage.
        work.Slices.EnsureCapacity(Math.Min(work.Plan.Copies.Redo.Length, RedoLog.MostStretches));
        CopySlices slices = new(work.Plan.Copies.Runs, work.Plan.Copies.Redo, work.Content.ChunkBlocks);
        for (bool more = slices.Next(out CopySlice slice); more;)
        {
            work.Slices.Clear();
            RedoRoom room = new(rounds.Redo, work.Tuning);
            for (; more && room.Take(work.Geometry, slice.Blocks); more = slices.Next(out slice))
            {
                work.Slices.Add(slice);
            }

            if (work.Slices.Count > work.Tuning.Gathering.Slices)
            {
                FillOneRedo();
                continue;
            }

            if (work.Slices.Count == 0)
            {
                // The next redo gets all of the room: many slices may fit then.
                rounds.Close();
                continue;
            }

            // Fewer slices fit than are gathered at once.
            for (; more && work.Slices.Count < work.Tuning.Gathering.Slices; more = slices.Next(out slice))
            {
                work.Slices.Add(slice);
            }

            FillRedos();
        }

        rounds.Close();
    }

    // All of them fit, and none is written before the last one is read. In the order of the groups, each group is read once.
    private void FillOneRedo()
    {
        work.Slices.Sort((one, other) => one.Blocks.First.CompareTo(other.Blocks.First));
        for (ReadOnlySpan<CopySlice> left = CollectionsMarshal.AsSpan(work.Slices); left.Length > 0;)
        {
            ReadOnlySpan<int> operations = work.Gather.Load(left);
            left = left[operations.Length..];
            work.Mover.Move(work.Gather.Group, operations, _keep);
        }
    }

    // In their order: a redo is written as soon as the next slice does not fit.
    private void FillRedos()
    {
        for (ReadOnlySpan<CopySlice> left = CollectionsMarshal.AsSpan(work.Slices); left.Length > 0;)
        {
            ReadOnlySpan<int> operations = work.Gather.Load(left);
            left = left[operations.Length..];
            while (operations.Length > 0)
            {
                int count = FittingOf(operations);
                if (count == 0)
                {
                    rounds.Close();
                    continue;
                }

                work.Mover.Move(work.Gather.Group, operations[..count], _keep);
                operations = operations[count..];
            }
        }
    }

    private int FittingOf(ReadOnlySpan<int> operations)
    {
        RedoRoom room = new(rounds.Redo, work.Tuning);
        int count = 0;
        while (count < operations.Length && room.Take(work.Geometry, work.Gather.Group.Operations[operations[count]].Blocks))
        {
            count++;
        }

        return count;
    }
}

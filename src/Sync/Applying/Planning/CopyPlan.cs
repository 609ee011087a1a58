using BinarySync.Format;

namespace BinarySync.Sync.Applying.Planning;

/// <summary>A group of a data file that has copies.</summary>
/// <param name="FirstCopy">The number of its first copy, from 0.</param>
/// <param name="Offset">Where its section begins.</param>
internal readonly record struct CopyGroup(int FirstCopy, long Offset);

/// <summary>
/// The copies of a data file, and their order. First come those whose source is overwritten by copies: through the redo, each before the
/// one that overwrites its source. Then come the others, ascending, and then content and zeros, which may overwrite any source. Pure.
/// </summary>
internal sealed class CopyPlan
{
    private readonly List<CopyGroup> _groups;

    private CopyPlan(CopyRunList runs, List<CopyGroup> groups, int[] redo, int[] plain)
    {
        Runs = runs;
        _groups = groups;
        Redo = redo;
        Plain = plain;
    }

    /// <summary>No copies.</summary>
    public static CopyPlan None { get; } = new(new CopyRunList(), [], [], []);

    /// <summary>All copies, ascending.</summary>
    public CopyRunList Runs { get; }

    /// <summary>Those that go through the redo, in order. Indices of <see cref="Runs"/>.</summary>
    public int[] Redo { get; }

    /// <summary>Those whose source no copy overwrites, ascending. Indices of <see cref="Runs"/>.</summary>
    public int[] Plain { get; }

    public bool IsEmpty => Runs.Count == 0;

    /// <summary>The group that has a copy.</summary>
    public CopyGroup GroupOf(int copy)
    {
        int low = 0;
        int high = _groups.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = _groups[middle].FirstCopy <= copy ? (middle, high) : (low, middle - 1);
        }

        return _groups[low];
    }

    /// <summary>Notes the groups of a data file that have copies while it is read.</summary>
    public sealed class Builder
    {
        private readonly List<CopyGroup> _groups = [];
        private int _copies;

        /// <summary>Adds the next group.</summary>
        public void Add(OperationGroup group, long groupOffset)
        {
            if (group.Copies > 0)
            {
                _groups.Add(new CopyGroup(_copies, groupOffset));
                _copies += group.Copies;
            }
        }

        /// <summary>Divides the copies.</summary>
        /// <param name="runs">Those that the reader has kept.</param>
        /// <param name="order">Their order: the reader that made it has refused circles.</param>
        /// <param name="usesRedo">False only if a test switches it off.</param>
        public CopyPlan Finish(CopyRunList runs, IReadOnlyList<int> order, bool usesRedo)
        {
            if (_copies == 0)
            {
                return None;
            }

            if (!usesRedo)
            {
                // They are still in order: the test switches off nothing else.
                return new CopyPlan(runs, _groups, [], [.. order]);
            }

            // Arrays of the exact length: there may be a quarter of a million copies.
            int[] redo = new int[order.Count(NeedsRedo)];
            int[] plain = new int[order.Count - redo.Length];
            int next = 0;
            foreach (int copy in order.Where(NeedsRedo))
            {
                redo[next++] = copy;
            }

            next = 0;
            for (int copy = 0; next < plain.Length; copy++)
            {
                if (!NeedsRedo(copy))
                {
                    plain[next++] = copy;
                }
            }

            return new CopyPlan(runs, _groups, redo, plain);

            bool NeedsRedo(int copy)
            {
                CopyOrder.FindOverwriting(runs, runs[copy].SourceBlocks, out int begin, out int end);
                return begin < end;
            }
        }
    }
}

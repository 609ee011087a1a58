namespace BinarySync.Format;

/// <summary>
/// Orders copies: the copy that reads a block comes before the one that overwrites it (Format.md 7). A copy that overlaps its own source is
/// no obstacle to itself. Works on copies that ascend and do not overlap. There are at most <see cref="FormatLimits.MaxCopies"/>, and never
/// more edges than copied blocks, or, with shifts, copied blocks and copies.
/// </summary>
internal sealed class CopyOrder
{
    private const byte Unseen = 0;
    private const byte Open = 1;
    private const byte Done = 2;

    private readonly IReadOnlyList<CopyRun> _copies;
    private readonly byte[] _states;

    // Filled from its end: a copy is done when all copies that must come after it are done.
    private readonly int[] _order;
    private readonly Stack<(int Copy, int Next)> _path = new();
    private readonly List<BlockRun> _cycles = [];
    private int _left;

    private CopyOrder(IReadOnlyList<CopyRun> copies)
    {
        _copies = copies;
        _states = new byte[copies.Count];
        _order = new int[copies.Count];
        _left = copies.Count;
        for (int i = 0; i < copies.Count; i++)
        {
            if (_states[i] == Unseen)
            {
                Follow(i);
            }
        }
    }

    /// <summary>The copies in an order in which every source is read before another one overwrites it.</summary>
    /// <returns>Indices; null if there is a cycle.</returns>
    public static int[]? Find(IReadOnlyList<CopyRun> copies)
    {
        CopyOrder order = new(copies);
        return order._cycles.Count > 0 ? null : order._order;
    }

    /// <summary>Blocks of B, ascending. Without their copies there is no cycle: as few as the overlap that closes it has.</summary>
    public static IReadOnlyList<BlockRun> FindCycles(IReadOnlyList<CopyRun> copies)
    {
        List<BlockRun> cycles = new CopyOrder(copies)._cycles;
        cycles.Sort((a, b) => a.First.CompareTo(b.First));
        return cycles;
    }

    /// <summary>
    /// The copies, from <paramref name="begin"/> up to, not including, <paramref name="end"/>, that overwrite one of these blocks.
    /// </summary>
    public static void FindOverwriting(IReadOnlyList<CopyRun> copies, BlockRun blocks, out int begin, out int end)
    {
        begin = FirstEndingBehind(copies, blocks.First);
        end = begin;
        while (end < copies.Count && copies[end].First < blocks.End)
        {
            end++;
        }
    }

    private static int FirstEndingBehind(IReadOnlyList<CopyRun> copies, long block)
    {
        int low = 0;
        int high = copies.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (copies[middle].Blocks.End <= block)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    // Depth first, without recursion: a chain can be as long as the number of copies.
    private void Follow(int root)
    {
        _path.Push((root, Begin(root)));
        while (_path.TryPop(out (int Copy, int Next) at))
        {
            BlockRun source = _copies[at.Copy].SourceBlocks;
            int next = at.Next;
            while (next < _copies.Count && _copies[next].First < source.End && (next == at.Copy || _states[next] != Unseen))
            {
                if (next != at.Copy && _states[next] == Open)
                {
                    CloseCycle(at.Copy, next);
                }

                next++;
            }

            if (next == _copies.Count || _copies[next].First >= source.End)
            {
                _states[at.Copy] = Done;
                _order[--_left] = at.Copy;
                continue;
            }

            _path.Push((at.Copy, next));
            _path.Push((next, Begin(next)));
        }
    }

    private int Begin(int copy)
    {
        _states[copy] = Open;
        return FirstEndingBehind(_copies, _copies[copy].Source);
    }

    // The blocks that this copy would read and that an earlier copy overwrites, although that one has to come before it.
    private void CloseCycle(int copy, int earlier)
    {
        CopyRun run = _copies[copy];
        long first = Math.Max(run.Source, _copies[earlier].First) - run.Source;
        long end = Math.Min(run.SourceBlocks.End, _copies[earlier].Blocks.End) - run.Source;

        // With a shift, a block gets its bytes from two, and a block of A is read for two.
        first = Math.Max(0, first - Math.Sign(run.Shift));
        _cycles.Add(BlockRun.Between(run.First + first, run.First + Math.Min(end, run.Count)));
    }
}

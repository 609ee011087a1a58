using BinarySync.Format;

namespace BinarySync.Sync.Comparing;

/// <summary>
/// Collects ascending runs as a limited number of ranges. If there are more, the nearest ones are joined, including the blocks between
/// them. The choice depends only on the runs. Holds at most twice as many ranges, however many runs there are.
/// </summary>
/// <param name="limit">Most ranges; not less than <paramref name="allowed"/> has.</param>
/// <param name="allowed">The blocks that may be added between two runs: a gap that is not covered stays a gap.</param>
internal sealed class RangeCollector(int limit, BlockCoverage allowed)
{
    private readonly List<BlockRun> _ranges = [];

    /// <summary>True if ranges were joined that do not touch.</summary>
    public bool HasJoined { get; private set; }

    /// <summary>Adds a run that begins at or behind the beginning of the previous one.</summary>
    public void Add(BlockRun run)
    {
        if (_ranges.Count > 0 && run.First <= _ranges[^1].End)
        {
            _ranges[^1] = BlockRun.Between(_ranges[^1].First, Math.Max(_ranges[^1].End, run.End));
            return;
        }

        _ranges.Add(run);
        if (_ranges.Count == 2 * limit)
        {
            Join();
        }
    }

    /// <summary>Adds all blocks from <paramref name="first"/> on; nothing is added after that.</summary>
    public void AddToEnd(long first)
    {
        while (_ranges.Count > 0 && _ranges[^1].First >= first)
        {
            _ranges.RemoveAt(_ranges.Count - 1);
        }

        Add(BlockRun.From(first));
    }

    /// <summary>The ranges.</summary>
    public BlockCoverage Finish()
    {
        Join();
        return BlockCoverage.Of(_ranges);
    }

    // A gap that is not among the widest so far is not among the widest of all. So joining on the way gives the same result as joining at
    // the end.
    private void Join()
    {
        if (_ranges.Count <= limit)
        {
            return;
        }

        int[] byWidth = [.. Enumerable.Range(1, _ranges.Count - 1)];
        long[] widths = [.. byWidth.Select(WidthBefore)];
        Array.Sort(byWidth, (a, b) => widths[a - 1] == widths[b - 1] ? a - b : widths[b - 1].CompareTo(widths[a - 1]));
        bool[] isKept = new bool[_ranges.Count];
        foreach (int index in byWidth.AsSpan(0, limit - 1))
        {
            isKept[index] = true;
        }

        int last = 0;
        for (int i = 1; i < _ranges.Count; i++)
        {
            if (isKept[i])
            {
                _ranges[++last] = _ranges[i];
            }
            else
            {
                _ranges[last] = BlockRun.Between(_ranges[last].First, _ranges[i].End);
            }
        }

        _ranges.RemoveRange(last + 1, _ranges.Count - last - 1);
        HasJoined = true;
    }

    private long WidthBefore(int index)
    {
        BlockRun gap = BlockRun.Between(_ranges[index - 1].End, _ranges[index].First);
        return allowed.Contains(gap) ? gap.Count : long.MaxValue;
    }
}

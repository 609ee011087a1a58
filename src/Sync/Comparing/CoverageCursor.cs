using BinarySync.Format;

namespace BinarySync.Sync.Comparing;

/// <summary>Cuts ascending runs to a coverage, walking along it once.</summary>
internal sealed class CoverageCursor(BlockCoverage coverage, long blockCount) : IDisposable
{
    private readonly IEnumerator<BlockRun> _ranges = coverage.RunsIn(blockCount).GetEnumerator();
    private BlockRun _range;

    /// <summary>
    /// The next covered part of <paramref name="left"/>. It is removed from the front of that, together with the blocks skipped before it.
    /// </summary>
    public bool NextInside(ref BlockRun left, out BlockRun inside)
    {
        while (left.Count > 0)
        {
            while (_range.End <= left.First)
            {
                if (!_ranges.MoveNext())
                {
                    _range = BlockRun.From(long.MaxValue - 1);
                    break;
                }

                _range = _ranges.Current;
            }

            long first = Math.Max(left.First, _range.First);
            long end = Math.Min(left.End, _range.End);
            if (first >= end)
            {
                break;
            }

            inside = BlockRun.Between(first, end);
            left = BlockRun.Between(end, left.End);
            return true;
        }

        inside = default;
        return false;
    }

    public void Dispose() => _ranges.Dispose();
}

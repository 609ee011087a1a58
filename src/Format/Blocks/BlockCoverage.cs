namespace BinarySync.Format;

/// <summary>
/// The blocks that a message speaks of: the whole target, or ascending ranges that do not touch (Format.md 4.2). Immutable.
/// </summary>
public sealed class BlockCoverage : IEquatable<BlockCoverage>
{
    /// <summary>Every block, however many there are.</summary>
    public static readonly BlockCoverage Whole = new(null);

    private readonly BlockRun[]? _ranges;

    private BlockCoverage(BlockRun[]? ranges) => _ranges = ranges;

    public bool IsWhole => _ranges is null;

    /// <summary>The ranges; empty for the whole.</summary>
    public ReadOnlySpan<BlockRun> Ranges => _ranges;

    /// <summary>True if no block is covered.</summary>
    public bool IsEmpty => _ranges is { Length: 0 };

    /// <summary>
    /// Sorts the ranges and joins those that overlap or touch. Ranges without blocks are dropped. "From block 0 to the end" is the whole,
    /// and no message says it in other words.
    /// </summary>
    public static BlockCoverage Of(IEnumerable<BlockRun> ranges)
    {
        BlockRun[] sorted = [.. ranges.Where(range => range.Count > 0).OrderBy(range => range.First)];
        List<BlockRun> joined = [];
        foreach (BlockRun range in sorted)
        {
            if (joined.Count > 0 && range.First <= joined[^1].End)
            {
                joined[^1] = BlockRun.Between(joined[^1].First, Math.Max(joined[^1].End, range.End));
            }
            else
            {
                joined.Add(range);
            }
        }

        return joined is [{ First: 0, IsOpenEnded: true }] ? Whole : new BlockCoverage([.. joined]);
    }

    /// <summary>Takes ranges that ascend and do not touch, as a message has them; the array becomes the coverage's own.</summary>
    internal static BlockCoverage OfMaximal(BlockRun[] ranges) => new(ranges);

    /// <summary>The part inside a target of <paramref name="blockCount"/> blocks; the whole if nothing of it is left out.</summary>
    public BlockCoverage ClipTo(long blockCount)
    {
        bool isInside = _ranges is null
            || (_ranges.Length > 0 && _ranges[^1].End <= blockCount && (_ranges.Length > 1 || _ranges[0].Count < blockCount));
        if (_ranges is null || isInside)
        {
            return this;
        }

        List<BlockRun> inside = [];
        foreach (BlockRun range in _ranges)
        {
            if (range.First < blockCount)
            {
                inside.Add(BlockRun.Between(range.First, Math.Min(range.End, blockCount)));
            }
        }

        bool whole = blockCount == 0 || (inside is [var only] && only.First == 0 && only.End == blockCount);
        return whole ? Whole : new BlockCoverage([.. inside]);
    }

    /// <summary>
    /// True if a range explicitly goes past a target of <paramref name="blockCount"/> blocks ("from here to the end" does not).
    /// </summary>
    public bool GoesPast(long blockCount) =>
        _ranges is { Length: > 0 }
            && (_ranges[^1] is { IsOpenEnded: false } last ? last.End > blockCount : _ranges[^1].First >= blockCount);

    /// <summary>The covered runs of a target of <paramref name="blockCount"/> blocks, in order.</summary>
    public IEnumerable<BlockRun> RunsIn(long blockCount)
    {
        if (_ranges is null)
        {
            if (blockCount > 0)
            {
                yield return new BlockRun(0, blockCount);
            }

            yield break;
        }

        foreach (BlockRun range in _ranges)
        {
            if (range.First >= blockCount)
            {
                yield break;
            }

            yield return BlockRun.Between(range.First, Math.Min(range.End, blockCount));
        }
    }

    /// <summary>Covered blocks of a target of <paramref name="blockCount"/> blocks.</summary>
    public long CountIn(long blockCount) => RunsIn(blockCount).Sum(run => run.Count);

    /// <summary>True if every block of the run is covered.</summary>
    public bool Contains(BlockRun run)
    {
        if (_ranges is null || run.Count == 0)
        {
            return true;
        }

        int index = RangeAtOrBefore(run.First);
        return index >= 0 && run.End <= _ranges[index].End;
    }

    /// <summary>True if at least one block of the run is covered.</summary>
    public bool Overlaps(BlockRun run)
    {
        if (_ranges is null || run.Count == 0)
        {
            return run.Count > 0;
        }

        int index = RangeAtOrBefore(run.Last);
        return index >= 0 && _ranges[index].End > run.First;
    }

    /// <summary>The blocks that both cover. Whole if both are.</summary>
    public BlockCoverage Intersect(BlockCoverage other)
    {
        if (_ranges is null)
        {
            return other;
        }

        if (other._ranges is null)
        {
            return this;
        }

        List<BlockRun> common = [];
        int a = 0;
        int b = 0;
        while (a < _ranges.Length && b < other._ranges.Length)
        {
            long first = Math.Max(_ranges[a].First, other._ranges[b].First);
            long end = Math.Min(_ranges[a].End, other._ranges[b].End);
            if (first < end)
            {
                common.Add(BlockRun.Between(first, end));
            }

            if (_ranges[a].End < other._ranges[b].End)
            {
                a++;
            }
            else
            {
                b++;
            }
        }

        return new BlockCoverage([.. common]);
    }

    /// <summary>
    /// The coverage of a checksum file as it is compared (Format.md 9.1): if it has the last block of its target, or the target has none,
    /// it speaks of everything after the end as well.
    /// </summary>
    public BlockCoverage ExtendPastEnd(long blockCount)
    {
        if (_ranges is null || _ranges.Length == 0 || _ranges[^1].End < blockCount)
        {
            return this;
        }

        BlockRun[] extended = [.. _ranges];
        extended[^1] = BlockRun.From(extended[^1].First);
        return new BlockCoverage(extended);
    }

    public bool Equals(BlockCoverage? other) =>
        other is not null && IsWhole == other.IsWhole && Ranges.SequenceEqual(other.Ranges);

    public override bool Equals(object? obj) => Equals(obj as BlockCoverage);

    public override int GetHashCode() => _ranges is null ? 0 : HashCode.Combine(_ranges.Length, _ranges.Length > 0 ? _ranges[0] : default);

    /// <summary>"whole", or the ranges as on the command line, separated by commas.</summary>
    public override string ToString() => _ranges is null ? "whole" : string.Join(',', _ranges);

    private int RangeAtOrBefore(long block)
    {
        int low = 0;
        int high = _ranges!.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            if (_ranges[middle].First <= block)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return high;
    }
}

using BinarySync.Format;

namespace BinarySync.Sync;

/// <summary>
/// Collects blocks, ascending, as maximal runs. Keeps the first <see cref="Capacity"/> runs and counts the rest, so that it does not grow
/// with the file.
/// </summary>
public sealed class BlockRunList
{
    /// <summary>The most runs that are kept.</summary>
    public const int Capacity = 10_000;

    private readonly List<BlockRun> _runs = [];
    private long _end = -1;

    /// <summary>The first runs.</summary>
    public IReadOnlyList<BlockRun> Runs => _runs;

    /// <summary>The number of all runs, including those not kept.</summary>
    public long RunCount { get; private set; }

    /// <summary>Blocks in all runs.</summary>
    public long BlockCount { get; private set; }

    public void Add(BlockRun run)
    {
        BlockCount += run.Count;
        if (run.First != _end)
        {
            RunCount++;
            if (_runs.Count < Capacity)
            {
                _runs.Add(run);
            }
        }
        else if (RunCount == _runs.Count)
        {
            _runs[^1] = BlockRun.Between(_runs[^1].First, run.End);
        }

        _end = run.End;
    }

    /// <summary>Merges lists that have no block in common, in order. Runs that a list does not keep are counted.</summary>
    public static BlockRunList Merge(params ReadOnlySpan<BlockRunList> lists)
    {
        BlockRunList merged = new();
        long blocks = 0;
        long notKept = 0;
        List<BlockRun> runs = [];
        foreach (BlockRunList list in lists)
        {
            runs.AddRange(list.Runs);
            blocks += list.BlockCount;
            notKept += list.RunCount - list.Runs.Count;
        }

        runs.Sort((one, other) => one.First.CompareTo(other.First));
        runs.ForEach(merged.Add);
        merged.BlockCount = blocks;
        merged.RunCount += notKept;
        return merged;
    }

    /// <summary>Adds the runs of another list, all behind those of this one.</summary>
    public void Add(BlockRunList behind)
    {
        long blocks = BlockCount;
        foreach (BlockRun run in behind.Runs)
        {
            Add(run);
        }

        // Runs that the other list has counted but not kept.
        BlockCount = blocks + behind.BlockCount;
        RunCount += behind.RunCount - behind.Runs.Count;
        _end = behind.RunCount > 0 ? behind._end : _end;
    }

    /// <summary>"3 blocks (7, 9-10)", with at most a handful of runs named.</summary>
    public override string ToString()
    {
        const int Named = 8;
        string list = string.Join(", ", _runs.Take(Named));
        string more = RunCount > Named ? $", and {RunCount - Named} more ranges" : string.Empty;
        return $"{BlockCount} {(BlockCount == 1 ? "block" : "blocks")} ({list}{more})";
    }
}

using BinarySync.Format;

namespace BinarySync.Sync.Applying.Journal;

/// <summary>
/// The blocks of the target that the journal of an interrupted run does not vouch for. They are written again, no matter what they look
/// like.
/// </summary>
internal sealed class PatchDoubt
{
    private readonly List<BlockRun> _torn;
    private readonly long _newFrom;

    private PatchDoubt(List<BlockRun> torn, long newFrom, IReadOnlyList<ByteRange>? windows = null)
    {
        _torn = torn;
        _newFrom = newFrom;
        Windows = windows ?? [];
    }

    /// <summary>There is no journal: all blocks are what they look like.</summary>
    public static PatchDoubt None { get; } = new([], long.MaxValue);

    /// <summary>After another session: each block must be old or new, but a block that looks new may be new only in the cache.</summary>
    public static PatchDoubt OfAllNew { get; } = new([], 0);

    /// <summary>The blocks that the journal of this session, in this direction or the other, does not vouch for.</summary>
    public static PatchDoubt Of(JournalRecord record, int blockSize)
    {
        if (record.IsFinished)
        {
            return None;
        }

        List<BlockRun> torn = [];
        foreach (ByteRange window in record.Windows)
        {
            long first = window.Offset / blockSize;
            long end = (window.End + blockSize - 1) / blockSize;
            torn.Add(BlockRun.Between(torn.Count > 0 ? Math.Max(first, torn[^1].End) : first, end));
        }

        torn.RemoveAll(run => run.Count <= 0);
        return new PatchDoubt(
            torn, record.DoubtFrom == JournalRecord.NoDoubt ? long.MaxValue : record.DoubtFrom / blockSize, record.Windows);
    }

    /// <summary>The windows of the journal, in bytes.</summary>
    public IReadOnlyList<ByteRange> Windows { get; }

    /// <summary>True if nothing is in doubt.</summary>
    public bool IsNone => _torn.Count == 0 && _newFrom == long.MaxValue;

    /// <summary>True if any of the blocks is in doubt.</summary>
    public bool Touches(BlockRun run) => run.End > _newFrom || MayBeTorn(run);

    /// <summary>True if the block is not believed to be new although it looks new.</summary>
    public bool DoubtsNew(long block) => block >= _newFrom;

    /// <summary>True if the block may be neither old nor new.</summary>
    public bool MayBeTorn(long block) => MayBeTorn(new BlockRun(block, 1));

    // Called for each block, so it uses no delegate.
    private bool MayBeTorn(BlockRun run)
    {
        foreach (BlockRun torn in _torn)
        {
            if (torn.First < run.End && torn.End > run.First)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Cuts a run where blocks that may be torn begin and end.</summary>
    public IEnumerable<(BlockRun Blocks, bool MayBeTorn)> Cut(BlockRun run)
    {
        foreach (BlockRun torn in _torn)
        {
            if (torn.End <= run.First || torn.First >= run.End)
            {
                continue;
            }

            if (torn.First > run.First)
            {
                yield return (BlockRun.Between(run.First, torn.First), false);
            }

            BlockRun inside = BlockRun.Between(Math.Max(run.First, torn.First), Math.Min(run.End, torn.End));
            yield return (inside, true);
            run = BlockRun.Between(inside.End, run.End);
        }

        if (run.Count > 0)
        {
            yield return (run, false);
        }
    }
}

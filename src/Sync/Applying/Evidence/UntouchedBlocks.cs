using BinarySync.Format;

namespace BinarySync.Sync.Applying.Evidence;

/// <summary>
/// Chooses blocks of the target that a data file leaves alone: some spread over all of it, some next to changed blocks. Takes the groups in
/// order, and a fixed amount of room.
/// </summary>
internal sealed class UntouchedBlocks
{
    private const int Spread = 32;
    private const int MostEdges = 16;

    private readonly BlockCoverage _coverage;
    private readonly long _blocks;
    private readonly List<long> _spread = [];
    private readonly List<long> _edges = [];
    private long _behind;
    private int _nextSpread;
    private long _edgesSeen;
    private long _edgeStride = 1;

    /// <summary>Begins.</summary>
    /// <param name="geometry">Only blocks that A and B both have whole, or that both end with, are chosen.</param>
    /// <param name="coverage">Only blocks in here are chosen; the data file does not cover the others.</param>
    public UntouchedBlocks(SyncGeometry geometry, BlockCoverage coverage)
    {
        _coverage = coverage;
        _blocks = geometry.Base.Size == geometry.Target.Size
            ? geometry.Target.BlockCount
            : Math.Min(geometry.Base.Size, geometry.Target.Size) / geometry.Target.BlockSize;
    }

    /// <summary>Adds the next group.</summary>
    public void Add(OperationGroup group)
    {
        foreach (Operation operation in group.Operations)
        {
            Gap(operation.Blocks.First);
            _behind = Math.Max(_behind, operation.Blocks.End);
        }
    }

    /// <summary>Ends.</summary>
    /// <returns>Blocks, ascending.</returns>
    public IReadOnlyList<long> Finish()
    {
        Gap(_blocks);
        return [.. _spread.Concat(_edges).Where(block => _coverage.Contains(new BlockRun(block, 1))).Distinct().Order()];
    }

    // The blocks between the previous operation and the next one.
    private void Gap(long end)
    {
        end = Math.Min(end, _blocks);
        if (end <= _behind)
        {
            return;
        }

        for (; _nextSpread < Spread && SpreadAt(_nextSpread) < end; _nextSpread++)
        {
            _spread.Add(Math.Max(SpreadAt(_nextSpread), _behind));
        }

        AddEdge(_behind);
        AddEdge(end - 1);
    }

    private long SpreadAt(int number) => (long)((UInt128)_blocks * (ulong)((2 * number) + 1) / (2 * Spread));

    private void AddEdge(long block)
    {
        if (_edgesSeen++ % _edgeStride != 0)
        {
            return;
        }

        _edges.Add(block);
        if (_edges.Count > MostEdges)
        {
            _edgeStride *= 2;
            for (int i = _edges.Count - 1; i > 0; i--)
            {
                if (i % 2 != 0)
                {
                    _edges.RemoveAt(i);
                }
            }
        }
    }
}

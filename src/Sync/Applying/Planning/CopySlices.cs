using BinarySync.Format;

namespace BinarySync.Sync.Applying.Planning;

/// <summary>Some blocks of a copy, no more than are read together.</summary>
/// <param name="Copy">Its index in the plan.</param>
/// <param name="Blocks">Blocks of B.</param>
internal readonly record struct CopySlice(int Copy, BlockRun Blocks);

/// <summary>
/// Goes through copies in an order, and cuts each from the end that it does not overwrite itself, like memmove. It is a value type: a copy
/// of it looks ahead.
/// </summary>
/// <param name="runs">All copies.</param>
/// <param name="order">Those to go through. Indices of <paramref name="runs"/>.</param>
/// <param name="mostBlocks">Blocks of a slice.</param>
internal struct CopySlices(CopyRunList runs, int[] order, long mostBlocks)
{
    private int _next;
    private BlockRun _left;

    /// <summary>The next slice; false at the end.</summary>
    public bool Next(out CopySlice slice)
    {
        if (_left.Count == 0)
        {
            if (_next == order.Length)
            {
                slice = default;
                return false;
            }

            _left = runs[order[_next++]].Blocks;
        }

        int copy = order[_next - 1];
        bool descends = runs[copy].First > runs[copy].Source;
        long count = Math.Min(_left.Count, mostBlocks);
        slice = new CopySlice(copy, new BlockRun(descends ? _left.End - count : _left.First, count));
        _left = descends ? BlockRun.Between(_left.First, slice.Blocks.First) : BlockRun.Between(slice.Blocks.End, _left.End);
        return true;
    }
}

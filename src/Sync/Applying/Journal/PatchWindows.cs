using BinarySync.Format;

namespace BinarySync.Sync.Applying.Journal;

/// <summary>Groups of a data file that are written between two flushes.</summary>
/// <param name="EndGroup">The number of the first group behind it, from 1.</param>
/// <param name="Blocks">From the first block of its first group to the end of its last.</param>
internal readonly record struct PatchWindow(long EndGroup, BlockRun Blocks);

/// <summary>
/// Cuts the groups of a data file into windows, only between groups: inside a group, content and zeros are not strictly ascending. Takes a
/// fixed amount of room: if there are too many windows, each becomes twice as long.
/// </summary>
/// <param name="bytes">Bytes that are changed in a window; one group may be more.</param>
internal sealed class PatchWindows(long bytes)
{
    private const int Capacity = 4096;

    private readonly List<PatchWindow> _windows = [];
    private long _limit = bytes;
    private long _bytes;
    private long _group;
    private bool _isOpen;

    public IReadOnlyList<PatchWindow> All => _windows;

    /// <summary>Adds the next group.</summary>
    public void Add(OperationGroup group, BlockGeometry target)
    {
        _group++;
        long length = group.ContentLength;
        foreach (Operation operation in group.Operations)
        {
            length += operation.New == NewKind.Zero ? target.LengthOf(operation.Blocks) : 0;
        }

        if (_isOpen && _bytes + length <= _limit)
        {
            _windows[^1] = new PatchWindow(_group + 1, BlockRun.Between(_windows[^1].Blocks.First, group.Operations[^1].Blocks.End));
            _bytes += length;
            return;
        }

        if (_windows.Count == Capacity)
        {
            JoinPairs();
        }

        _windows.Add(new PatchWindow(_group + 1, BlockRun.Between(group.Operations[0].Blocks.First, group.Operations[^1].Blocks.End)));
        _bytes = length;
        _isOpen = true;
    }

    private void JoinPairs()
    {
        _limit *= 2;
        for (int i = 0; i < _windows.Count / 2; i++)
        {
            PatchWindow first = _windows[2 * i];
            PatchWindow second = _windows[(2 * i) + 1];
            _windows[i] = new PatchWindow(second.EndGroup, BlockRun.Between(first.Blocks.First, second.Blocks.End));
        }

        _windows.RemoveRange(_windows.Count / 2, _windows.Count / 2);
    }
}

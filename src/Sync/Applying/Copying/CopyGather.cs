using BinarySync.Format;

namespace BinarySync.Sync;

/// <summary>
/// Gathers what the groups of a data file say of many copies, in any order, into one group in memory: each group is read,
/// hashed and parsed once for all of them. To read it for every
/// copy would cost a thousand times what is copied.
/// </summary>
/// <param name="patch">The data file, which has been verified.</param>
/// <param name="plan">Its copies.</param>
/// <param name="limits">Of the room.</param>
/// <param name="workspace">Where the room is; one gathers at a time.</param>
internal sealed class CopyGather(PatchSource patch, CopyPlan plan, CopyGatherLimits limits, PatchWorkspace workspace)
{
    private readonly OperationReader _reader = patch.Open(skipContent: true);
    private readonly OperationGroup _group = workspace.CopyGroups.Read;
    private readonly List<CopySlice> _slices = [];
    private int[] _sorted = [];
    private int[] _places = [];
    private CopyGroup? _loaded;
    private int _operation;
    private int _copy;
    private long _hashBytes;

    /// <summary>Blocks of copies, ascending, each an operation with its hashes and the SHA-256 of the whole copy.</summary>
    public OperationGroup Group { get; } = workspace.CopyGroups.Gathered;

    /// <summary>The header of the data file.</summary>
    public MessageHeader Header => _reader.Header;

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        _slices.Clear();
        _hashBytes = 0;
    }

    /// <summary>Adds a slice; false where there is no room for it.</summary>
    public bool TryAdd(CopySlice slice)
    {
        // As many as there may be for each block, and the SHA-256.
        long bytes = (2 * slice.Blocks.Count * _reader.Header.Hash.Length) + OperationGroup.Sha256Length;
        if (_slices.Count > 0 && (_slices.Count == limits.Slices || _hashBytes + bytes > limits.HashBytes))
        {
            return false;
        }

        _slices.Add(slice);
        _hashBytes += bytes;
        return true;
    }

    /// <summary>Reads the groups.</summary>
    /// <returns>For each slice, in the order in which they were added, its index among the operations of <see cref="Group"/>.
    /// Valid until the next call.</returns>
    /// <exception cref="SyncException">The data file changed.</exception>
    public ReadOnlySpan<int> Load()
    {
        if (_sorted.Length < _slices.Count)
        {
            // As many as there may be, where there are many: no array is thrown away then.
            int length = 2 * _slices.Count < limits.Slices ? _slices.Count : Math.Max(limits.Slices, _slices.Count);
            (_sorted, _places) = (new int[length], new int[length]);
        }

        Span<int> sorted = _sorted.AsSpan(0, _slices.Count);
        Span<int> places = _places.AsSpan(0, _slices.Count);
        for (int i = 0; i < sorted.Length; i++)
        {
            sorted[i] = i;
        }

        sorted.Sort((one, other) => _slices[one].Blocks.First.CompareTo(_slices[other].Blocks.First));
        Group.Begin(_reader.Header.Hash.Length);
        for (int i = 0; i < sorted.Length; i++)
        {
            CopySlice slice = _slices[sorted[i]];
            Group.AppendCopy(_group, OperationOf(slice.Copy), slice.Blocks);
            places[sorted[i]] = i;
        }

        return places;
    }

    // Slices ascend, and so do the operations of a group: only a slice before the last one makes this begin again.
    private Operation OperationOf(int copy)
    {
        CopyGroup group = plan.GroupOf(copy);
        if (_loaded != group)
        {
            _reader.ReadGroupAt(group.Offset, _group);
            _loaded = group;
            Rewind();
        }
        else if (copy < _copy)
        {
            Rewind();
        }

        for (; _operation < _group.Operations.Count; _operation++)
        {
            Operation found = _group.Operations[_operation];
            if (found.New == NewKind.Copy)
            {
                if (_copy == copy)
                {
                    CopyRun expected = plan.Runs[copy];
                    return found.Blocks == expected.Blocks && found.Source == expected.Source ? found : throw patch.Changed();
                }

                _copy++;
            }
        }

        throw patch.Changed();

        void Rewind()
        {
            _operation = 0;
            _copy = group.FirstCopy;
        }
    }
}

/// <summary>Room for what is gathered. Tests make it small.</summary>
internal sealed record CopyGatherLimits
{
    /// <summary>Slices of copies.</summary>
    public int Slices { get; init; } = 65_536;

    /// <summary>Bytes of their hashes. One slice may have more.</summary>
    public long HashBytes { get; init; } = 4 << 20;
}

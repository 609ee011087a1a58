using BinarySync.Format;
using BinarySync.Sync.Applying.Reading;

namespace BinarySync.Sync.Applying.Planning;

/// <summary>
/// Gathers the data file's statements about many copies into one group in memory: each group is read, hashed and parsed once for all of
/// them. Reading it again for every copy would cost a thousand times as much as the copying.
/// </summary>
internal sealed class CopyGather
{
    private readonly PatchSource _patch;
    private readonly CopyPlan _plan;
    private readonly CopyGatherLimits _limits;
    private readonly IOperationReader _reader;
    private readonly OperationGroup _group;
    private int[] _sorted = [];
    private int[] _places = [];
    private long[] _firsts = [];
    private CopyGroup? _loaded;
    private int _operation;
    private int _copy;

    /// <summary>Begins.</summary>
    /// <param name="patch">The data file, which has been verified.</param>
    /// <param name="plan">Its copies.</param>
    /// <param name="limits">Limits of the room.</param>
    /// <param name="workspace">Gives the room; only one gatherer uses it at a time.</param>
    public CopyGather(PatchSource patch, CopyPlan plan, CopyGatherLimits limits, PatchWorkspace workspace)
    {
        _patch = patch;
        _plan = plan;
        _limits = limits;
        _reader = patch.Open(skipContent: true);
        (_group, Group) = workspace.TakeCopyGroups();
    }

    /// <summary>Blocks of copies, ascending, each an operation with its hashes and the SHA-256 of the whole copy.</summary>
    public OperationGroup Group { get; }

    /// <summary>The header of the data file.</summary>
    public DataFileHeader Header => _reader.FileHeader;

    /// <summary>Reads the groups, and puts some slices into <see cref="Group"/>: each slice becomes an operation.</summary>
    /// <param name="slices">Any order; at least one.</param>
    /// <returns>
    /// The slices' indices among the operations, for as many slices from the first one on as there was room for, at least one. Valid until
    /// the next call.
    /// </returns>
    /// <exception cref="SyncException">The data file changed.</exception>
    public ReadOnlySpan<int> Load(ReadOnlySpan<CopySlice> slices)
    {
        slices = slices[..RoomFor(slices)];
        if (_sorted.Length < slices.Length)
        {
            // If there are many, the arrays get the greatest possible length: then none is thrown away.
            int length = 2 * slices.Length < _limits.Slices ? slices.Length : Math.Max(_limits.Slices, slices.Length);
            (_sorted, _places, _firsts) = (new int[length], new int[length], new long[length]);
        }

        Span<int> sorted = _sorted.AsSpan(0, slices.Length);
        Span<int> places = _places.AsSpan(0, slices.Length);
        Span<long> firsts = _firsts.AsSpan(0, slices.Length);
        for (int i = 0; i < sorted.Length; i++)
        {
            sorted[i] = i;
            firsts[i] = slices[i].Blocks.First;
        }

        firsts.Sort(sorted);
        Group.Begin(_reader.Header.Hash.Length);
        for (int i = 0; i < sorted.Length; i++)
        {
            CopySlice slice = slices[sorted[i]];
            Group.AppendCopy(_group, OperationOf(slice.Copy), slice.Blocks);
            places[sorted[i]] = i;
        }

        return places;
    }

    private int RoomFor(ReadOnlySpan<CopySlice> slices)
    {
        long hashBytes = 0;
        for (int i = 0; i < slices.Length; i++)
        {
            // The most hashes that each block may have, and the SHA-256.
            hashBytes += (2 * slices[i].Blocks.Count * _reader.Header.Hash.Length) + OperationGroup.Sha256Length;
            if (i > 0 && (i == _limits.Slices || hashBytes > _limits.HashBytes))
            {
                return i;
            }
        }

        return slices.Length;
    }

    // Slices ascend, and so do the operations of a group: only a slice before the last one makes this start over.
    private Operation OperationOf(int copy)
    {
        CopyGroup group = _plan.GroupOf(copy);
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
                    CopyRun expected = _plan.Runs[copy];
                    bool isSame = (found.Blocks, found.Source, found.Shift) == (expected.Blocks, expected.Source, expected.Shift);
                    return isSame ? found : throw _patch.Changed();
                }

                _copy++;
            }
        }

        throw _patch.Changed();

        void Rewind()
        {
            _operation = 0;
            _copy = group.FirstCopy;
        }
    }
}

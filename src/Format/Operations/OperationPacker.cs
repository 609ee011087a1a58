namespace BinarySync.Format;

/// <summary>A group that has been packed and not yet written. The packer uses it again when it is returned.</summary>
public sealed class PackedGroup
{
    private byte[] _payload = [];
    private int _length;

    /// <summary>The payload of the section.</summary>
    public ReadOnlyMemory<byte> Payload => _payload.AsMemory(0, _length);

    /// <summary>
    /// The counts that it adds to the trailer. If the end of a group cuts a run of zeros, all of them are counted with the last part; data
    /// is counted with its own group.
    /// </summary>
    internal OperationCounts Counts { get; private set; }

    internal void Set(ReadOnlyMemory<byte> payload, OperationCounts counts)
    {
        if (_payload.Length < payload.Length)
        {
            _payload = new byte[payload.Length];
        }

        payload.CopyTo(_payload);
        _length = payload.Length;
        Counts = counts;
    }
}

/// <summary>
/// Packs operations, as they are found, into the groups of a data file that is written without a request (Format.md 7). Not safe from
/// several threads.
/// </summary>
public sealed class OperationPacker
{
    private readonly OperationGroupBuilder _groups;
    private readonly BlockGeometry _target;
    private readonly Action<PackedGroup> _onGroup;
    private readonly Stack<PackedGroup> _free = new();
    private OperationCounts _counts;
    private long _operationsBefore;

    /// <summary>Begins.</summary>
    /// <param name="header">The header of the data file.</param>
    /// <param name="onGroup">
    /// Takes each group when it is closed. That happens inside <see cref="Add"/>, before the blocks that are being added, and inside
    /// <see cref="Finish"/>. The content of the group is that of the data blocks added before, and the blocks that are being added are the
    /// first of the next group. A group that has been written may be given back with <see cref="Return"/>.
    /// </param>
    public OperationPacker(DataFileHeader header, Action<PackedGroup> onGroup)
    {
        _target = header.SyncGeometry.Target;
        _onGroup = onGroup;
        _groups = new OperationGroupBuilder(_target, header.Hash.Length, (payload, _) => Close(payload));
    }

    /// <summary>Adds blocks after all blocks added before; a group that must end before them is closed first.</summary>
    /// <param name="run">
    /// Blocks of B. Data blocks one at a time: a group may end between any two, and the caller that keeps the content has to know.
    /// </param>
    /// <param name="newKind">Data or zero.</param>
    /// <param name="oldKind">What they were.</param>
    /// <param name="oldHashes">One a block if the old kind is hashed, else empty.</param>
    /// <param name="newHashes">One if the new kind is data, else empty.</param>
    public void Add(BlockRun run, NewKind newKind, OldKind oldKind, ReadOnlySpan<byte> oldHashes, ReadOnlySpan<byte> newHashes)
    {
        if (newKind == NewKind.Data)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(run.Count, 1, nameof(run));
        }

        _groups.Add(run, newKind, oldKind, oldHashes, newHashes);
        _counts = newKind == NewKind.Data
            ? _counts with { DataBlocks = _counts.DataBlocks + 1, DataBytes = _counts.DataBytes + _target.LengthOf(run.First) }
            : _counts with { ZeroBlocks = _counts.ZeroBlocks + run.Count };
    }

    /// <summary>Closes the last group.</summary>
    public void Finish() => _groups.Finish();

    /// <summary>Takes back a group that has been written, to be used for another one.</summary>
    public void Return(PackedGroup group) => _free.Push(group);

    private void Close(ReadOnlyMemory<byte> payload)
    {
        PackedGroup group = _free.TryPop(out PackedGroup? free) ? free : new PackedGroup();
        group.Set(payload, _counts with { Groups = 1, Operations = _groups.OperationCount - _operationsBefore });
        _operationsBefore = _groups.OperationCount;
        _counts = default;
        _onGroup(group);
    }
}

namespace BinarySync.Format;

/// <summary>Writes a data request: operations without content (Format.md 7). Not safe from several threads.</summary>
public sealed class DataRequestWriter
{
    private readonly MessageWriter _message;
    private readonly OperationGroupBuilder _groups;
    private readonly OperationSection _section = new();
    private readonly BlockGeometry _target;
    private OperationCounts _counts;

    /// <summary>Writes the header.</summary>
    /// <param name="output">The stream; it stays the caller's.</param>
    /// <param name="header">With both sizes; its coverage as compared.</param>
    public DataRequestWriter(Stream output, DataRequestHeader header)
    {
        _message = new MessageWriter(output, header);
        _target = header.SyncGeometry.Target;
        _groups = new OperationGroupBuilder(
            _target, header.Hash.Length, (payload, hasCopies) => _section.Write(_message, payload.Span, hasCopies));
    }

    /// <summary>Copy operations so far.</summary>
    public long Copies => _groups.Copies;

    /// <summary>Adds blocks that differ. See <see cref="OperationGroupBuilder.Add"/>.</summary>
    public void Add(BlockRun run, NewKind newKind, OldKind oldKind, ReadOnlySpan<byte> oldHashes, ReadOnlySpan<byte> newHashes) =>
        Add(run, newKind, oldKind, oldHashes, newHashes, 0, 0);

    /// <summary>Adds blocks that differ, or are copied. See <see cref="OperationGroupBuilder.Add"/>.</summary>
    public void Add(
        BlockRun run, NewKind newKind, OldKind oldKind, ReadOnlySpan<byte> oldHashes, ReadOnlySpan<byte> newHashes, long source,
        int shift = 0)
    {
        if (run.Count == 0)
        {
            return;
        }

        _groups.Add(run, newKind, oldKind, oldHashes, newHashes, source, shift);
        _counts = _counts.With(run, newKind, _target);
    }

    /// <summary>Writes the trailer and returns it.</summary>
    /// <param name="baseRoot">Empty if the header lists several.</param>
    /// <param name="targetRoot">The root of B.</param>
    public OperationsTrailer Finish(ReadOnlyMemory<byte> baseRoot, ReadOnlyMemory<byte> targetRoot)
    {
        _groups.Finish();
        OperationCounts counts = _counts with { Groups = _message.Sections, Operations = _groups.OperationCount };
        return _message.Finish(counts.ToTrailer(baseRoot, targetRoot));
    }
}

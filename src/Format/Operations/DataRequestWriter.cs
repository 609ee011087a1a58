namespace BinarySync.Format;

/// <summary>Writes a data request: operations without content (Format.md 7). Not safe from several threads.</summary>
public sealed class DataRequestWriter
{
    private readonly MessageWriter _message;
    private readonly OperationGroupBuilder _groups;
    private readonly BlockGeometry _target;
    private long _dataBlocks;
    private long _dataBytes;
    private long _zeroBlocks;

    /// <summary>Writes the header.</summary>
    /// <param name="output">The stream; it stays the caller's.</param>
    /// <param name="header">With both sizes; its coverage as compared.</param>
    public DataRequestWriter(Stream output, MessageHeader header)
    {
        _message = new MessageWriter(output, MessageKind.DataRequest, header);
        _target = header.SyncGeometry.Target;
        _groups = new OperationGroupBuilder(
            _target, header.Hash.Length, payload => _message.WriteSection(SectionType.Operations, FrameCodec.None, payload.Length, payload.Span));
    }

    /// <summary>Adds blocks that differ. See <see cref="OperationGroupBuilder.Add"/>.</summary>
    public void Add(BlockRun run, NewKind newKind, OldKind oldKind, ReadOnlySpan<byte> oldHashes, ReadOnlySpan<byte> newHashes)
    {
        _groups.Add(run, newKind, oldKind, oldHashes, newHashes);
        if (newKind == NewKind.Data)
        {
            _dataBlocks += run.Count;
            _dataBytes += _target.LengthOf(run);
        }
        else
        {
            _zeroBlocks += run.Count;
        }
    }

    /// <summary>Writes the trailer and returns it.</summary>
    public MessageTrailer Finish(byte[] baseRoot, byte[] targetRoot)
    {
        _groups.Finish();
        return _message.Finish(new MessageTrailer
        {
            BaseRoot = baseRoot,
            TargetRoot = targetRoot,
            DataBlocks = _dataBlocks,
            DataBytes = _dataBytes,
            ZeroBlocks = _zeroBlocks,
            CopyBlocks = 0,
            Groups = _message.Sections,
            Operations = _groups.OperationCount,
        });
    }
}

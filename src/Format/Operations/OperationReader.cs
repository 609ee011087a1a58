namespace BinarySync.Format;

/// <summary>
/// Reads the groups of a data request or data file, in order, with all checks of Format.md 7 to 9.3. For a data file, read each group's
/// frames before the next group.
/// </summary>
public sealed class OperationReader : IOperationReader
{
    private readonly MessageReader _message;
    private readonly DataFileHeader? _file;
    private readonly SyncGeometry _geometry;
    private readonly FramePositions _positions = new();
    private FramePieces _pieces = new();
    private long _nextBlock;
    private long _changedUpTo;
    private long _contentLeft;
    private readonly SetPart? _set;
    private readonly bool _isPartial;
    private Operation _last;
    private int _copies;
    private long _groupContent;
    private long _groupHashBytes;
    private int _groupOperations;
    private OperationCounts _counts;
    private long _repeatWork;

    /// <summary>Continues with a message whose header has been read.</summary>
    /// <param name="message">A data request or data file.</param>
    /// <param name="isPartial">
    /// Its operations are a part of those that its header names, as in a part of a set: some blocks that must change may have none.
    /// </param>
    public OperationReader(MessageReader message, bool isPartial = false)
    {
        _message = message;
        Header = (OperationsHeader)message.Header;
        _file = Header as DataFileHeader;
        _set = _file?.Set;
        _isPartial = isPartial || _set is not null;
        _geometry = Header.SyncGeometry;
        _changedUpTo = _geometry.MustChange.First;
    }

    /// <summary>Reads the header.</summary>
    /// <param name="input">The stream; it stays the caller's.</param>
    /// <param name="source">Its name in errors.</param>
    /// <param name="kind">Data request or data file: any other is refused.</param>
    /// <param name="skipContent">See <see cref="MessageReader(Stream, string, bool)"/>.</param>
    public OperationReader(Stream input, string source, MessageKind kind, bool skipContent = false)
        : this(new MessageReader(input, source, skipContent).Require(kind))
    {
    }

    public OperationsHeader Header { get; }

    /// <summary>The header, if the message is a data file.</summary>
    /// <exception cref="InvalidOperationException">It is a data request.</exception>
    public DataFileHeader FileHeader => _file ?? throw new InvalidOperationException("the message is a data request");

    /// <summary>The header, if the message is a data request.</summary>
    /// <exception cref="InvalidOperationException">It is a data file.</exception>
    public DataRequestHeader RequestHeader =>
        Header as DataRequestHeader ?? throw new InvalidOperationException("the message is a data file");

    public SyncGeometry Geometry => _geometry;

    /// <summary>The name of the message, for errors.</summary>
    public string Source => _message.Source;

    /// <summary>Bytes read so far.</summary>
    public long Position => _message.Position;

    /// <summary>The trailer, once <see cref="ReadGroup"/> has returned false.</summary>
    public OperationsTrailer Trailer => (OperationsTrailer)_message.Trailer;

    /// <summary>The counts of the trailer before it has been reached: see <see cref="MessageReader.PeekTrailer"/>.</summary>
    public OperationsTrailer? PeekTrailer() => (OperationsTrailer?)_message.PeekTrailer();

    /// <summary>The frame just read: codec and lengths.</summary>
    public SectionHeader Frame => _message.Section;

    /// <summary>The offset of the section of the group just read.</summary>
    internal long GroupOffset { get; private set; }

    /// <summary>
    /// The copies read so far, ascending. Null if another reader has read the same message already, and found that they can be ordered:
    /// they are counted only.
    /// </summary>
    internal CopyRunList? Copies { get; private set; } = new();

    /// <summary>
    /// The copies in an order in which every source is read before another one overwrites it, once <see cref="ReadGroup"/> has returned
    /// false. Indices of <see cref="Copies"/>; null if that is null.
    /// </summary>
    internal IReadOnlyList<int>? CopyOrder { get; private set; }

    /// <summary>For a message that another reader has read to its end: its copies are neither kept nor ordered once more.</summary>
    internal void ForgetCopies() => Copies = null;

    /// <summary>The number of the section just read, from 1, and its offset: for errors.</summary>
    public (long Number, long Offset) FramePosition => (_message.Sections, _message.PayloadOffset - SectionHeader.Length);

    /// <summary>Reads the next group; false at the end, when all checks have passed.</summary>
    /// <param name="group">Filled; it keeps its own copy of the section.</param>
    public bool ReadGroup(OperationGroup group)
    {
        if (_contentLeft > 0)
        {
            throw new InvalidOperationException("the frames of the group before were not read");
        }

        if (!_message.ReadSection())
        {
            CheckEnd();
            return false;
        }

        if (_message.Section.Type != SectionType.Operations)
        {
            throw _message.InvalidSection(
                SectionHeader.TypeOffset, "section type", "a section of operations is due, but a section of another type follows");
        }

        GroupOffset = FramePosition.Offset;
        group.Parse(_message, _geometry);
        CheckOrder(group);
        CheckCut(group);
        CheckCopies(group);
        _contentLeft = _file is not null ? group.ContentLength : 0;
        _counts = _counts.With(group);
        return true;
    }

    /// <summary>Reads a group whose <see cref="GroupOffset"/> was noted once more. See <see cref="MessageReader.ReadSectionAt"/>.</summary>
    internal void ReadGroupAt(long offset, OperationGroup group)
    {
        _message.ReadSectionAt(offset);
        if (_message.Section.Type != SectionType.Operations)
        {
            throw _message.InvalidSection(
                SectionHeader.TypeOffset, "section type", "a section of operations has become one of another type");
        }

        group.Parse(_message, _geometry);
    }

    /// <summary>
    /// Reads the next frame of the group; false when its content is complete. The payload is as stored, not yet decompressed; its raw
    /// length has been checked.
    /// </summary>
    /// <param name="stored">Valid until the next frame or group is read; empty if content is skipped.</param>
    public bool ReadFrame(out ReadOnlyMemory<byte> stored)
    {
        if (_contentLeft == 0)
        {
            stored = default;
            return false;
        }

        if (!_message.ReadSection() || _message.Section.Type != SectionType.Content)
        {
            throw _message.InvalidSection(
                SectionHeader.TypeOffset, "section type", $"content is missing: {_contentLeft} more bytes are due for the group");
        }

        long due = Math.Min(_contentLeft, _file!.FrameSize);
        if (_message.Section.RawLength != due)
        {
            throw _message.InvalidSection(
                SectionHeader.RawLengthOffset, "raw length", $"a frame has {_message.Section.RawLength} bytes of content; {due} are due");
        }

        if (_message.Section.Codec == FrameCodec.Repeats && Header.IsForward)
        {
            throw _message.InvalidSection(
                SectionHeader.CodecOffset, "codec", "a frame repeats content, although the header says that none does (forward)");
        }

        _contentLeft -= due;
        stored = _message.Payload;
        if (_message.Section.Codec == FrameCodec.Repeats && !stored.IsEmpty)
        {
            _pieces.Parse(stored.Span, _message.Section.RawLength, Source, _message.PayloadOffset, _positions);
            if (!_file.Allows(_pieces.LiteralCodec))
            {
                throw _message.Invalid(
                    0, "literal codec",
                    $"literals have codec {(byte)_pieces.LiteralCodec}, although the header does not say that there is any");
            }

            CheckRepeatWork();
        }

        _positions.Add(FramePosition.Offset);
        return true;
    }

    // Counted here, so that it is the same whatever decodes the frames.
    private void CheckRepeatWork()
    {
        _repeatWork += (long)_pieces.Frames.Count * _file!.FrameSize;
        if (_repeatWork > FormatLimits.MinRepeatWork
            && (_repeatWork - FormatLimits.MinRepeatWork) / FormatLimits.RepeatWorkPerByte > Position)
        {
            throw new MessageFormatException(
                FormatError.Unsupported,
                Source,
                FramePosition.Offset,
                "frames",
                $"asks to decode {_repeatWork} bytes of earlier content again for {Position} bytes of its own: more than any honest "
                    + "message does");
        }
    }

    /// <summary>Takes the frame's array away from the reader, so that it outlives the next section.</summary>
    internal byte[] ExchangePayload(byte[] replacement) => _message.ExchangePayload(replacement);

    /// <summary>The pieces of the frame just read, if it is one with <see cref="FrameCodec.Repeats"/>.</summary>
    internal FramePieces Pieces => _pieces;

    /// <summary>
    /// Takes the pieces of the frame just read away from the reader, so that they outlive the next section: for a frame with
    /// <see cref="FrameCodec.Repeats"/>.
    /// </summary>
    internal FramePieces ExchangePieces(FramePieces replacement)
    {
        FramePieces taken = _pieces;
        _pieces = replacement;
        return taken;
    }

    private void CheckOrder(OperationGroup group)
    {
        foreach (Operation operation in group.Operations)
        {
            if (operation.Blocks.First < _nextBlock)
            {
                throw _message.Invalid(
                    0, "operation", $"blocks {operation.Blocks} come after block {_nextBlock - 1}, which is already done");
            }

            _nextBlock = operation.Blocks.End;

            // The blocks that must change are consecutive: the operations on them may leave no gap.
            if (operation.Blocks.First <= _changedUpTo && operation.Blocks.End > _changedUpTo)
            {
                _changedUpTo = operation.Blocks.End;
            }
        }
    }

    private void CheckCopies(OperationGroup group)
    {
        if (group.Copies > 0 && Header.IsForward)
        {
            throw _message.Invalid(0, "operation", "there is a copy, although the header says that there are none (forward)");
        }

        if (_copies + group.Copies > FormatLimits.MaxCopies)
        {
            throw _message.Invalid(0, "operation", $"there are more than {FormatLimits.MaxCopies} copies");
        }

        _copies += group.Copies;
        for (int i = 0; Copies is not null && group.Copies > 0 && i < group.Operations.Count; i++)
        {
            Operation operation = group.Operations[i];
            if (operation.New == NewKind.Copy)
            {
                Copies.Add(CopyRun.Of(operation, _geometry.Target));
            }
        }
    }

    // A group ends where it must, and nowhere else: Format.md 7, "Where groups end".
    private void CheckCut(OperationGroup group)
    {
        if ((group.ContentLength > FormatLimits.MaxGroupContentBytes && group.DataBlocks + group.ZeroBlocks + group.CopyBlocks > 1)
            || group.HashBytes > FormatLimits.MaxGroupHashBytes)
        {
            throw _message.Invalid(0, "group", "a group continues past the point where it must end");
        }

        Operation first = group.Operations[0];
        if (_counts.Groups > 0)
        {
            int hashesPerBlock = OperationKinds.HashesPerBlock(first.New, first.Old);
            int content = first.New == NewKind.Data ? _geometry.Target.LengthOf(first.Blocks.First) : 0;
            if (_groupContent + content <= FormatLimits.MaxGroupContentBytes
                && _groupHashBytes + (hashesPerBlock * Header.Hash.Length) <= FormatLimits.MaxGroupHashBytes
                && (_groupOperations < FormatLimits.MaxGroupOperations || first.Continues(_last)))
            {
                throw _message.Invalid(0, "group", $"a group begins at block {first.Blocks.First}, although the one before it could go on");
            }
        }

        _last = group.Operations[^1];
        _groupContent = group.ContentLength;
        _groupHashBytes = group.HashBytes;
        _groupOperations = group.Operations.Count;
    }

    private void CheckEnd()
    {
        OperationsTrailer trailer = Trailer;

        // The parts of a set have all the operations together; one part cannot tell.
        if (!_isPartial && _changedUpTo < _geometry.MustChange.End)
        {
            throw AtTrailer("operations", $"block {_changedUpTo} has no operation, although the size changes there");
        }

        if (OperationCounts.Of(trailer) != _counts)
        {
            throw AtTrailer(
                "operations",
                $"the trailer counts {trailer.Operations} operations on {trailer.DataBlocks} + {trailer.ZeroBlocks} + {trailer.CopyBlocks} "
                    + $"blocks; there are {_counts.Operations} on {_counts.DataBlocks} + {_counts.ZeroBlocks} + {_counts.CopyBlocks}");
        }

        CopyOrder = Copies is null ? null : Format.CopyOrder.Find(Copies);
        if (Copies is not null && CopyOrder is null)
        {
            throw AtTrailer("source", "copies overwrite the sources of one another in a circle");
        }

        if (_set is null)
        {
            return;
        }

        if (_set.GroupCount != _counts.Groups)
        {
            throw AtTrailer("groups", $"the part has {_counts.Groups} groups; its header says {_set.GroupCount}");
        }

        IEnumerable<ReadOnlyMemory<byte>> baseRoots = Header.Bases is { } bases ? bases.Select(one => one.Root) : [trailer.BaseRoot];
        if (!_set.Id.Span.SequenceEqual(SetPart.IdOf(_set.SplitSize, baseRoots, trailer.TargetRoot)))
        {
            throw AtTrailer("set", "the identity of the set does not match these roots");
        }
    }

    private MessageFormatException AtTrailer(string field, string message) =>
        new(FormatError.Invalid, Source, _message.PayloadOffset, field, message);

    long IOperationReader.GroupOffset => GroupOffset;

    CopyRunList? IOperationReader.Copies => Copies;

    IReadOnlyList<int>? IOperationReader.CopyOrder => CopyOrder;

    void IOperationReader.ForgetCopies() => ForgetCopies();

    void IOperationReader.ReadGroupAt(long offset, OperationGroup group) => ReadGroupAt(offset, group);

    byte[] IOperationReader.ExchangePayload(byte[] replacement) => ExchangePayload(replacement);

    FramePieces IOperationReader.ExchangePieces(FramePieces replacement) => ExchangePieces(replacement);
}

using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Collecting;

/// <summary>
/// Reads the content of a request's groups frame by frame, compares each block with its hash, compresses on several threads and writes in
/// order. Content that repeats is sent once.
/// </summary>
internal sealed class FrameCollector
{
    private readonly bool _comparesZeros;
    private readonly IReadableStorage _master;
    private readonly OperationReader _request;
    private readonly DataFileWriter _writer;
    private readonly DataFileSpecification _specification;
    private readonly BlockRunList _changed;
    private BlockRunList _changedCopies = new();
    private BlockRunList _changedZeros = new();
    private BlockRunList _changedContent = new();
    private readonly BlockGeometry _geometry;
    private readonly SpanningBlock? _spanning;
    private readonly RepeatFinder? _repeats;
    private readonly List<FrameSlot> _slots = [];
    private readonly OperationGroupPool _groups;
    private OperationGroup? _group;
    private long _nextContent;
    private bool _groupDue;
    private long _groupsLeft;

    public FrameCollector(
        IReadableStorage master, OperationReader request, DataFileWriter writer, DataFileSpecification specification, BlockRunList changed,
        long groups = long.MaxValue,
        bool comparesZeros = false)
    {
        _comparesZeros = comparesZeros;
        _master = master;
        _request = request;
        _writer = writer;
        _specification = specification;
        _changed = changed;
        _groupsLeft = groups;
        _geometry = request.Geometry.Target;
        _groups = new OperationGroupPool(group => _slots.Exists(slot => slot.Group == group));
        _spanning = _geometry.BlockSize > specification.FrameSize ? new SpanningBlock(_geometry, request.Header.Hash) : null;

        // A block that is larger than a frame has no place in one: it is sent each time.
        _repeats = specification.Repeats && _spanning is null ? new RepeatFinder(_geometry, specification.FrameSize, specification.RepeatIndexBytes) : null;
    }

    /// <summary>Blocks that were not sent again.</summary>
    public long RepeatedBlocks { get; private set; }

    /// <summary>Bytes of the master that were read, to be sent or copied.</summary>
    public long ReadBytes { get; private set; }

    /// <summary>Blocks that are not what the request asks for, but what it expects on the remote.</summary>
    public long OldBlocks { get; private set; }

    /// <summary>
    /// Handles all groups. Blocks that are not what their hash says are added to the list; from the first of them on nothing is written.
    /// </summary>
    public void Run(SyncOptions options)
    {
        OrderedPipeline<FrameSlot>.Run(
            options.Threads,
            () =>
            {
                FrameSlot slot = new(_specification.FrameSize, _request.Header.Hash.Length, _repeats is null ? null : new RepeatedContent(_master, _geometry));
                _slots.Add(slot);
                return slot;
            },
            Take,
            slot => Work(slot, options),
            slot =>
            {
                Emit(slot);

                // Else each slot would hold another group until it is used again.
                slot.Group = null;
            },
            options.Cancellation);
        EndGroup();
    }

    // A group's first item is the group itself; then come its frames.
    private bool Take(FrameSlot slot)
    {
        if (_group is null || (!_groupDue && _nextContent == _group.ContentLength))
        {
            OperationGroup next = _groups.Take();
            if (_groupsLeft == 0 || !_request.ReadGroup(next))
            {
                return false;
            }

            _groupsLeft--;
            _group = next;
            _groupDue = true;
            _nextContent = 0;
        }

        slot.Group = _group;
        slot.IsGroup = _groupDue;
        if (!_groupDue)
        {
            slot.From = _nextContent;
            slot.RawLength = (int)Math.Min(_specification.FrameSize, _group.ContentLength - _nextContent);
            _nextContent += slot.RawLength;
            if (_repeats is not null)
            {
                slot.Number = _repeats.NextFrame;
                _repeats.Find(_group, slot.From, slot.RawLength, slot.Repeats!.Runs);
            }
        }

        _groupDue = false;
        return true;
    }

    private void Work(FrameSlot slot, SyncOptions options)
    {
        slot.Changed.Clear();
        slot.OldBlocks = 0;
        if (slot.IsGroup)
        {
            slot.ChangedZeros = new BlockRunList();
            slot.Sha256 = CopyDigests.Of(_master, slot.Group!, _geometry, _request.Header.Hash, slot.Raw, slot.Changed, options.Progress);
            slot.ZeroBytes = _comparesZeros ? ZeroContent.Compare(_master, slot.Group!, _geometry, slot.Raw, slot.ChangedZeros, options) : 0;
            return;
        }

        foreach (ContentPiece piece in slot.Group!.PiecesOf(_geometry, slot.From, slot.RawLength))
        {
            Span<byte> bytes = slot.Raw.AsSpan(piece.ContentOffset, piece.Length);
            UnreadableBlocks.Read(_master, bytes, piece.TargetOffset, _geometry);
            if (_spanning is null)
            {
                int before = slot.Changed.Count;
                BlockContent.FindMismatches(slot.Group!, piece, _geometry, _request.Header.Hash, bytes, slot.Hash, slot.Changed);
                if (slot.Changed.Count > before)
                {
                    slot.OldBlocks += BlockContent.CountOld(slot.Group!, piece, _geometry, _request.Header.Hash, bytes, slot.Hash, slot.Changed.Skip(before));
                }
            }
        }

        Span<byte> raw = slot.Raw.AsSpan(0, slot.RawLength);
        slot.Codec = _specification.Compression.Codec;
        if (slot.Repeats is { Runs.Count: > 0 } repeats && repeats.Compare(raw, slot.Codec != FrameCodec.None, slot.Stored))
        {
            slot.Codec = FrameCodec.Repeats;
            slot.StoredLength = repeats.Write(slot.Number, raw, _specification.Compression, slot.Stored);
        }
        else
        {
            slot.StoredLength = _specification.Compression.Compress(raw, slot.Stored);
        }

        options.Progress.Advance(slot.RawLength);
    }

    private void Emit(FrameSlot slot)
    {
        if (slot.IsGroup)
        {
            EndGroup();
            _changedZeros = slot.ChangedZeros;
        }

        slot.Changed.Sort();
        BlockRunList changed = slot.IsGroup ? _changedCopies : _changedContent;
        foreach (long block in slot.Changed)
        {
            changed.Add(new BlockRun(block, 1));
        }

        OldBlocks += slot.OldBlocks;
        if (slot.IsGroup)
        {
            ReadBytes += slot.ZeroBytes;
            ReadBytes += slot.Group!.Copies == 0 ? 0 : slot.Group.Operations.Sum(operation => operation.New == NewKind.Copy ? _geometry.LengthOf(operation.Blocks) : 0);
            WriteUnlessChanged(() => _writer.WriteGroup(slot.Group!, slot.Sha256));
            return;
        }

        ReadBytes += slot.RawLength;
        if (_spanning is not null)
        {
            foreach (ContentPiece piece in slot.Group!.PiecesOf(_geometry, slot.From, slot.RawLength))
            {
                if (_spanning.Append(slot.Group!, piece, slot.Raw.AsSpan(piece.ContentOffset, piece.Length)) is { } block)
                {
                    _changedContent.Add(new BlockRun(block, 1));
                }
            }
        }

        RepeatedBlocks += slot.Codec == FrameCodec.Repeats ? slot.Repeats!.Blocks : 0;
        WriteUnlessChanged(() =>
        {
            if (slot.StoredLength > 0)
            {
                _writer.WriteFrame(slot.Codec, slot.RawLength, slot.Stored.AsSpan(0, slot.StoredLength));
            }
            else
            {
                _writer.WriteFrame(FrameCodec.None, slot.RawLength, slot.Raw.AsSpan(0, slot.RawLength));
            }
        });
    }

    // The rest is still read when a block is wrong, so that all wrong ones can be named; but the data file is lost already.
    private void WriteUnlessChanged(Action write)
    {
        if (_changed.BlockCount + _changedCopies.BlockCount + _changedZeros.BlockCount + _changedContent.BlockCount == 0)
        {
            write();
        }
    }

    // Copies and zeros of a group are looked at before its content, and all are named in order.
    private void EndGroup()
    {
        _changed.Add(BlockRunList.Merge(_changedCopies, _changedZeros, _changedContent));
        (_changedCopies, _changedZeros, _changedContent) = (new BlockRunList(), new BlockRunList(), new BlockRunList());
    }

    private sealed class FrameSlot(int frameSize, int hashLength, RepeatedContent? repeats)
    {
        public byte[] Raw { get; } = GC.AllocateUninitializedArray<byte>(frameSize);

        public byte[] Stored { get; } = GC.AllocateUninitializedArray<byte>(frameSize);

        public byte[] Hash { get; } = new byte[hashLength];

        public List<long> Changed { get; } = [];

        public BlockRunList ChangedZeros { get; set; } = new();

        public int OldBlocks { get; set; }

        /// <summary>Bytes of the master that were read because the group calls them zeros.</summary>
        public long ZeroBytes { get; set; }

        /// <summary>Null where repeats are not looked for.</summary>
        public RepeatedContent? Repeats => repeats;

        public OperationGroup? Group { get; set; }

        public bool IsGroup { get; set; }

        /// <summary>Of the group's copies, one after the other.</summary>
        public byte[] Sha256 { get; set; } = [];

        /// <summary>The number of the frame, from 0, where repeats are looked for.</summary>
        public long Number { get; set; }

        public FrameCodec Codec { get; set; }

        public long From { get; set; }

        public int RawLength { get; set; }

        public int StoredLength { get; set; }
    }
}

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
    private readonly FrameContent _content;
    private readonly RepeatFinder? _repeats;
    private readonly OldCopy? _old;
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
        _content = new FrameContent(_geometry, request.Header.Hash, specification.FrameSize);
        _old = OldCopy.For(specification, request.Geometry, request.Header.Hash);
        _repeats = RepeatFinder.For(_geometry, specification, _old?.Choices);
    }

    /// <summary>Blocks that were not sent again.</summary>
    public long RepeatedBlocks { get; private set; }

    /// <summary>What the master's own copy of the old content was good for.</summary>
    public PrefixCounts Prefixes { get; private set; }

    /// <summary>Bytes of the master that were read, to be sent or copied.</summary>
    public long ReadBytes { get; private set; }

    /// <summary>Blocks that differ from the request, but have the content that it expects on the remote.</summary>
    public long OldBlocks { get; private set; }

    /// <summary>
    /// Handles all groups. Blocks that do not match their hash are added to the list; from the first of them on, nothing is written.
    /// </summary>
    public void Run(SyncOptions options)
    {
        try
        {
            RunPipeline(options);
        }
        finally
        {
            _slots.ForEach(slot => slot.Dispose());
            _slots.Clear();
        }

        EndGroup();
    }

    private void RunPipeline(SyncOptions options) =>
        OrderedPipeline<FrameSlot>.Run(
            options.Threads,
            () =>
            {
                FrameSlot slot = new(
                    _specification.FrameSize,
                    new BlockHasher(_request.Header.Hash, _geometry),
                    new EncodedFrame(_master, _geometry, _repeats, _old, _specification));
                _slots.Add(slot);
                return slot;
            },
            Take,
            slot => Work(slot, options),
            slot =>
            {
                Emit(slot);

                // Otherwise each slot would hold a group until it is used again.
                slot.Group = null;
            },
            options.Cancellation);

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
            slot.Frame.FindRepeats((finder, runs) => finder.Find(_group, slot.From, slot.RawLength, runs));
            slot.Frame.Describe(prefix => Describe(slot, prefix));
        }

        _groupDue = false;
        return true;
    }

    private void Describe(FrameSlot slot, FramePrefix prefix)
    {
        foreach (ContentPiece piece in slot.Group!.PiecesOf(_geometry, slot.From, slot.RawLength))
        {
            Operation operation = piece.Operation;
            BlockRun blocks = BlockRun.Between(
                _geometry.BlockAt(piece.TargetOffset), _geometry.BlockAt(piece.TargetOffset + piece.Length - 1) + 1);
            ReadOnlySpan<byte> hashes = slot.Group!.OldHashes(operation);
            int hashLength = _request.Header.Hash.Length;
            prefix.Add(
                blocks,
                operation.Old,
                hashes.IsEmpty
                    ? hashes
                    : hashes.Slice((int)(blocks.First - operation.Blocks.First) * hashLength, (int)blocks.Count * hashLength));
        }
    }

    private void Work(FrameSlot slot, SyncOptions options)
    {
        try
        {
            DoWork(slot, options);
        }
        catch
        {
            slot.Frame.Abandon();
            throw;
        }
    }

    private void DoWork(FrameSlot slot, SyncOptions options)
    {
        slot.Changed.Clear();
        slot.Wrong.Clear();
        if (slot.IsGroup)
        {
            slot.ChangedZeros = new BlockRunList();
            slot.Sha256 = CopyDigests.Of(_master, slot.Group!, _geometry, slot.Hasher, slot.Raw, slot.Changed, options.Progress);
            slot.ZeroBytes = _comparesZeros
                ? ZeroContent.Compare(_master, slot.Group!, _geometry, slot.Raw, slot.ChangedZeros, options)
                : 0;
            return;
        }

        foreach (ContentPiece piece in slot.Group!.PiecesOf(_geometry, slot.From, slot.RawLength))
        {
            _master.Announce(piece.TargetOffset, piece.Length);
        }

        foreach (ContentPiece piece in slot.Group!.PiecesOf(_geometry, slot.From, slot.RawLength))
        {
            UnreadableBlocks.Read(_master, slot.Raw.AsSpan(piece.ContentOffset, piece.Length), piece.TargetOffset, _geometry);
        }

        Memory<byte> raw = slot.Raw.AsMemory(0, slot.RawLength);
        _content.Compare(slot.Group!, slot.From, raw.Span, slot.Hasher, slot.Wrong);
        slot.Frame.Encode(raw, slot.Stored);
        options.Progress.Advance(slot.RawLength);
    }

    private void Emit(FrameSlot slot)
    {
        if (slot.IsGroup)
        {
            EndGroup();
            _changedZeros = slot.ChangedZeros;
            Add(_changedCopies, slot.Changed);
            ReadBytes += slot.ZeroBytes;
            ReadBytes += slot.Group!.Copies == 0
                ? 0
                : slot.Group.Operations.Sum(operation => operation.New == NewKind.Copy ? _geometry.LengthOf(operation.Blocks) : 0);
            WriteUnlessChanged(() => _writer.WriteGroup(slot.Group!, slot.Sha256));
            return;
        }

        ReadBytes += slot.RawLength;
        _content.CompareNext(slot.Group!, slot.From, slot.Raw.AsSpan(0, slot.RawLength), slot.Wrong);
        Add(_changedContent, slot.Wrong.Blocks);
        OldBlocks += slot.Wrong.OldBlocks;
        RepeatedBlocks += slot.Frame.RepeatedBlocks;
        Prefixes += slot.Frame.Counts;
        WriteUnlessChanged(() => slot.Frame.Write(_writer));
    }

    private static void Add(BlockRunList list, List<long> blocks)
    {
        blocks.Sort();
        foreach (long block in blocks)
        {
            list.Add(new BlockRun(block, 1));
        }
    }

    // After a wrong block, the rest is still read, so that all wrong blocks can be named; but the data file is lost already.
    private void WriteUnlessChanged(Action write)
    {
        if (_changed.BlockCount + _changedCopies.BlockCount + _changedZeros.BlockCount + _changedContent.BlockCount == 0)
        {
            write();
        }
    }

    // Copies and zeros of a group are checked before its content, and all wrong blocks are named in order.
    private void EndGroup()
    {
        _changed.Add(BlockRunList.Merge(_changedCopies, _changedZeros, _changedContent));
        (_changedCopies, _changedZeros, _changedContent) = (new BlockRunList(), new BlockRunList(), new BlockRunList());
    }

    private sealed class FrameSlot(int frameSize, BlockHasher hasher, EncodedFrame frame) : IDisposable
    {
        public byte[] Raw { get; } = GC.AllocateUninitializedArray<byte>(frameSize);

        public byte[] Stored { get; } = GC.AllocateUninitializedArray<byte>(frameSize);

        public BlockHasher Hasher => hasher;

        public EncodedFrame Frame => frame;

        /// <summary>Blocks of the group's copies that do not match their hash.</summary>
        public List<long> Changed { get; } = [];

        /// <summary>Blocks of the frame that do not match their hash.</summary>
        public WrongBlocks Wrong { get; } = new();

        public BlockRunList ChangedZeros { get; set; } = new();

        /// <summary>Bytes of the master that were read because the group calls them zeros.</summary>
        public long ZeroBytes { get; set; }

        public OperationGroup? Group { get; set; }

        public bool IsGroup { get; set; }

        /// <summary>Those of the group's copies, one after the other.</summary>
        public byte[] Sha256 { get; set; } = [];

        public long From { get; set; }

        public int RawLength { get; set; }

        public void Dispose() => hasher.Dispose();
    }
}

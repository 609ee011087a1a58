using BinarySync.Format;
using BinarySync.Sync.Applying.Evidence;
using BinarySync.Sync.Applying.Recognizing;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Reading;

/// <summary>The items of a data file that a pass processes.</summary>
internal enum PatchPass
{
    /// <summary>All frames, and all blocks of all operations.</summary>
    Plan,

    /// <summary>The frames over old content only.</summary>
    Prefix,

    /// <summary>All other frames, and the blocks that become zeros.</summary>
    Write,

    /// <summary>All blocks of all operations; frames are skipped.</summary>
    ReadBack,

    /// <summary>All frames, and no block of the target.</summary>
    Verify,
}

/// <summary>A slot of the pipeline through which a pass goes: a frame of content, or some blocks of one operation.</summary>
internal sealed class PatchItem : IDisposable
{
    /// <summary>Bytes of the target that are read together.</summary>
    public const int ChunkLength = 1 << 20;

    /// <summary>
    /// Parts of an item at most: enough to make the cost of the pipeline small, and few enough that every thread gets some.
    /// </summary>
    public const int MostParts = 256;

    private static readonly OperationGroup Nothing = new();

    // A slot has buffers only while there is something in them. A waiting slot has at most the content of its frame.
    private readonly PatchWorkspace _workspace;
    private readonly int _frameLength;
    private readonly int _targetLength;
    private byte[]? _stored;
    private byte[]? _raw;
    private byte[]? _target;
    private byte[]? _old;

    public PatchItem(PatchWorkspace workspace, SyncGeometry geometry, BlockHash hash)
    {
        _workspace = workspace;
        Classifier = new BlockClassifier(geometry, hash);
        Hash = new byte[hash.Length];
        Hasher = new BlockHasher(hash, geometry.Target);

        // No more than there is to read: for a file of a few blocks, buffers of a megabyte would be most of the work.
        _targetLength = (int)Math.Min(ChunkLength, Math.Max(geometry.Base.Size, geometry.Target.Size));
        Window = new TargetWindow(workspace.Buffers, _targetLength);
        _frameLength = (int)Math.Min(FormatLimits.DefaultFrameSize, geometry.Target.Size);
    }

    /// <summary>Recognises blocks for this slot's thread.</summary>
    public BlockClassifier Classifier { get; }

    /// <summary>As long as a hash.</summary>
    public byte[] Hash { get; }

    /// <summary>Hashes the blocks of frames for this slot's thread.</summary>
    public BlockHasher Hasher { get; }

    /// <summary>For content of the target that outlives the work on the slot.</summary>
    public byte[] Target => _target ??= _workspace.Buffers.Take(_targetLength);

    /// <summary>Reads the target while the slot is worked on.</summary>
    public TargetWindow Window { get; }

    /// <summary>The frame as stored; exchanged with the reader's.</summary>
    public byte[] Stored
    {
        get => _stored ??= _workspace.Buffers.TakeAtLeast(_frameLength);
        set => _stored = value;
    }

    /// <summary>The frame's content, once it is decoded.</summary>
    public byte[] Raw => _raw ?? [];

    /// <summary>The pieces of a frame with repeats; exchanged with the reader's.</summary>
    public FramePieces Pieces { get; set; } = new();

    public OperationGroup Group { get; set; } = Nothing;

    /// <summary>The number of the group in the data file, from 1.</summary>
    public long GroupNumber { get; set; }

    /// <summary>True for a frame, false for blocks of an operation.</summary>
    public bool IsFrame { get; set; }

    /// <summary>Codec and lengths of the frame.</summary>
    public SectionHeader Frame { get; set; }

    /// <summary>Where in the message the frame is, for errors.</summary>
    public (long Number, long Offset) FramePosition { get; set; }

    /// <summary>Where in the group's content the frame begins.</summary>
    public long ContentFrom { get; set; }

    /// <summary>
    /// The blocks of operations, ascending, anywhere in the target. If there are several parts, all of them together fit into
    /// a buffer of <see cref="ChunkLength"/>.
    /// </summary>
    public List<OperationPart> Parts { get; } = [];

    /// <summary>What the blocks of the target were found to be.</summary>
    public BlockFindings Found { get; } = new();

    /// <summary>False for a frame over old content whose content cannot be made any more.</summary>
    public bool HasContent { get; set; }

    /// <summary>Blocks of the frame whose content does not match its hash.</summary>
    public WrongBlocks WrongContent { get; } = new();

    /// <summary>Stretches of the target that are to be written; for a frame, with their place in its content.</summary>
    public List<ContentPiece> Writes { get; } = [];

    public void Clear()
    {
        Found.Clear();
        WrongContent.Clear();
        Window.Release();
        Writes.Clear();
    }

    /// <summary>
    /// Releases the group and the buffers when the slot is done: otherwise each slot would hold them until it is used again.
    /// </summary>
    public void Release()
    {
        Group = Nothing;
        Window.Release();
        _workspace.Buffers.Give(ref _stored);
        _workspace.Buffers.Give(ref _raw);
        _workspace.Buffers.Give(ref _target);
        _workspace.Buffers.Give(ref _old);
    }

    /// <summary>Adds a stretch to those to be written. If it touches the one before it, the two are joined.</summary>
    public void AddWrite(in Operation operation, long targetOffset, int contentOffset, int length)
    {
        if (Writes.Count > 0 && Writes[^1] is var last && last.TargetOffset + last.Length == targetOffset)
        {
            Writes[^1] = last with { Length = last.Length + length };
        }
        else
        {
            Writes.Add(new ContentPiece(operation, targetOffset, contentOffset, length));
        }
    }

    /// <summary>The content of the frame, once it is decoded.</summary>
    public ReadOnlySpan<byte> Content => Raw.AsSpan(0, Frame.RawLength);

    /// <summary>Room for the frame's content.</summary>
    public Span<byte> TakeContent()
    {
        if (Raw.Length < Frame.RawLength)
        {
            _workspace.Buffers.Give(ref _raw);
            _raw = _workspace.Buffers.TakeAtLeast(Math.Max(_frameLength, Frame.RawLength));
        }

        return Raw.AsSpan(0, Frame.RawLength);
    }

    /// <summary>Room for what is in the target at the places of the frame's content.</summary>
    /// <param name="more">Bytes beyond the content: one block of A may be longer than in B.</param>
    public Span<byte> TakeOld(int more)
    {
        int length = Math.Max(_frameLength, Frame.RawLength) + more;
        if (_old is null || _old.Length < length)
        {
            _workspace.Buffers.Give(ref _old);
            _old = _workspace.Buffers.TakeAtLeast(length);
        }

        return _old;
    }

    /// <summary>Decodes the frame.</summary>
    /// <param name="patch">The data file that the frame is from.</param>
    /// <param name="prefix">The old content of its blocks, if it is compressed over it.</param>
    /// <exception cref="MessageFormatException">It does not decompress.</exception>
    public void Decode(PatchSource patch, ReadOnlySpan<byte> prefix = default)
    {
        _workspace.Decode(patch, this, prefix, TakeContent());
        _workspace.Buffers.Give(ref _stored);
    }

    public void Dispose()
    {
        Classifier.Dispose();
        Hasher.Dispose();
    }
}

/// <summary>Some blocks of one operation.</summary>
internal readonly record struct OperationPart(Operation Operation, BlockRun Blocks);

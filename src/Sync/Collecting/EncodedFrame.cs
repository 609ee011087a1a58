using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync.Collecting;

/// <summary>
/// A frame on its way into a data file: its repeats of earlier content or the old content of its blocks, and its compressed form. Each slot
/// of a pipeline has one, and uses it for one frame after the other.
/// </summary>
/// <param name="master">B.</param>
/// <param name="geometry">B's.</param>
/// <param name="finder">Sees all frames in order; null if repeats are not looked for.</param>
/// <param name="old">The master's own copy of what the remote has; null if there is none.</param>
/// <param name="specification">How the data file is made.</param>
internal sealed class EncodedFrame(
    IReadableStorage master, BlockGeometry geometry, RepeatFinder? finder, OldCopy? old, DataFileSpecification specification)
{
    // To be decoded over old content, a frame goes through the redo on the remote, and is written twice. It must save an eighth.
    private const int WorthIt = 8;

    // If it shrinks to a quarter, nobody asks how small it would be by itself.
    private const int SurelyWorthIt = 4;

    private readonly RepeatedContent? _repeats = finder is null ? null : new RepeatedContent(master, geometry);
    private readonly FramePrefix? _prefix = old is null ? null : new FramePrefix(old);
    private readonly Likeness? _likeness = old is null ? null : new Likeness();
    private readonly Compression _compression = specification.Compression;
    private byte[] _over = [];
    private long _number;
    private FrameCodec _codec;
    private ReadOnlyMemory<byte> _raw;
    private ReadOnlyMemory<byte> _stored;

    /// <summary>Blocks that are not sent again.</summary>
    public int RepeatedBlocks => _codec == FrameCodec.Repeats ? _repeats!.Blocks : 0;

    /// <summary>What the old content was good for, in this frame.</summary>
    public PrefixCounts Counts { get; private set; }

    /// <summary>Says which blocks the next frame has.</summary>
    /// <param name="describe">Adds them.</param>
    public void Describe(Action<FramePrefix> describe)
    {
        if (_prefix is not null)
        {
            _prefix.Begin();
            describe(_prefix);
        }
    }

    /// <summary>Finds the repeats in the next frame. Called for the frames in order.</summary>
    /// <param name="find">Asks the finder.</param>
    public void FindRepeats(Action<RepeatFinder, List<RepeatRun>> find)
    {
        if (finder is not null)
        {
            _number = finder.NextFrame;
            old?.Choices.Begin(_number);
            find(finder, _repeats!.Runs);
        }
    }

    /// <summary>
    /// Compares the apparent repeats with the content sent before, and compresses. Runs on many threads, each with its own frame.
    /// </summary>
    /// <param name="raw">The frame's content; stays as it is until <see cref="Write"/>.</param>
    /// <param name="stored">As long as a frame; stays the frame's until <see cref="Write"/>.</param>
    public void Encode(Memory<byte> raw, byte[] stored)
    {
        _raw = raw;
        Counts = default;
        int over = _prefix is { IsDue: true } ? TryCompressOver(_prefix, raw.Span) : 0;
        bool repeats = _repeats is { Runs.Count: > 0 } && _repeats.Compare(raw.Span, _compression.Codec != FrameCodec.None, stored);
        bool isOver = over > 0 && over <= raw.Length / SurelyWorthIt && !repeats;
        if (!isOver)
        {
            _codec = repeats ? FrameCodec.Repeats : _compression.Codec;
            int length = repeats
                ? _repeats!.Write(_number, raw.Span, _compression, stored)
                : _compression.Compress(raw.Span, stored);
            _stored = stored.AsMemory(0, length);
            int otherwise = length > 0 ? length : raw.Length;
            isOver = over > 0 && over <= otherwise - (otherwise / WorthIt);
        }

        if (isOver)
        {
            _codec = FrameCodec.Prefix;
            _stored = _over.AsMemory(0, over);
            Counts = Counts with { Over = 1 };
        }

        old?.Choices.Decide(_number, isOver);
    }

    /// <summary>The run has failed, and the frame will not be encoded: no other frame waits for it.</summary>
    public void Abandon() => old?.Choices.Abandon();

    // 0 if it cannot be done, or does not shrink.
    private int TryCompressOver(FramePrefix old, ReadOnlySpan<byte> raw)
    {
        bool fits = old.TryRead(out ReadOnlySpan<byte> prefix);
        Counts = new PrefixCounts(1, 0, fits ? 0 : 1);
        if (!fits || !_likeness!.MayShare(raw, prefix))
        {
            return 0;
        }

        _over = _over.Length < raw.Length ? GC.AllocateUninitializedArray<byte>(raw.Length) : _over;
        return _compression.CompressOver(raw, prefix, _over);
    }

    /// <summary>Writes the frame; uncompressed if compression has not made it smaller.</summary>
    public void Write(DataFileWriter writer)
    {
        if (_stored.Length > 0)
        {
            writer.WriteFrame(_codec, _raw.Length, _stored.Span);
        }
        else
        {
            writer.WriteFrame(FrameCodec.None, _raw.Length, _raw.Span);
        }
    }
}

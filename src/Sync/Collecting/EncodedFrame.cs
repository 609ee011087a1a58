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
/// <param name="old">The master's own copy of what the remote has; null if there is none. Then there are no repeats.</param>
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
    private readonly Compression _compression = specification.Compression;
    private byte[] _plain = [];
    private long _number;
    private FrameCodec _codec;
    private ReadOnlyMemory<byte> _raw;
    private ReadOnlyMemory<byte> _stored;

    /// <summary>Blocks that are not sent again.</summary>
    public int RepeatedBlocks => _codec == FrameCodec.Repeats ? _repeats!.Blocks : 0;

    /// <summary>What the old content was good for, in the frames written so far.</summary>
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
        _codec = _compression.Codec;
        Counts = default;
        if (_repeats is { Runs.Count: > 0 } && _repeats.Compare(raw.Span, _codec != FrameCodec.None, stored))
        {
            _codec = FrameCodec.Repeats;
            _stored = stored.AsMemory(0, _repeats.Write(_number, raw.Span, _compression, stored));
        }
        else if (_prefix is { IsDue: true })
        {
            EncodeOver(_prefix, raw.Span, stored);
        }
        else
        {
            _stored = stored.AsMemory(0, _compression.Compress(raw.Span, stored));
        }
    }

    private void EncodeOver(FramePrefix old, ReadOnlySpan<byte> raw, byte[] stored)
    {
        bool fits = old.TryRead(out ReadOnlySpan<byte> prefix);
        int over = fits ? _compression.CompressOver(raw, prefix, stored) : 0;
        bool isOver = over > 0 && over <= raw.Length / SurelyWorthIt;
        if (!isOver)
        {
            _plain = _plain.Length < raw.Length ? GC.AllocateUninitializedArray<byte>(raw.Length) : _plain;
            int alone = _compression.Compress(raw, _plain);
            int otherwise = alone > 0 ? alone : raw.Length;
            isOver = over > 0 && over <= otherwise - (otherwise / WorthIt);
            _stored = _plain.AsMemory(0, alone);
        }

        if (isOver)
        {
            _codec = FrameCodec.Prefix;
            _stored = stored.AsMemory(0, over);
        }

        Counts = new PrefixCounts(1, isOver ? 1 : 0, fits ? 0 : 1);
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

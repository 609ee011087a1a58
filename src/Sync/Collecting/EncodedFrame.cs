using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync.Collecting;

/// <summary>
/// A frame on its way into a data file: its repeats of earlier content, and its compressed form. Each slot of a pipeline has one, and uses
/// it for one frame after the other.
/// </summary>
/// <param name="master">B.</param>
/// <param name="geometry">B's.</param>
/// <param name="finder">Sees all frames in order; null if repeats are not looked for.</param>
/// <param name="compression">Of the data file.</param>
internal sealed class EncodedFrame(IReadableStorage master, BlockGeometry geometry, RepeatFinder? finder, Compression compression)
{
    private readonly RepeatedContent? _repeats = finder is null ? null : new RepeatedContent(master, geometry);
    private long _number;
    private FrameCodec _codec;
    private ReadOnlyMemory<byte> _raw;
    private ReadOnlyMemory<byte> _stored;

    /// <summary>Blocks that are not sent again.</summary>
    public int RepeatedBlocks => _codec == FrameCodec.Repeats ? _repeats!.Blocks : 0;

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
        _codec = compression.Codec;
        int length;
        if (_repeats is { Runs.Count: > 0 } && _repeats.Compare(raw.Span, _codec != FrameCodec.None, stored))
        {
            _codec = FrameCodec.Repeats;
            length = _repeats.Write(_number, raw.Span, compression, stored);
        }
        else
        {
            length = compression.Compress(raw.Span, stored);
        }

        _stored = stored.AsMemory(0, length);
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

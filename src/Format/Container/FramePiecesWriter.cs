namespace BinarySync.Format;

/// <summary>
/// Collects the pieces of a frame with repeats and writes its payload (Format.md 8.1). Its reader is <see cref="FramePieces"/>. The
/// object may be used again for the next frame.
/// </summary>
internal sealed class FramePiecesWriter
{
    private readonly List<(int Length, long Frame, int Offset)> _pieces = [];
    private readonly SortedSet<long> _frames = [];

    /// <summary>Bytes that repeat others.</summary>
    public int RepeatedBytes { get; private set; }

    /// <summary>Begins the next frame.</summary>
    public void Clear()
    {
        _pieces.Clear();
        _frames.Clear();
        RepeatedBytes = 0;
    }

    /// <summary>Adds bytes of the frame itself.</summary>
    /// <param name="length">At least 1.</param>
    public void AddLiteral(int length) => Add(length, FramePiece.NoFrame, 0);

    /// <summary>Adds bytes that are in an earlier frame, as literals.</summary>
    /// <param name="length">At least <see cref="FormatLimits.MinRepeatLength"/>.</param>
    /// <param name="frame">
    /// The number of that frame: among the message's content sections, from 0. At most <see cref="FormatLimits.MaxRepeatedFrames"/>
    /// different ones, and no further back than <see cref="FormatLimits.MaxRepeatDistance"/>.
    /// </param>
    /// <param name="offset">The offset at which they begin in its content.</param>
    public void AddRepeat(int length, long frame, int offset)
    {
        _frames.Add(frame);
        RepeatedBytes += length;
        Add(length, frame, offset);
    }

    /// <summary>
    /// Writes the payload. It is always shorter than the content: a repeat replaces 512 bytes or more, and takes fewer than 24.
    /// </summary>
    /// <param name="number">The number of this frame, above those it refers to.</param>
    /// <param name="raw">The content as it was added. Its literals are moved together: it is no longer the content afterwards.</param>
    /// <param name="compression">How the literals are compressed.</param>
    /// <param name="destination">At least as long as <paramref name="raw"/>.</param>
    /// <returns>Bytes written.</returns>
    public int Write(long number, Span<byte> raw, Compression compression, Span<byte> destination)
    {
        if (RepeatedBytes == 0)
        {
            throw new InvalidOperationException("a frame without repeats is stored as it is");
        }

        int position = 1;
        destination[position++] = (byte)_frames.Count;

        // The nearest first: distances ascend.
        long[] frames = [.. _frames.Reverse()];
        foreach (long frame in frames)
        {
            position += Varint.Write(destination[position..], number - frame);
        }

        int at = 0;
        int literals = 0;
        foreach ((int length, long frame, int offset) in _pieces)
        {
            bool isRepeat = frame >= 0;
            position += Varint.Write(destination[position..], ((long)length << 1) | (isRepeat ? 1L : 0));
            if (isRepeat)
            {
                destination[position++] = (byte)Array.IndexOf(frames, frame);
                position += Varint.Write(destination[position..], offset);
            }
            else
            {
                raw.Slice(at, length).CopyTo(raw[literals..]);
                literals += length;
            }

            at += length;
        }

        return position + WriteLiterals(raw[..literals], compression, destination, position);
    }

    private static int WriteLiterals(ReadOnlySpan<byte> literals, Compression compression, Span<byte> destination, int position)
    {
        int stored = literals.IsEmpty ? 0 : compression.Compress(literals, destination[position..]);
        destination[0] = (byte)(stored > 0 ? compression.Codec : FrameCodec.None);
        if (stored > 0)
        {
            return stored;
        }

        literals.CopyTo(destination[position..]);
        return literals.Length;
    }

    private void Add(int length, long frame, int offset)
    {
        if (_pieces.Count > 0 && _pieces[^1] is var last && last.Frame == frame && (frame < 0 || last.Offset + last.Length == offset))
        {
            _pieces[^1] = last with { Length = last.Length + length };
        }
        else
        {
            _pieces.Add((length, frame, offset));
        }
    }
}

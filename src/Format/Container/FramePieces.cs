namespace BinarySync.Format;

/// <summary>
/// The decoded payload of a frame with repeats: its pieces, and the frames that they refer to (Format.md 8.1). Its writer is
/// <see cref="FramePiecesWriter"/>. The object may be used again for the next frame.
/// </summary>
internal sealed class FramePieces
{
    private readonly List<FramePiece> _pieces = [];
    private readonly List<long> _frames = [];
    private string _source = string.Empty;
    private long _payloadOffset;
    private int _literalsAt;
    private int _literalLength;
    private FrameCodec _literalCodec;

    /// <summary>The pieces, ascending; together they are the frame's content.</summary>
    public IReadOnlyList<FramePiece> Pieces => _pieces;

    /// <summary>The frames referred to, the nearest first: the offset of each one's frame header in the message.</summary>
    public IReadOnlyList<long> Frames => _frames;

    /// <summary>How the literals are compressed.</summary>
    public FrameCodec LiteralCodec => _literalCodec;

    /// <summary>Becomes a copy of another one.</summary>
    public void CopyFrom(FramePieces other)
    {
        _pieces.Clear();
        _pieces.AddRange(other._pieces);
        _frames.Clear();
        _frames.AddRange(other._frames);
        (_source, _payloadOffset) = (other._source, other._payloadOffset);
        (_literalsAt, _literalLength, _literalCodec) = (other._literalsAt, other._literalLength, other._literalCodec);
    }

    /// <summary>Reads the payload and checks all that can be checked without the frames referred to.</summary>
    /// <param name="payload">As stored.</param>
    /// <param name="rawLength">The raw length of the frame.</param>
    /// <param name="source">The name of the message, for errors.</param>
    /// <param name="payloadOffset">The offset of the payload, for errors.</param>
    /// <param name="places">The offsets of the content sections before this one; null if only the frame's own literals matter.</param>
    /// <exception cref="MessageFormatException">A rule is broken.</exception>
    internal void Parse(ReadOnlySpan<byte> payload, int rawLength, string source, long payloadOffset, FramePositions? places)
    {
        _source = source;
        _payloadOffset = payloadOffset;
        _pieces.Clear();
        _frames.Clear();
        int position = 0;
        _literalCodec = (FrameCodec)payload[position++];
        if (!FrameDecompressor.Knows(_literalCodec))
        {
            throw Invalid(0, "literal codec", $"literals cannot have codec {(byte)_literalCodec}");
        }

        ReadFrames(payload, ref position, places);
        ReadPieces(payload, ref position, rawLength);
        _literalsAt = position;
        CheckLiterals(payload.Length - position);
    }

    /// <summary>Moves the literals to their places in the content; the bytes between them are left as they are.</summary>
    /// <param name="payload">As it was parsed.</param>
    /// <param name="raw">As long as the frame's content.</param>
    /// <returns>False if they do not decompress.</returns>
    internal bool TryCopyLiterals(ReadOnlySpan<byte> payload, Span<byte> raw)
    {
        if (_literalLength > 0 && !FrameDecompressor.TryDecompress(_literalCodec, payload[_literalsAt..], raw[.._literalLength]))
        {
            return false;
        }

        // From the last to the first: a literal moves back or stays, so it never overwrites one that has yet to move.
        int left = _literalLength;
        for (int i = _pieces.Count - 1; left > 0; i--)
        {
            FramePiece piece = _pieces[i];
            if (piece.IsLiteral)
            {
                left -= piece.Length;
                raw.Slice(left, piece.Length).CopyTo(raw[piece.At..]);
            }
        }

        return true;
    }

    /// <summary>True if these bytes of the content are literals.</summary>
    internal bool AreLiterals(int offset, int length)
    {
        int low = 0;
        int high = _pieces.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_pieces[middle].At <= offset)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        // Two neighbours are never both literals: either one piece has all of the bytes, or they are not all literals.
        return _pieces[low].IsLiteral && length <= _pieces[low].End - offset;
    }

    private void ReadFrames(ReadOnlySpan<byte> payload, ref int position, FramePositions? places)
    {
        int count = position < payload.Length ? payload[position] : 0;
        if (count is < 1 or > FormatLimits.MaxRepeatedFrames)
        {
            throw Invalid(position, "frames", $"a frame cannot refer to {count} frames");
        }

        position++;
        long last = 0;
        for (int i = 0; i < count; i++)
        {
            int at = position;
            if (!Varint.TryRead(payload, ref position, out long distance))
            {
                throw Invalid(at, "distance", "a distance is cut short or an invalid number");
            }

            if (distance <= last || distance > FormatLimits.MaxRepeatDistance)
            {
                throw Invalid(at, "distance", $"a distance of {distance} frames after one of {last} is not allowed");
            }

            last = distance;
            long offset = 0;
            if (places is not null && !places.TryFind(distance, out offset))
            {
                throw Invalid(at, "distance", $"there is no frame {distance} before this one");
            }

            _frames.Add(offset);
        }
    }

    private void ReadPieces(ReadOnlySpan<byte> payload, ref int position, int rawLength)
    {
        int used = 0;
        int at = 0;
        _literalLength = 0;
        while (at < rawLength)
        {
            FramePiece piece = ReadPiece(payload, ref position, at, rawLength);
            _pieces.Add(piece);
            at = piece.End;
            if (piece.IsLiteral)
            {
                _literalLength += piece.Length;
            }
            else
            {
                used |= 1 << piece.Frame;
            }
        }

        if (used != (1 << _frames.Count) - 1)
        {
            throw Invalid(1, "frames", "a frame is listed, but no piece refers to it");
        }
    }

    private FramePiece ReadPiece(ReadOnlySpan<byte> payload, ref int position, int at, int rawLength)
    {
        int from = position;
        if (!Varint.TryRead(payload, ref position, out long coded))
        {
            throw Invalid(from, "piece", "a piece is cut short or has an invalid number");
        }

        long length = coded >> 1;
        bool isRepeat = (coded & 1) != 0;
        if (length < (isRepeat ? FormatLimits.MinRepeatLength : 1) || length > rawLength - at)
        {
            throw Invalid(from, "piece", $"a {(isRepeat ? "repeat" : "literal")} of {length} bytes at byte {at} of {rawLength}");
        }

        if (!isRepeat)
        {
            return _pieces.Count == 0 || !_pieces[^1].IsLiteral
                ? new FramePiece(at, (int)length, FramePiece.NoFrame, 0)
                : throw Invalid(from, "piece", "a literal follows a literal");
        }

        int frame = position < payload.Length ? payload[position++] : byte.MaxValue;
        if (frame >= _frames.Count
            || !Varint.TryRead(payload, ref position, out long offset)
            || offset > FormatLimits.MaxSectionLength - length)
        {
            throw Invalid(from, "piece", "a repeat is cut short, or from a frame that is not listed, or from behind the end of a frame");
        }

        return _pieces.Count == 0 || _pieces[^1].Frame != frame || _pieces[^1].Offset + _pieces[^1].Length != offset
            ? new FramePiece(at, (int)length, frame, (int)offset)
            : throw Invalid(from, "piece", "a repeat continues the one before it");
    }

    private void CheckLiterals(int stored)
    {
        bool fits = _literalCodec == FrameCodec.None ? stored == _literalLength : stored >= 1 && stored < _literalLength;
        if (!fits)
        {
            throw Invalid(
                _literalsAt,
                "literals",
                $"{stored} stored bytes do not fit {_literalLength} bytes of literals and codec {(byte)_literalCodec}");
        }
    }

    private MessageFormatException Invalid(int at, string field, string message) =>
        new(FormatError.Invalid, _source, _payloadOffset + at, field, message);
}

namespace BinarySync.Sync.Applying.Reading;

/// <summary>
/// The bytes that arrived of a stream, in memory, as pieces that are never moved. With one array, memory use would double for a while each
/// time it grows, and a stretch may have a block of 64 MiB.
/// </summary>
internal sealed class StretchBuffer : Stream
{
    private const int Piece = 1 << 20;

    private readonly List<byte[]> _pieces = [];
    private long _length;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    /// <summary>Makes it shorter, or empty. The pieces are kept for the next stretch.</summary>
    public override void SetLength(long value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, _length);
        _length = value;
        _position = Math.Min(_position, value);
    }

    public override int Read(Span<byte> buffer)
    {
        int done = 0;
        while (done < buffer.Length && _position < _length)
        {
            int within = (int)(_position % Piece);
            int count = (int)Math.Min(Math.Min(Piece - within, buffer.Length - done), _length - _position);
            _pieces[(int)(_position / Piece)].AsSpan(within, count).CopyTo(buffer[done..]);
            _position += count;
            done += count;
        }

        return done;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int within = (int)(_position % Piece);
            int count = Math.Min(Piece - within, buffer.Length);
            while (_pieces.Count <= _position / Piece)
            {
                _pieces.Add(GC.AllocateUninitializedArray<byte>(Piece));
            }

            buffer[..count].CopyTo(_pieces[(int)(_position / Piece)].AsSpan(within));
            buffer = buffer[count..];
            _position += count;
            _length = Math.Max(_length, _position);
        }
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => _position,
        _ => _length,
    };

    public override void Flush()
    {
    }
}

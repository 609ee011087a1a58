using System.Collections.Concurrent;
using BinarySync.Storage;

namespace BinarySync.Sync.Messages;

/// <summary>
/// A message file that is read several times and must be the same each time: a medium may return other bytes later, and a file may be
/// exchanged. Each piece is read whole. Its tag is noted the first time and compared from then on, before any byte of it is passed on.
/// So the code that reads through this need not know of it.
/// </summary>
public sealed class PinnedStream : Stream, IPositionalReader
{
    private const int Scratch = MessagePins.SmallestPiece;

    private readonly Stream _file;
    private readonly IPositionalReader? _positional;
    private readonly string _name;
    private readonly MessagePins _pins;
    private readonly int _piece;
    private readonly PieceTag _tag;
    private readonly ConcurrentBag<PieceTag> _others = [];
    private long _position;

    // The piece that was read last, for reads that continue in it.
    private byte[] _held = [];
    private long _heldPiece = -1;
    private int _heldLength;

    private PinnedStream(Stream file, string name, MessagePins pins)
    {
        _file = file;
        _positional = file as IPositionalReader;
        _name = name;
        _pins = pins;
        _tag = pins.NewTag();
        _piece = pins.PieceLengthFor(file.Length);
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    /// <summary>The present length, as the file system gives it.</summary>
    public override long Length => _file.Length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);

            // Another pass: it must read again from the file, so that a change is found.
            _heldPiece = value < _position ? -1 : _heldPiece;
            _position = value;
        }
    }

    /// <summary>True if <see cref="ReadAt"/> can be used.</summary>
    internal bool CanReadAt => _positional is not null;

    /// <summary>The message of a file, whose bytes are pinned as they are read; the same stream if it is pinned already.</summary>
    /// <param name="file">Seekable. It is disposed of together with the result.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="pins">The pins of its earlier bytes, if the file was opened before; else null.</param>
    public static PinnedStream Of(Stream file, string name, MessagePins? pins = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file as PinnedStream ?? new PinnedStream(file, name, pins ?? new MessagePins());
    }

    /// <inheritdoc/>
    /// <exception cref="SyncException"><see cref="SyncError.SourceChanged"/>: a piece has changed.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        long piece = _position / _piece;
        int within = (int)(_position % _piece);
        if (piece != _heldPiece && within == 0 && buffer.Length >= _piece)
        {
            int whole = ReadWhole(buffer[..(buffer.Length - (buffer.Length % _piece))], _position, _tag);
            _position += whole;
            return whole;
        }

        if (piece != _heldPiece)
        {
            Hold(piece);
        }

        int count = Math.Clamp(_heldLength - within, 0, buffer.Length);
        _held.AsSpan(within, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    public override int ReadByte()
    {
        byte value = 0;
        return Read(new Span<byte>(ref value)) == 0 ? -1 : value;
    }

    /// <inheritdoc/>
    /// <exception cref="SyncException"><see cref="SyncError.SourceChanged"/>: a piece has changed.</exception>
    public int ReadAt(Span<byte> buffer, long offset)
    {
        if (!_others.TryTake(out PieceTag? tag))
        {
            tag = _pins.NewTag();
        }

        int done = 0;
        while (done < buffer.Length)
        {
            int within = (int)((offset + done) % _piece);
            int left = buffer.Length - done;
            Span<byte> rest = buffer[done..];
            int whole = left - (left % _piece);
            int wanted = within == 0 && whole > 0 ? whole : Math.Min(_piece - within, left);
            int got = within == 0 && whole > 0
                ? ReadWhole(rest[..whole], offset + done, tag)
                : ReadPart(rest[..wanted], offset + done, tag);
            done += got;
            if (got < wanted)
            {
                break;
            }
        }

        _others.Add(tag);
        return done;
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => _position,
        _ => Length,
    };

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
            _tag.Dispose();
            while (_others.TryTake(out PieceTag? other))
            {
                other.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    // Whole pieces, straight into the caller's buffer; fewer bytes only at the end of the file.
    private int ReadWhole(Span<byte> buffer, long offset, PieceTag tag)
    {
        Span<byte> value = stackalloc byte[PieceTag.Length];
        int got = Fill(buffer, offset);
        for (int at = 0; at < got || (at == got && got == 0); at += _piece)
        {
            tag.Of(buffer[at..Math.Min(got, at + _piece)], value);
            Demand((offset + at) / _piece, value);
        }

        // If the file ended between two pieces, the missing next piece is compared too, as an empty one.
        if (got > 0 && got < buffer.Length && got % _piece == 0)
        {
            tag.Of([], value);
            Demand((offset + got) / _piece, value);
        }

        return got;
    }

    // Some bytes of one piece, which is read whole and not kept: such bytes are most often needed only once.
    private int ReadPart(Span<byte> buffer, long offset, PieceTag tag)
    {
        long begin = offset - (offset % _piece);
        int within = (int)(offset - begin);
        int length = 0;
        Span<byte> value = stackalloc byte[PieceTag.Length];
        byte[] scratch = System.Buffers.ArrayPool<byte>.Shared.Rent(Scratch);
        try
        {
            for (int got = Scratch; length < _piece && got == Scratch; length += got)
            {
                got = Fill(scratch.AsSpan(0, Scratch), begin + length);
                if (got > 0)
                {
                    tag.Append(scratch.AsSpan(0, got));
                }

                int from = Math.Max(within, length);
                int end = Math.Min(within + buffer.Length, length + got);
                if (from < end)
                {
                    scratch.AsSpan(from - length, end - from).CopyTo(buffer[(from - within)..]);
                }
            }

            tag.Finish(value);
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(scratch);
        }

        Demand(begin / _piece, value);
        return Math.Clamp(length - within, 0, buffer.Length);
    }

    private void Hold(long piece)
    {
        _heldPiece = -1;
        if (_held.Length < _piece)
        {
            _held = GC.AllocateUninitializedArray<byte>(_piece);
        }

        _heldLength = Fill(_held.AsSpan(0, _piece), piece * _piece);
        Span<byte> value = stackalloc byte[PieceTag.Length];
        _tag.Of(_held.AsSpan(0, _heldLength), value);
        Demand(piece, value);
        _heldPiece = piece;
    }

    private void Demand(long piece, ReadOnlySpan<byte> tag)
    {
        if (!_pins.Holds(piece, tag))
        {
            throw new SyncException(
                SyncReason.MessageChanged,
                _name,
                $"changed since it was first read: between bytes {piece * _piece} and {(piece + 1) * _piece} it is another file, or its "
                    + "medium returns other bytes");
        }
    }

    private int Fill(Span<byte> buffer, long offset)
    {
        if (_positional is not null)
        {
            return _positional.ReadAt(buffer, offset);
        }

        lock (_file)
        {
            _file.Position = offset;
            return _file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
    }
}

using BinarySync.Storage;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Reading;

/// <summary>
/// The bytes of the target that a slot processes, read with one call as far as they fit into a buffer. Not safe from several threads.
/// </summary>
/// <param name="buffers">Where the buffer comes from; it is given back when the window is released.</param>
/// <param name="length">Bytes of the buffer.</param>
internal sealed class TargetWindow(BufferPool buffers, int length)
{
    private byte[]? _buffer;
    private int _start;
    private IReadableStorage? _target;
    private long _offset;
    private int _length;
    private long _end;
    private bool _belowCache;
    private bool _isHeld;

    /// <summary>Prepares for a stretch. Bytes that were read before are not used for it, unless they are held.</summary>
    /// <param name="target">The target.</param>
    /// <param name="end">No bytes from there on are read.</param>
    /// <param name="belowCache">From below the page cache.</param>
    public void Begin(IReadableStorage target, long end, bool belowCache)
    {
        (_target, _end, _belowCache) = (target, end, belowCache);
        if (!_isHeld)
        {
            _length = 0;
        }
    }

    /// <summary>Reads a stretch that fits into the buffer, and holds it for every stretch that begins before it is released.</summary>
    /// <exception cref="StorageException">It cannot be read; nothing is held.</exception>
    public void Hold(IReadableStorage target, long offset, long end, bool belowCache)
    {
        Forget();
        Begin(target, end, belowCache);
        if (offset < end)
        {
            Fill(offset);
            _isHeld = true;
        }
    }

    /// <summary>Holds nothing any more, and has no buffer.</summary>
    public void Release()
    {
        Forget();
        buffers.GiveAligned(ref _buffer);
    }

    /// <summary>The bytes from an offset on: as many as are in the buffer, and at most as many as are wanted.</summary>
    /// <param name="offset">Before the end of the stretch.</param>
    /// <param name="wanted">Bytes, at least one.</param>
    /// <exception cref="StorageException">They cannot be read.</exception>
    public ReadOnlySpan<byte> From(long offset, int wanted)
    {
        if (offset < _offset || offset >= _offset + _length)
        {
            Fill(offset);
        }

        int at = (int)(offset - _offset);
        return _buffer.AsSpan(_start + at, Math.Min(wanted, _length - at));
    }

    private void Fill(long offset)
    {
        Forget();
        _buffer ??= buffers.TakeAligned(length, out _start);
        Span<byte> bytes = _buffer.AsSpan(_start, (int)Math.Min(length, _end - offset));
        _target!.Read(bytes, offset, _belowCache);
        (_offset, _length) = (offset, bytes.Length);
    }

    private void Forget()
    {
        _isHeld = false;
        _length = 0;
    }
}

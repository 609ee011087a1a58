using BinarySync.Storage;

namespace BinarySync.Sync.Applying.Reading;

/// <summary>
/// The bytes of the target that a slot processes, read with one call as far as they fit into its buffer. Not safe from several threads.
/// </summary>
/// <param name="buffer">Used by nothing else while the bytes are processed.</param>
internal sealed class TargetWindow(byte[] buffer)
{
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
        Release();
        Begin(target, end, belowCache);
        if (offset < end)
        {
            Fill(offset);
            _isHeld = true;
        }
    }

    /// <summary>Holds nothing any more.</summary>
    public void Release()
    {
        _isHeld = false;
        _length = 0;
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
        return buffer.AsSpan(at, Math.Min(wanted, _length - at));
    }

    private void Fill(long offset)
    {
        Release();
        Span<byte> bytes = buffer.AsSpan(0, (int)Math.Min(buffer.Length, _end - offset));
        if (_belowCache)
        {
            _target!.ReadBelowCache(bytes, offset);
        }
        else
        {
            _target!.Read(bytes, offset);
        }

        (_offset, _length) = (offset, bytes.Length);
    }
}

namespace BinarySync.Format;

/// <summary>The offsets of the last content sections of a message: as many as a frame may refer back to (Format.md 8.1).</summary>
internal sealed class FramePositions
{
    private const int FirstCapacity = 64;

    // A ring once it is full. Until then it grows, so that a small message takes little memory.
    private long[] _offsets = new long[FirstCapacity];
    private long _count;

    /// <summary>Adds the next content section.</summary>
    /// <param name="offset">The offset of its frame header in the message.</param>
    public void Add(long offset)
    {
        if (_count == _offsets.Length && _offsets.Length < FormatLimits.MaxRepeatDistance)
        {
            Array.Resize(ref _offsets, Math.Min(_offsets.Length * 2, FormatLimits.MaxRepeatDistance));
        }

        _offsets[_count++ % _offsets.Length] = offset;
    }

    /// <summary>The offset of the content section that is this many before the next one.</summary>
    /// <param name="distance">1 to <see cref="FormatLimits.MaxRepeatDistance"/>.</param>
    /// <param name="offset">The offset of its frame header.</param>
    /// <returns>False if there is none.</returns>
    public bool TryFind(long distance, out long offset)
    {
        bool exists = distance <= _count;
        offset = exists ? _offsets[(_count - distance) % _offsets.Length] : 0;
        return exists;
    }
}

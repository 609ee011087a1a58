namespace BinarySync.Sync.Tests.FakeDisk;

/// <summary>A set of bytes as ascending ranges that do not touch: the holes of a file, for instance.</summary>
public sealed class ByteRanges
{
    private List<(long Offset, long End)> _ranges = [];

    public bool IsEmpty => _ranges.Count == 0;

    public IReadOnlyList<(long Offset, long End)> Ranges => _ranges;

    /// <summary>Bytes in all ranges.</summary>
    public long TotalLength => _ranges.Sum(range => range.End - range.Offset);

    public void Add(long offset, long end)
    {
        if (offset >= end)
        {
            return;
        }

        List<(long Offset, long End)> result = [];
        foreach ((long first, long last) in _ranges)
        {
            if (last < offset || first > end)
            {
                result.Add((first, last));
            }
            else
            {
                offset = Math.Min(offset, first);
                end = Math.Max(end, last);
            }
        }

        result.Add((offset, end));
        result.Sort();
        _ranges = result;
    }

    public void Remove(long offset, long end)
    {
        if (offset >= end || !_ranges.Exists(range => range.Offset < end && range.End > offset))
        {
            return;
        }

        List<(long Offset, long End)> result = [];
        foreach ((long first, long last) in _ranges)
        {
            if (first < Math.Min(last, offset))
            {
                result.Add((first, Math.Min(last, offset)));
            }

            if (Math.Max(first, end) < last)
            {
                result.Add((Math.Max(first, end), last));
            }
        }

        _ranges = result;
    }

    /// <summary>The stretch from an offset to where membership changes, at most to <paramref name="limit"/>.</summary>
    public (long End, bool IsInside) StretchAt(long offset, long limit)
    {
        foreach ((long first, long last) in _ranges)
        {
            if (first > offset)
            {
                return (Math.Min(first, limit), false);
            }

            if (last > offset)
            {
                return (Math.Min(last, limit), true);
            }
        }

        return (limit, false);
    }

    /// <summary>Bytes of the range that are in the set.</summary>
    public long CountInside(long offset, long end) =>
        _ranges.Sum(range => Math.Max(0, Math.Min(range.End, end) - Math.Max(range.Offset, offset)));

    public ByteRanges Copy() => new() { _ranges = [.. _ranges] };
}

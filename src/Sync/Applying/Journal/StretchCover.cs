namespace BinarySync.Sync.Applying.Journal;

/// <summary>A few stretches that together cover many, in a fixed amount of room: used for the journal.</summary>
internal sealed class StretchCover
{
    private const int Most = 1024;
    private const int Few = 64;

    private List<ByteRange> _ranges = [];

    /// <summary>Stretches that cover all that was added.</summary>
    public IEnumerable<ByteRange> Ranges => _ranges;

    /// <summary>Adds a stretch, in any order, ideally ascending.</summary>
    public void Add(ByteRange range)
    {
        if (_ranges.Count > 0 && _ranges[^1].End == range.Offset)
        {
            _ranges[^1] = _ranges[^1] with { End = range.End };
            return;
        }

        _ranges.Add(range);
        if (_ranges.Count > Most)
        {
            _ranges = [.. JournalRecord.Join(_ranges, Few)];
        }
    }
}

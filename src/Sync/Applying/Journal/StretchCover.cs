namespace BinarySync.Sync.Applying.Journal;

/// <summary>Few stretches that together cover many, in a fixed room: what a journal can say of them.</summary>
internal sealed class StretchCover
{
    private const int Most = 1024;
    private const int Few = 64;

    private List<ByteRange> _ranges = [];

    /// <summary>What covers all that was added.</summary>
    public IEnumerable<ByteRange> Ranges => _ranges;

    /// <summary>Adds a stretch; any order, and best ascending.</summary>
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

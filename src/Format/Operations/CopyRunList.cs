using System.Collections;

namespace BinarySync.Format;

/// <summary>
/// The copies of a message, in the order in which they were added. Grows by pages: a list that doubles its array would need up to three
/// times the memory, and leave the old arrays to be collected. At most <see cref="FormatLimits.MaxCopies"/>: the reader ensures that.
/// </summary>
internal sealed class CopyRunList : IReadOnlyList<CopyRun>
{
    private const int PageBits = 10;
    private const int PageLength = 1 << PageBits;

    private readonly List<CopyRun[]> _pages = [];

    public int Count { get; private set; }

    public CopyRun this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return _pages[index >> PageBits][index & (PageLength - 1)];
        }
    }

    /// <summary>Adds a copy at the end.</summary>
    public void Add(CopyRun run)
    {
        int at = Count & (PageLength - 1);
        if (at == 0)
        {
            _pages.Add(new CopyRun[PageLength]);
        }

        _pages[^1][at] = run;
        Count++;
    }

    public IEnumerator<CopyRun> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

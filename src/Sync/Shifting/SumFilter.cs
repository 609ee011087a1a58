using System.Numerics;

namespace BinarySync.Sync.Shifting;

/// <summary>
/// Says of most sums that they are not in the table, from memory so small that it stays in the processor's cache: each sum of the table
/// sets two bits of one word. Which other sums it lets through does not matter, for the table is asked for them.
/// </summary>
internal sealed class SumFilter
{
    private const int BitsOfSum = 16;
    private const int WordBits = 6;
    private const int MostWords = (2 << 20) / sizeof(ulong);

    private readonly ulong _spread = (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue) | 1;
    private readonly ulong[] _words;
    private readonly int _shift;

    /// <summary>Makes one for these sums.</summary>
    /// <param name="sums">Any number of them.</param>
    /// <param name="count">How many.</param>
    public SumFilter(IEnumerable<uint> sums, long count)
    {
        int words = (int)Math.Min(BitOperations.RoundUpToPowerOf2((ulong)Math.Max(2, (count * BitsOfSum) >> WordBits)), MostWords);
        _words = new ulong[words];
        _shift = 64 - BitOperations.Log2((uint)words);
        foreach (uint sum in sums)
        {
            ulong spread = sum * _spread;
            _words[spread >> _shift] |= MaskOf(spread);
        }
    }

    /// <summary>The index of the first sum, from one on, that may be in the table; else their number.</summary>
    public int Next(ReadOnlySpan<uint> sums, int from)
    {
        ulong[] words = _words;
        ulong by = _spread;
        int shift = _shift;

        // Four at once: the processor looks them up side by side, and the branch is hardly ever taken.
        for (; from + 4 <= sums.Length; from += 4)
        {
            ReadOnlySpan<uint> four = sums.Slice(from, 4);
            ulong a = four[0] * by;
            ulong b = four[1] * by;
            ulong c = four[2] * by;
            ulong d = four[3] * by;
            if (Hit(words[a >> shift], a) | Hit(words[b >> shift], b) | Hit(words[c >> shift], c) | Hit(words[d >> shift], d))
            {
                break;
            }
        }

        while (from < sums.Length && sums[from] * by is var spread && !Hit(words[spread >> shift], spread))
        {
            from++;
        }

        return from;
    }

    private static bool Hit(ulong word, ulong spread) => ((word >> (int)(spread >> 34)) & (word >> (int)(spread >> 28)) & 1) != 0;

    private static ulong MaskOf(ulong spread) => (1UL << (int)(spread >> 34)) | (1UL << (int)(spread >> 28));
}

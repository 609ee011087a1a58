using System.Numerics;

namespace BinarySync.Sync.Shifting;

/// <summary>
/// Says of most rolling sums that they are none of those it was made of, from memory so small that it stays in the processor's cache: each
/// of those sums sets two bits of one word. It lets through some others too: the caller looks all of them up elsewhere.
/// </summary>
internal sealed class SumFilter
{
    private const int BitsOfSum = 16;
    private const int MostWordBits = 19;

    // Bits of a number of a bit in a word.
    private const int BitBits = 5;

    // The high bits of a product depend on all bits of a sum. Random, so that nobody can make sums that all fall on the same word.
    private readonly uint _spread = (uint)Random.Shared.NextInt64() | 1;
    private readonly uint[] _words;
    private readonly int _wordShift;
    private readonly int _firstShift;
    private readonly int _secondShift;

    /// <summary>Makes one of these sums.</summary>
    /// <param name="sums">Any number of them.</param>
    /// <param name="count">How many.</param>
    public SumFilter(IEnumerable<uint> sums, long count)
    {
        ulong words = BitOperations.RoundUpToPowerOf2((ulong)Math.Max(2, count * BitsOfSum / (1 << BitBits)));
        int wordBits = Math.Min(BitOperations.Log2(words), MostWordBits);
        _words = new uint[1 << wordBits];
        _wordShift = (sizeof(uint) * 8) - wordBits;
        _firstShift = _wordShift - BitBits;
        _secondShift = _firstShift - BitBits;
        foreach (uint sum in sums)
        {
            uint spread = sum * _spread;
            _words[spread >> _wordShift] |= (1u << (int)(spread >> _firstShift)) | (1u << (int)(spread >> _secondShift));
        }
    }

    /// <summary>Finds the sums that may be among those it was made of.</summary>
    /// <param name="sums">Any.</param>
    /// <param name="found">Gets their indices, ascending; as long as <paramref name="sums"/>.</param>
    /// <returns>How many.</returns>
    public int Select(ReadOnlySpan<uint> sums, Span<int> found)
    {
        found = found[..sums.Length];
        int count = 0;
        for (int i = 0; i < sums.Length; i++)
        {
            uint spread = sums[i] * _spread;
            uint word = _words[spread >> _wordShift];

            // Always written: a sum that is let through is rare, and a branch for each one would cost more.
            found[count] = i;
            count += (int)((word >> (int)(spread >> _firstShift)) & (word >> (int)(spread >> _secondShift)) & 1);
        }

        return count;
    }
}

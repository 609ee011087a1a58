using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BinarySync.Format;

/// <summary>
/// A cheap check of a frame before a thorough encoder gets it: content that was compressed or encrypted before costs such an encoder the
/// most time and does not shrink.
/// </summary>
internal static class Compressibility
{
    /// <summary>Bits a byte, of at most 8. Above it, an encoder of single bytes would save less than a percent.</summary>
    private const double HighEntropy = 7.95;

    private const int SampleLength = sizeof(ulong);
    private const int TableBits = 14;
    private const int TableLength = 1 << TableBits;

    // A repetition of n bytes shows in n / interval samples, more or less. This many mean that about 1% of the frame is repeated.
    private const int SamplesExpected = TableLength / 2;
    private const int RepetitionsThatPay = SamplesExpected / 100;

    /// <summary>
    /// False if neither the frequencies of its bytes nor repetitions at any distance promise to save more than about a percent. Costs about
    /// 1.5 ms for 1 MiB. Depends on the content only.
    /// </summary>
    public static bool MayShrink(ReadOnlySpan<byte> raw) => raw.Length < 256 || Entropy(raw) < HighEntropy || HasRepetitions(raw);

    /// <summary>Shannon's entropy of the single bytes, in bits a byte.</summary>
    private static double Entropy(ReadOnlySpan<byte> raw)
    {
        // Four counters for each byte value: a single one would wait for itself if a value comes twice in a row.
        Span<int> counts = stackalloc int[4 * 256];
        counts.Clear();
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(raw);
        foreach (uint word in words)
        {
            counts[(byte)word]++;
            counts[256 + (byte)(word >> 8)]++;
            counts[512 + (byte)(word >> 16)]++;
            counts[768 + (int)(word >> 24)]++;
        }

        int total = words.Length * sizeof(uint);
        double bits = 0;
        for (int value = 0; value < 256; value++)
        {
            int count = counts[value] + counts[256 + value] + counts[512 + value] + counts[768 + value];
            if (count > 0)
            {
                bits -= count * Math.Log2((double)count / total);
            }
        }

        return bits / total;
    }

    // The content itself decides which places are sampled, so that a repetition is seen at any distance: LZ4 looks 64 KiB back, Brotli over
    // the whole frame.
    private static bool HasRepetitions(ReadOnlySpan<byte> raw)
    {
        ulong rare = ulong.MaxValue / (uint)raw.Length * SamplesExpected;
        ulong[] seen = ArrayPool<ulong>.Shared.Rent(TableLength);
        try
        {
            Array.Clear(seen, 0, TableLength);
            ref byte start = ref MemoryMarshal.GetReference(raw);
            int repetitions = 0;
            for (int at = 0; at <= raw.Length - SampleLength; at++)
            {
                ulong sample = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at));
                ulong hash = sample * 0x9E3779B97F4A7C15;
                if (hash > rare)
                {
                    continue;
                }

                // The upper bits of the sampled hashes are alike.
                ref ulong last = ref seen[(int)(hash >> 16) & (TableLength - 1)];
                if (last == sample && ++repetitions > RepetitionsThatPay)
                {
                    return true;
                }

                last = sample;
            }

            return false;
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(seen);
        }
    }
}

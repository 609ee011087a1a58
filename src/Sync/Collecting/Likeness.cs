using System.Buffers.Binary;

namespace BinarySync.Sync.Collecting;

/// <summary>
/// Says in a fraction of an encoder's time whether two contents may have anything in common, at whatever places: blocks that got another
/// file's content have nothing of their old one. Only samples are compared, chosen by what they are. Not safe from several threads.
/// </summary>
internal sealed class Likeness
{
    private const int SampleLength = sizeof(ulong);

    // One place in 128 is a sample, whatever is around it.
    private const int SampleBits = 7;

    // A table of so many bits: with the samples of 4 MiB, a bit in 32 is set.
    private const int TableBits = 20;

    // A sixteenth of the samples: a frame has to become an eighth smaller.
    private const int LeastShare = 16;

    private const int Few = 64;

    private readonly ulong[] _table = new ulong[1 << (TableBits - 6)];

    /// <summary>True if they may have something in common, or are too short to say.</summary>
    public bool MayShare(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        Array.Clear(_table);
        for (int at = 0; at <= other.Length - SampleLength; at++)
        {
            if (TrySample(other[at..], out uint sample))
            {
                _table[sample >> 6] |= 1UL << (int)(sample & 63);
            }
        }

        int samples = 0;
        int shared = 0;
        for (int at = 0; at <= one.Length - SampleLength; at++)
        {
            if (TrySample(one[at..], out uint sample))
            {
                samples++;
                shared += (int)(_table[sample >> 6] >> (int)(sample & 63) & 1);
            }
        }

        return samples < Few || shared >= samples / LeastShare;
    }

    // Zeros are everywhere, and say nothing.
    private static bool TrySample(ReadOnlySpan<byte> bytes, out uint sample)
    {
        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        ulong mixed = value * 0x9E37_79B9_7F4A_7C15;
        sample = (uint)(mixed >> (64 - SampleBits - TableBits)) & ((1 << TableBits) - 1);
        return mixed >> (64 - SampleBits) == 0 && value != 0;
    }
}

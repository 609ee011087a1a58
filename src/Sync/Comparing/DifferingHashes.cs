namespace BinarySync.Sync.Comparing;

/// <summary>Finds where two lists of hashes differ: the one loop that compares hashes of blocks.</summary>
internal static class DifferingHashes
{
    /// <summary>The next run of hashes that differ; false if there is none.</summary>
    /// <param name="one">Hashes, one after the other.</param>
    /// <param name="other">At least as many.</param>
    /// <param name="hashLength">Bytes of a hash.</param>
    /// <param name="from">The first hash to compare: 0, or the end of the previous run.</param>
    /// <param name="first">The number of the first hash that differs.</param>
    /// <param name="end">The number of the first hash after it that does not differ.</param>
    public static bool Next(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other, int hashLength, int from, out int first, out int end)
    {
        int count = one.Length / hashLength;
        first = from + (one[(from * hashLength)..].CommonPrefixLength(other[(from * hashLength)..]) / hashLength);
        end = first;
        while (end < count && !one.Slice(end * hashLength, hashLength).SequenceEqual(other.Slice(end * hashLength, hashLength)))
        {
            end++;
        }

        return first < count;
    }
}

namespace BinarySync.Format;

/// <summary>Ranges as a flat array of gaps and counts, and back (Format.md 4.2).</summary>
internal static class RangesEncoding
{
    public static void Write(CanonicalWriter writer, BlockCoverage coverage)
    {
        writer.WriteArrayHeader(coverage.Ranges.Length * 2);
        long end = 0;
        foreach (BlockRun range in coverage.Ranges)
        {
            writer.WriteUnsigned((ulong)(range.First - end));
            writer.WriteUnsigned(range.IsOpenEnded ? 0 : (ulong)range.Count);
            end = range.End;
        }
    }

    /// <summary>Reads ranges that ascend and do not touch.</summary>
    /// <param name="openEnd">The last one may go to the end of a target whose size is not known.</param>
    public static BlockCoverage Read(ref CanonicalReader reader, string key, bool openEnd)
    {
        long at = reader.Offset;
        int count = reader.ReadArrayHeader(key);
        if (count % 2 != 0 || count / 2 > FormatLimits.MaxRanges)
        {
            throw reader.Invalid(at, key, $"has {count} numbers: not pairs, or more than {FormatLimits.MaxRanges} of them");
        }

        BlockRun[] ranges = new BlockRun[count / 2];
        long end = 0;
        for (int i = 0; i < ranges.Length; i++)
        {
            at = reader.Offset;

            // No range ends after the largest size. Only subtractions are used, so that no sum of numbers from the file can overflow.
            long gap = reader.ReadUnsigned(key, FormatLimits.MaxSize);
            long blocks = reader.ReadUnsigned(key, FormatLimits.MaxSize);
            bool toTheEnd = blocks == 0 && openEnd && i == ranges.Length - 1;
            if ((i > 0 && gap == 0)
                || (blocks == 0 && !toTheEnd)
                || gap > FormatLimits.MaxSize - end
                || blocks > FormatLimits.MaxSize - end - gap
                || (toTheEnd && gap == FormatLimits.MaxSize - end))
            {
                throw reader.Invalid(at, key, $"has a range that is empty, touches the one before it or is out of bounds (number {i + 1})");
            }

            long first = end + gap;
            ranges[i] = toTheEnd ? BlockRun.From(first) : new BlockRun(first, blocks);
            end = ranges[i].End;
        }

        return BlockCoverage.OfMaximal(ranges);
    }

    /// <summary>The fault of the ranges of a data request, or of the parent of a message, or null.</summary>
    public static string? FaultOfCompared(SyncGeometry geometry)
    {
        BlockCoverage coverage = geometry.Coverage;
        if (coverage.IsWhole)
        {
            return null;
        }

        if (!coverage.ClipTo(geometry.BlockCount).Equals(coverage) || coverage.IsEmpty)
        {
            return $"go past the {geometry.BlockCount} blocks of the target, spell out all of them, or cover nothing";
        }

        return !geometry.ResizesTarget && coverage.Overlaps(geometry.Tail)
            ? "cover a part of the tail by which the sizes differ, but not all of it"
            : null;
    }
}

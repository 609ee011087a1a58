namespace BinarySync.Format.Tests.Checksums;

/// <summary>Rolling sums in checksum files (Format.md 6.1): where they are, and that both ways of reading give them.</summary>
public class RollingSumsTests
{
    private const int Window = FormatLimits.ChecksumWindowBlocks;

    [Fact]
    public void Each_section_with_data_is_followed_by_its_sums()
    {
        // Data up to the end of the window; then data and zeros, which go on; then the last block.
        byte[] file = Write((3 * Window) + 1, sums: true, (Window + 2, false), ((2 * Window) - 2, true), (1, false));
        MessageReader message = new(new MemoryStream(file), Refusal.Source);
        List<(SectionType Type, int Length, int Flags)> sections = [];
        while (message.ReadSection())
        {
            sections.Add((
                message.Section.Type,
                message.Section.Type == SectionType.RollingSums ? message.Payload.Length : 0,
                message.Section.Flags));
        }

        Assert.Equal(1, message.Minor);
        Assert.Equal(
            [
                (SectionType.Checksums, 0, 0), (SectionType.RollingSums, Window * 4, 1),
                (SectionType.Checksums, 0, 0), (SectionType.RollingSums, 2 * 4, 1),
                (SectionType.Checksums, 0, 0), (SectionType.RollingSums, 4, 1),
            ],
            sections);
    }

    [Fact]
    public void Runs_and_whole_sections_have_the_same_sums()
    {
        byte[] file = Write(Window + 40, sums: true, (5, true), (Window, false), (20, true), (15, false));
        List<uint> ofRuns = [];
        using (ChecksumFileReader reader = new(new MemoryStream(file), Refusal.Source))
        {
            while (reader.ReadRun(out ChecksumRun run))
            {
                ofRuns.AddRange(SumsOf(run));
            }
        }

        Assert.Equal([.. Blocks(5, Window), .. Blocks(Window + 25, 15)], ofRuns);
        List<uint> ofSections = [];
        using (ChecksumFileReader reader = new(new MemoryStream(file), Refusal.Source))
        {
            ChecksumSection section = new();
            while (reader.ReadSection(section))
            {
                ofSections.AddRange(section.Runs.SelectMany(SumsOf));
            }
        }

        Assert.Equal(ofRuns, ofSections);
    }

    [Fact]
    public void A_file_with_sums_differs_only_by_them()
    {
        byte[] plain = Write(40, sums: false, (40, false));
        byte[] with = Write(40, sums: true, (40, false));
        using ChecksumFileReader one = new(new MemoryStream(plain), Refusal.Source);
        using ChecksumFileReader other = new(new MemoryStream(with), Refusal.Source);
        Assert.True(one.ReadRun(out ChecksumRun a) && other.ReadRun(out ChecksumRun b) && a.Hashes.Span.SequenceEqual(b.Hashes.Span));
        Assert.True(a.Sums.IsEmpty);
        Assert.False(one.ReadRun(out _) || other.ReadRun(out _));
        Assert.Equal(one.Trailer.Root.ToArray(), other.Trailer.Root.ToArray());
        Assert.Equal((1L, 2L), (one.Trailer.Sections, other.Trailer.Sections));
        Assert.Equal(0, plain[Preamble.MinorOffset]);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 3)]
    [InlineData(false, 4)]
    public void The_writer_takes_one_sum_a_block_or_none(bool hasSums, int length)
    {
        using ChecksumFileWriter writer = new(
            new MemoryStream(), new ChecksumFileHeader { BlockSize = 512, Hash = BlockHash.Xxh3, Size = 512, HasRollingSums = hasSums });
        Assert.Throws<ArgumentException>(() => writer.AddData(new BlockRun(0, 1), new byte[8], new byte[length]));
    }

    private static IEnumerable<uint> Blocks(long first, long count)
    {
        for (long block = first; block < first + count; block++)
        {
            yield return (uint)block * 3;
        }
    }

    private static List<uint> SumsOf(ChecksumRun run) =>
        [.. run.Sums.ToArray().Chunk(RollingSum.Length).Select(bytes => BitConverter.ToUInt32(bytes))];

    // The hash and the sum of a block tell its number.
    private static byte[] Write(int blocks, bool sums, params (int Count, bool IsZero)[] runs)
    {
        using MemoryStream output = new();
        using ChecksumFileWriter writer = new(
            output, new ChecksumFileHeader { BlockSize = 512, Hash = BlockHash.Xxh3, Size = blocks * 512L, HasRollingSums = sums });
        long next = 0;
        foreach ((int count, bool isZero) in runs)
        {
            BlockRun run = new(next, count);
            if (isZero)
            {
                writer.AddZeros(run);
            }
            else
            {
                byte[] hashes = new byte[count * 8];
                byte[] values = new byte[sums ? count * RollingSum.Length : 0];
                foreach ((uint sum, int i) in Blocks(next, count).Select((sum, i) => (sum, i)))
                {
                    BitConverter.TryWriteBytes(hashes.AsSpan(i * 8), (ulong)sum);
                    if (sums)
                    {
                        BitConverter.TryWriteBytes(values.AsSpan(i * RollingSum.Length), sum);
                    }
                }

                writer.AddData(run, hashes, values);
            }

            next += count;
        }

        writer.Finish();
        return output.ToArray();
    }
}

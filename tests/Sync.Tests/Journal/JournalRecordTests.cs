using System.Buffers.Binary;
using BinarySync.Sync.Applying.Journal;

namespace BinarySync.Sync.Tests.Journal;

/// <summary>The record of a journal: what is written is read, and what is torn or damaged is not believed.</summary>
public sealed class JournalRecordTests
{
    private const int HashLength = 16;
    private const int VersionAt = 8;

    [Fact]
    public void What_is_written_is_read()
    {
        Random random = new(1);
        for (int i = 0; i < 500; i++)
        {
            JournalRecord record = AnyRecord(random, i);

            Assert.Equal(JournalContent.Valid, JournalRecord.TryDecode(record.ToFile(), out JournalRecord? read));

            AssertSame(record, read!);
            Assert.Equal(JournalRecord.FileLength, record.ToFile().Length);
        }
    }

    [Fact]
    public void A_torn_record_leaves_the_one_before_it()
    {
        Random random = new(2);
        for (int i = 0; i < 40; i++)
        {
            JournalRecord before = AnyRecord(random, 6 + i);
            JournalRecord last = AnyRecord(random, 7 + i);
            byte[] file = Both(before, AnyRecord(random, 5 + i));
            byte[] bytes = last.Encode();
            int sectors = (bytes.Length + 511) / 512;
            for (int written = 0; written < 1 << sectors; written++)
            {
                byte[] torn = [.. file];
                for (int sector = 0; sector < sectors; sector++)
                {
                    if ((written >> sector & 1) != 0)
                    {
                        Span<byte> part = bytes.AsSpan(sector * 512, Math.Min(512, bytes.Length - (sector * 512)));
                        part.CopyTo(torn.AsSpan((int)last.OffsetInFile + (sector * 512)));
                    }
                }

                Assert.Equal(JournalContent.Valid, JournalRecord.TryDecode(torn, out JournalRecord? read));
                AssertSame(written == (1 << sectors) - 1 ? last : before, read!);
            }
        }
    }

    [Fact]
    public void A_record_with_any_bit_turned_is_not_believed()
    {
        Random random = new(3);
        JournalRecord before = AnyRecord(random, 4);
        JournalRecord last = AnyRecord(random, 5);
        byte[] both = Both(before, last);
        byte[] alone = last.ToFile();
        int length = last.Encode().Length;
        for (int at = 0; at < length; at++)
        {
            int place = (int)last.OffsetInFile + at;

            Assert.Equal(JournalContent.Valid, JournalRecord.TryDecode(Flipped(both, place, random), out JournalRecord? read));
            AssertSame(before, read!);
            Assert.Equal(JournalContent.Damaged, JournalRecord.TryDecode(Flipped(alone, place, random), out _));
        }
    }

    [Fact]
    public void A_file_that_is_cut_short_is_damaged_or_has_the_other_record()
    {
        Random random = new(4);
        JournalRecord first = AnyRecord(random, 4);
        JournalRecord second = AnyRecord(random, 5);
        byte[] both = Both(first, second);
        for (int length = 0; length <= both.Length; length++)
        {
            JournalContent content = JournalRecord.TryDecode(both.AsSpan(0, length), out JournalRecord? read);

            bool hasFirst = length >= first.Encode().Length;
            bool hasSecond = length >= second.OffsetInFile + second.Encode().Length;
            Assert.Equal(hasFirst ? JournalContent.Valid : JournalContent.Damaged, content);
            if (hasFirst)
            {
                AssertSame(hasSecond ? second : first, read!);
            }
        }
    }

    [Fact]
    public void A_record_of_a_newer_program_is_not_passed_over_for_an_older_one()
    {
        Random random = new(5);
        byte[] both = Both(AnyRecord(random, 4), AnyRecord(random, 5));
        byte[] newer = AnyRecord(random, 5).Encode();
        BinaryPrimitives.WriteUInt16LittleEndian(newer.AsSpan(VersionAt), 4);
        Seal(newer);
        both.AsSpan(JournalRecord.FileLength / 2).Clear();
        newer.CopyTo(both.AsSpan(JournalRecord.FileLength / 2));

        Assert.Equal(JournalContent.Newer, JournalRecord.TryDecode(both, out _));
    }

    [Theory]
    [InlineData(12, -1L)] // sequence
    [InlineData(54, -1L)] // doubt from
    [InlineData(62, -1L)] // base size
    [InlineData(70, long.MaxValue)] // target size
    [InlineData(94, -512L)] // first window
    [InlineData(102, 0L)] // its end
    public void A_number_that_cannot_be_is_damage_even_where_the_checksum_is_right(int at, long value)
    {
        JournalRecord record = AnyRecord(new Random(6), 4) with { Windows = [new ByteRange(512, 1024)] };
        byte[] bytes = record.Encode();
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), value);
        Seal(bytes);
        byte[] file = new byte[JournalRecord.FileLength];
        bytes.CopyTo(file, 0);

        Assert.Equal(JournalContent.Damaged, JournalRecord.TryDecode(file, out _));
    }

    [Fact]
    public void Texts_of_any_length_fit()
    {
        JournalRecord record = AnyRecord(new Random(7), 3) with { Target = new string('t', 5000), Patch = new string('ü', 5000) };

        Assert.Equal(JournalContent.Valid, JournalRecord.TryDecode(record.ToFile(), out JournalRecord? read));

        Assert.Equal((1024, 512), (read!.Target.Length, read.Patch.Length));
    }

    [Fact]
    public void Too_many_ranges_are_joined_where_they_lie_nearest()
    {
        ByteRange[] ranges = [
            .. Enumerable.Range(0, 10).Select(i => new ByteRange(i * 1000, (i * 1000) + 100)),
            new ByteRange(4150, 4200),
            new ByteRange(50, 60),
            new ByteRange(7, 7)];

        IReadOnlyList<ByteRange> joined = JournalRecord.Join(ranges);

        Assert.Equal(JournalRecord.MaxWindows, joined.Count);
        Assert.Contains(joined, range => range.Offset <= 4000 && range.End >= 4200);
        Assert.All(
            ranges.Where(range => range.Offset < range.End),
            range => Assert.Contains(joined, all => all.Offset <= range.Offset && all.End >= range.End));
    }

    [Fact]
    public void Joining_closes_the_smallest_gap_again_and_again()
    {
        Random random = new(11);
        for (int i = 0; i < 300; i++)
        {
            List<ByteRange> ranges = [];
            long end = 0;
            for (int count = random.Next(1, 40); count > 0; count--)
            {
                long offset = end + random.Next(1, 6);
                end = offset + random.Next(1, 4);
                ranges.Add(new ByteRange(offset, end));
            }

            List<ByteRange> expected = [.. ranges];
            while (expected.Count > JournalRecord.MaxWindows)
            {
                int at = Enumerable.Range(0, expected.Count - 1).MinBy(gap => expected[gap + 1].Offset - expected[gap].End);
                expected[at] = expected[at] with { End = expected[at + 1].End };
                expected.RemoveAt(at + 1);
            }

            Assert.Equal(expected, JournalRecord.Join(ranges));
        }
    }

    private static byte[] Both(JournalRecord one, JournalRecord other)
    {
        byte[] file = one.ToFile();
        other.Encode().CopyTo(file, (int)other.OffsetInFile);
        return file;
    }

    private static byte[] Flipped(byte[] bytes, int at, Random random)
    {
        byte[] flipped = [.. bytes];
        flipped[at] ^= (byte)(1 << random.Next(8));
        return flipped;
    }

    private static void Seal(byte[] record) =>
        BlockHash.Xxh128.Hash(record.AsSpan(0, record.Length - HashLength), record.AsSpan(record.Length - HashLength));

    private static JournalRecord AnyRecord(Random random, long sequence)
    {
        byte[] session = new byte[16];
        byte[] other = new byte[16];
        random.NextBytes(session);
        random.NextBytes(other);
        byte[] redo = new byte[16];
        random.NextBytes(redo);
        return new JournalRecord
        {
            Sequence = sequence,
            Session = session,
            Other = random.Next(2) == 0 ? null : other,
            IsFinished = random.Next(3) == 0,
            TailWasZero = random.Next(2) == 0,
            Windows = JournalRecord.Join(
                Enumerable.Range(0, random.Next(12)).Select(_ => new ByteRange(random.Next(1000) * 512L, random.Next(1000) * 512L))),
            DoubtFrom = random.Next(3) switch
            {
                0 => JournalRecord.NoDoubt,
                1 => 0,
                _ => random.NextInt64(FormatLimits.MaxSize),
            },
            Redo = random.Next(2) == 0 ? null : (ReadOnlyMemory<byte>?)redo,
            BaseSize = random.NextInt64(FormatLimits.MaxSize),
            TargetSize = random.NextInt64(FormatLimits.MaxSize),
            Target = "file:" + new string('x', random.Next(900)),
            Patch = "größer.dtf",
        };
    }

    private static void AssertSame(JournalRecord expected, JournalRecord actual) => Assert.Equal(expected.Encode(), actual.Encode());
}

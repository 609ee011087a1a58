namespace BinarySync.Format.Tests.Checksums;

/// <summary>The payload of checksums sections against bytes written down here (Format.md 6), and where sections end.</summary>
public class ChecksumFileTests
{
    private const int Window = FormatLimits.ChecksumWindowBlocks;

    [Fact]
    public void A_section_of_three_runs()
    {
        List<byte[]> payloads = Payloads(1792, BlockCoverage.Whole, writer =>
        {
            writer.AddData(new BlockRun(0, 1), Hex.Bytes("A0 A1 A2 A3 A4 A5 A6 A7"));
            writer.AddZeros(new BlockRun(1, 1));
            writer.AddData(new BlockRun(2, 2), Hex.Bytes("B0 B1 B2 B3 B4 B5 B6 B7 C0 C1 C2 C3 C4 C5 C6 C7"));
        });
        Assert.Equal(Hex.Text(Hex.Bytes(
            """
            00 00 00 00 00 00 00 00   # first block: 0
            03 00 00 00               # 3 runs
            02                        # 1 x 2 + 0: 1 block of data
            03                        # 1 x 2 + 1: 1 block of zeros
            04                        # 2 x 2 + 0: 2 blocks of data
            A0 A1 A2 A3 A4 A5 A6 A7   # hash of block 0
            B0 B1 B2 B3 B4 B5 B6 B7   # hash of block 2
            C0 C1 C2 C3 C4 C5 C6 C7   # hash of block 3, which is short
            """)), Hex.Text(Assert.Single(payloads)));
    }

    [Fact]
    public void A_huge_run_of_zeros_is_one_section_of_a_few_bytes()
    {
        List<byte[]> payloads = Payloads(1L << 62, BlockCoverage.Whole, writer => writer.AddZeros(new BlockRun(0, 1L << 53)));
        Assert.Equal(Hex.Text(Hex.Bytes(
            """
            00 00 00 00 00 00 00 00   # first block: 0
            01 00 00 00               # 1 run
            81 80 80 80 80 80 80 20   # 2^53 x 2 + 1
            """)), Hex.Text(Assert.Single(payloads)));
    }

    [Fact]
    public void Data_is_cut_at_multiples_of_the_window()
    {
        List<byte[]> payloads = Payloads(
            (Window + 1) * 512L, BlockCoverage.Whole, writer => writer.AddData(new BlockRun(0, Window + 1), new byte[(Window + 1) * 8]));
        Assert.Equal(2, payloads.Count);
        Assert.Equal(
            Hex.Bytes("00 00 00 00 00 00 00 00  01 00 00 00  80 80 04  # from block 0 on 32,768 blocks of data"), payloads[0][..15]);
        Assert.Equal(
            Hex.Bytes("00 80 00 00 00 00 00 00  01 00 00 00  02        # from block 32,768 on 1 block of data"), payloads[1][..13]);
    }

    [Theory]
    // Zeros that cross the window go on; data after them begins a section.
    [InlineData("d10 z40000 d5", "0:d10 z40000|40010:d5")]
    // Zeros that begin with a window after data begin a section.
    [InlineData("d32768 z5", "0:d32768|32768:z5")]
    [InlineData("d32768 d5", "0:d32768|32768:d5")]
    // A section that began in the window before is closed at the first data in the next.
    [InlineData("z32767 d3", "0:z32767 d1|32768:d2")]
    [InlineData("z32768 d3 z70000 d1", "0:z32768|32768:d3 z70000|102771:d1")]
    [InlineData("z10 d1 z10 d1", "0:z10 d1 z10 d1")]
    public void Sections_end_where_the_specification_says(string runs, string expected)
    {
        (long Count, bool IsZero)[] parsed = [.. runs.Split(' ').Select(run => (long.Parse(run[1..]), run[0] == 'z'))];
        List<byte[]> payloads = Payloads(parsed.Sum(run => run.Count) * 512, BlockCoverage.Whole, writer =>
        {
            long next = 0;
            foreach ((long count, bool isZero) in parsed)
            {
                if (isZero)
                {
                    writer.AddZeros(new BlockRun(next, count));
                }
                else
                {
                    writer.AddData(new BlockRun(next, count), new byte[count * 8]);
                }

                next += count;
            }
        });
        Assert.Equal(expected, string.Join('|', payloads.Select(Describe)));
    }

    [Fact]
    public void A_range_ends_its_section()
    {
        BlockCoverage coverage = BlockCoverage.Of([new BlockRun(1, 2), new BlockRun(4, 1)]);
        List<byte[]> payloads = Payloads(4096, coverage, writer =>
        {
            writer.AddZeros(new BlockRun(1, 2));
            writer.AddZeros(new BlockRun(4, 1));
        });
        Assert.Equal("1:z2|4:z1", string.Join('|', payloads.Select(Describe)));
    }

    [Fact]
    public void Pieces_without_blocks_change_nothing()
    {
        List<byte[]> plain = Payloads(4 * 512, BlockCoverage.Whole, writer => writer.AddData(new BlockRun(0, 4), new byte[32]));
        List<byte[]> withEmpty = Payloads(4 * 512, BlockCoverage.Whole, writer =>
        {
            writer.AddZeros(new BlockRun(0, 0));
            writer.AddData(new BlockRun(0, 2), new byte[16]);
            writer.AddZeros(new BlockRun(2, 0));
            writer.AddData(new BlockRun(2, 0), []);
            writer.AddData(new BlockRun(2, 2), new byte[16]);
            writer.AddZeros(new BlockRun(4, 0));
        });
        Assert.Equal(plain.Select(p => Hex.Text(p)), withEmpty.Select(p => Hex.Text(p)));
    }

    private static string Describe(byte[] payload)
    {
        int position = 12;
        List<string> runs = [];
        for (int i = BitConverter.ToInt32(payload, 8); i > 0; i--)
        {
            Assert.True(Varint.TryRead(payload, ref position, out long coded));
            runs.Add($"{(coded % 2 == 1 ? 'z' : 'd')}{coded / 2}");
        }

        return $"{BitConverter.ToInt64(payload)}:{string.Join(' ', runs)}";
    }

    /// <summary>The payloads of the sections; the message as a whole is read back too.</summary>
    private static List<byte[]> Payloads(long size, BlockCoverage coverage, Action<ChecksumFileWriter> write)
    {
        using MemoryStream output = new();
        using (
            ChecksumFileWriter writer = new(
                output, new ChecksumFileHeader { BlockSize = 512, Hash = BlockHash.Xxh3, Size = size, Coverage = coverage }))
        {
            write(writer);
            writer.Finish();
        }

        output.Position = 0;
        using (ChecksumFileReader reader = new(output, Refusal.Source))
        {
            while (reader.ReadRun(out _))
            {
            }
        }

        output.Position = 0;
        MessageReader message = new(output, Refusal.Source);
        List<byte[]> payloads = [];
        while (message.ReadSection())
        {
            payloads.Add(message.Payload.ToArray());
        }

        return payloads;
    }
}

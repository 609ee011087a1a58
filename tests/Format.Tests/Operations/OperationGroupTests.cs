namespace BinarySync.Format.Tests.Operations;

/// <summary>The payload of operations sections against bytes written down here (Format.md 7), and where groups end.</summary>
public class OperationGroupTests
{
    private static readonly byte[] A = Hex.Bytes("A0 A1 A2 A3 A4 A5 A6 A7");
    private static readonly byte[] B = Hex.Bytes("B0 B1 B2 B3 B4 B5 B6 B7");
    private static readonly byte[] C = Hex.Bytes("C0 C1 C2 C3 C4 C5 C6 C7");
    private static readonly byte[] D = Hex.Bytes("D0 D1 D2 D3 D4 D5 D6 D7");
    private static readonly byte[] E = Hex.Bytes("E0 E1 E2 E3 E4 E5 E6 E7");

    [Fact]
    public void A_group_of_four_operations()
    {
        // A has 300 blocks; B grows to 302, of which the last is short.
        List<byte[]> groups = Groups(300 * 512, (301 * 512) + 100, writer =>
        {
            writer.Add(new BlockRun(200, 1), NewKind.Zero, OldKind.Hashed, A, []);
            writer.Add(new BlockRun(201, 2), NewKind.Data, OldKind.Hashed, [.. A, .. B], [.. C, .. D]);
            writer.Add(new BlockRun(299, 1), NewKind.Data, OldKind.Zero, [], E);
            writer.Add(new BlockRun(300, 2), NewKind.Zero, OldKind.Absent, [], []);
        });
        Assert.Equal(Hex.Text(Hex.Bytes(
            """
            04 00 00 00               # 4 operations
            C8 01 01 32               # first block 200, 1 block, hashed -> zero
            00 02 31                  # gap 0, 2 blocks, hashed -> data
            60 01 21                  # gap 96, 1 block, zero -> data
            00 02 12                  # gap 0, 2 blocks, absent -> zero
            A0 A1 A2 A3 A4 A5 A6 A7   # old hash of block 200
            A0 A1 A2 A3 A4 A5 A6 A7   # old hash of block 201
            B0 B1 B2 B3 B4 B5 B6 B7   # old hash of block 202
            C0 C1 C2 C3 C4 C5 C6 C7   # new hash of block 201
            D0 D1 D2 D3 D4 D5 D6 D7   # new hash of block 202
            E0 E1 E2 E3 E4 E5 E6 E7   # new hash of block 299
            """)), Hex.Text(Assert.Single(groups)));
    }

    [Fact]
    public void Hashes_and_content_have_their_places()
    {
        MemoryStream message = Write(300 * 512, (301 * 512) + 100, writer =>
        {
            writer.Add(new BlockRun(200, 2), NewKind.Data, OldKind.Hashed, [.. A, .. B], [.. C, .. D]);
            writer.Add(new BlockRun(300, 2), NewKind.Data, OldKind.Absent, [], [.. D, .. E]);
        });
        OperationReader reader = new(message, Refusal.Source, MessageKind.DataRequest);
        OperationGroup group = new();
        Assert.True(reader.ReadGroup(group));
        Operation first = group.Operations[0];
        Operation second = group.Operations[1];
        Assert.Equal(B, group.OldHash(first, 1).ToArray());
        Assert.Equal(C, group.NewHash(first, 0).ToArray());
        Assert.Equal(E, group.NewHash(second, 1).ToArray());
        Assert.Equal((0, 1024), (first.ContentAt, second.ContentAt));
        Assert.Equal((1024 + 612, 4, 0), (group.ContentLength, group.DataBlocks, group.ZeroBlocks));
        Assert.False(reader.ReadGroup(group));
        Assert.Equal(
            (1L, 2L, 4L, 1636L), (reader.Trailer.Groups, reader.Trailer.Operations, reader.Trailer.DataBlocks, reader.Trailer.DataBytes));
    }

    [Theory]
    [InlineData(4096, 2048)] // 8 MiB of content
    [InlineData(65_536, 128)]
    [InlineData(1 << 20, 8)]
    [InlineData(8 << 20, 1)]
    [InlineData(64 << 20, 1)] // a block may be larger than a group's content should be
    public void A_group_has_at_most_8_MiB_of_content(int blockSize, int blocks)
    {
        MemoryStream message = Write(0, (blocks + 1L) * blockSize, blockSize, BlockHash.Xxh3, writer =>
            writer.Add(new BlockRun(0, blocks + 1), NewKind.Data, OldKind.Absent, [], new byte[(blocks + 1) * 8]));
        Assert.Equal([new BlockRun(0, blocks).ToString(), $"{blocks}"], RunsOf(message));
    }

    [Fact]
    public void A_group_has_at_most_1_MiB_of_hashes()
    {
        // Two hashes of 32 bytes a block: 16,384 blocks; their content, 8 MiB, fits exactly as well.
        const int blocks = 16_384;
        MemoryStream message = Write((blocks + 1) * 512, (blocks + 1) * 512, 512, BlockHash.Sha256, writer =>
            writer.Add(
                new BlockRun(0, blocks + 1), NewKind.Data, OldKind.Hashed, new byte[(blocks + 1) * 32], new byte[(blocks + 1) * 32]));
        Assert.Equal([$"0-{blocks - 1}", $"{blocks}"], RunsOf(message));

        // Zeros in the place of data need old hashes alone: twice as many.
        message = Write(((blocks * 2) + 1) * 512, ((blocks * 2) + 1) * 512, 512, BlockHash.Sha256, writer =>
            writer.Add(new BlockRun(0, (blocks * 2) + 1), NewKind.Zero, OldKind.Hashed, new byte[((blocks * 2) + 1) * 32], []));
        Assert.Equal([$"0-{(blocks * 2) - 1}", $"{blocks * 2}"], RunsOf(message));

        // After data, which has both: what they leave is enough for so many.
        const int data = 10_000;
        const int zeros = ((1 << 20) - (data * 64)) / 32;
        message = Write((data + zeros + 1) * 512, (data + zeros + 1) * 512, 512, BlockHash.Sha256, writer =>
        {
            writer.Add(new BlockRun(0, data), NewKind.Data, OldKind.Hashed, new byte[data * 32], new byte[data * 32]);
            writer.Add(new BlockRun(data, zeros + 1), NewKind.Zero, OldKind.Hashed, new byte[(zeros + 1) * 32], []);
        });
        Assert.Equal([$"0-{data - 1},{data}-{data + zeros - 1}", $"{data + zeros}"], RunsOf(message));
    }

    [Fact]
    public void A_group_has_at_most_32768_operations()
    {
        const int most = FormatLimits.MaxGroupOperations;
        MemoryStream message = Write(0, most * 4 * 512L, writer =>
        {
            for (int i = 0; i <= most; i++)
            {
                writer.Add(new BlockRun((2 * i) + 1, 1), NewKind.Zero, OldKind.Absent, [], []);
            }
        });

        // Such a request lacks blocks that must change: only its sections are looked at.
        Assert.Equal([most, 1], SectionsOf(message).Select(payload => BitConverter.ToInt32(payload)));
    }

    [Fact]
    public void A_run_without_hashes_is_never_cut() => Assert.Equal(
        ["0-1099511627775"],
        RunsOf(Write(0, 1L << 49, writer => writer.Add(new BlockRun(0, 1L << 40), NewKind.Zero, OldKind.Absent, [], []))));

    [Fact]
    public void Pieces_without_blocks_change_nothing() => Assert.Equal(
        ["0-1"],
        RunsOf(Write(0, 1024, writer =>
            {
                writer.Add(new BlockRun(0, 0), NewKind.Zero, OldKind.Absent, [], []);
                writer.Add(new BlockRun(0, 1), NewKind.Data, OldKind.Absent, [], A);
                writer.Add(new BlockRun(1, 0), NewKind.Zero, OldKind.Absent, [], []);
                writer.Add(new BlockRun(1, 1), NewKind.Data, OldKind.Absent, [], A);
            })));

    private static List<byte[]> Groups(long baseSize, long targetSize, Action<DataRequestWriter> write) =>
        SectionsOf(Write(baseSize, targetSize, write));

    private static MemoryStream Write(long baseSize, long targetSize, Action<DataRequestWriter> write) =>
        Write(baseSize, targetSize, 512, BlockHash.Xxh3, write);

    private static MemoryStream Write(long baseSize, long targetSize, int blockSize, BlockHash hash, Action<DataRequestWriter> write)
    {
        MemoryStream output = new();
        DataRequestWriter writer = new(
            output, new DataRequestHeader { BlockSize = blockSize, Hash = hash, BaseSize = baseSize, TargetSize = targetSize });
        write(writer);
        writer.Finish(new byte[hash.RootLength], new byte[hash.RootLength]);
        output.Position = 0;
        return output;
    }

    private static List<byte[]> SectionsOf(MemoryStream input)
    {
        MessageReader message = new(input, Refusal.Source);
        List<byte[]> payloads = [];
        while (message.ReadSection())
        {
            payloads.Add(message.Payload.ToArray());
        }

        return payloads;
    }

    /// <summary>The operations of each group, as ranges.</summary>
    private static List<string> RunsOf(MemoryStream input)
    {
        OperationReader reader = new(input, Refusal.Source, MessageKind.DataRequest);
        OperationGroup group = new();
        List<string> groups = [];
        while (reader.ReadGroup(group))
        {
            groups.Add(string.Join(',', group.Operations.Select(operation => operation.Blocks)));
        }

        return groups;
    }
}

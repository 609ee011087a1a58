using FsCheck;
using FsCheck.Fluent;

namespace BinarySync.Format.Tests.Properties;

/// <summary>
/// Any operations of a random sync: the bytes do not depend on how they were cut into calls, and the readers give them back.
/// </summary>
public class OperationProperties
{
    private static Gen<Scenario> Scenarios =>
        from hash in Property.Hash
        from blockSize in Gen.Elements(512, 4096, 1 << 20)
        from kinds in Gen.Choose(0, 4).NonEmptyListOf()
        from repeat in Gen.Frequency((3, Gen.Choose(1, 3)), (1, Gen.Choose(500, 3_000)))
        from blocksOfA in Gen.Choose(0, 30)
        from shortOfA in Gen.Choose(0, 511)
        from shortOfB in Gen.Choose(0, 511)
        from cuts in Gen.Choose(1, 4_000).NonEmptyListOf()
        select new Scenario(hash, blockSize, [.. kinds], repeat, Math.Min(blocksOfA, kinds.Count) * repeat, shortOfA, shortOfB, [.. cuts]);

    [Fact]
    public void A_data_request_is_read_as_it_was_written() => Property.Holds(Scenarios, scenario =>
    {
        byte[] whole = Write(scenario, [int.MaxValue]);
        Assert.True(whole.AsSpan().SequenceEqual(Write(scenario, scenario.Cuts)));
        OperationReader reader = new(new MemoryStream(whole), Refusal.Source, MessageKind.DataRequest);
        Assert.Equal(scenario.Expected, BlocksOf(reader, (_, _) => { }));
        Assert.Equal(scenario.Expected.Count(block => block.New == NewKind.Data), reader.Trailer.DataBlocks);
        Assert.Equal(scenario.Expected.Count(block => block.New == NewKind.Zero), reader.Trailer.ZeroBlocks);
    }, times: 60);

    [Fact]
    public void A_data_file_is_read_as_it_was_written() =>
        Property.Holds(Scenarios.Where(scenario => scenario.ContentLength < 4 << 20), scenario =>
    {
        using MemoryStream output = new();
        OperationReader request = new(new MemoryStream(Write(scenario, [int.MaxValue])), Refusal.Source, MessageKind.DataRequest);
        DataFileWriter writer = new(output, new DataFileHeader(request.Header, FormatLimits.MinFrameSize));
        long written = 0;
        BlocksOf(request, (_, group) =>
        {
            writer.WriteGroup(group);
            for (long left = group.ContentLength; left > 0;)
            {
                byte[] frame = [.. Enumerable.Repeat((byte)(written >> 10), (int)Math.Min(left, FormatLimits.MinFrameSize))];
                writer.WriteFrame(FrameCodec.None, frame.Length, frame);
                left -= frame.Length;
                written += frame.Length;
            }
        });
        writer.Finish(request.Trailer.BaseRoot, request.Trailer.TargetRoot);

        output.Position = 0;
        OperationReader reader = new(output, Refusal.Source, MessageKind.DataFile);
        long read = 0;
        List<Block> blocks = BlocksOf(reader, (message, _) =>
        {
            while (message.ReadFrame(out ReadOnlyMemory<byte> stored))
            {
                Assert.Equal(stored.Length, stored.Span.Count((byte)(read >> 10)));
                read += stored.Length;
            }
        });
        Assert.Equal(scenario.Expected, blocks);
        Assert.Equal((written, scenario.ContentLength, scenario.ContentLength), (read, read, reader.Trailer.DataBytes));
        Assert.Equal(request.Trailer.Groups, reader.Trailer.Groups);
    }, times: 40);

    private static byte[] Write(Scenario scenario, int[] cuts)
    {
        using MemoryStream output = new();
        DataRequestWriter writer = new(output, scenario.Header);
        int next = 0;
        List<Block> blocks = scenario.Expected;
        for (int i = 0; i < blocks.Count;)
        {
            int count = 1;
            while (count < cuts[next % cuts.Length] && i + count < blocks.Count && blocks[i + count].Number == blocks[i].Number + count

                && blocks[i + count].New == blocks[i].New
                && blocks[i + count].Old == blocks[i].Old
                && !scenario.IsBoundary(blocks[i + count].Number)
                && !scenario.IsBoundary(blocks[i].Number))
            {
                count++;
            }

            next++;
            BlockRun run = new(blocks[i].Number, count);
            writer.Add(
                run, blocks[i].New, blocks[i].Old,
                blocks[i].Old == OldKind.Hashed ? scenario.HashesOf(run, 0x0A) : [],
                blocks[i].New == NewKind.Data ? scenario.HashesOf(run, 0x0B) : []);
            i += count;
        }

        writer.Finish(new byte[scenario.Hash.RootLength], new byte[scenario.Hash.RootLength]);
        return output.ToArray();
    }

    private static List<Block> BlocksOf(OperationReader reader, Action<OperationReader, OperationGroup> forEachGroup)
    {
        List<Block> blocks = [];
        OperationGroup group = new();
        while (reader.ReadGroup(group))
        {
            foreach (Operation operation in group.Operations)
            {
                for (long i = 0; i < operation.Blocks.Count; i++)
                {
                    long number = operation.Blocks.First + i;
                    blocks.Add(new Block(number, operation.New, operation.Old));
                    CheckHash(
                        operation.Old == OldKind.Hashed,
                        operation.Old == OldKind.Hashed ? group.OldHash(operation, i) : default,
                        number,
                        0x0A);
                    CheckHash(
                        operation.New == NewKind.Data, operation.New == NewKind.Data ? group.NewHash(operation, i) : default, number, 0x0B);
                }
            }

            forEachGroup(reader, group);
        }

        return blocks;
    }

    private static void CheckHash(bool has, ReadOnlySpan<byte> hash, long number, byte mark)
    {
        if (has)
        {
            Assert.Equal((number, mark), (BitConverter.ToInt32(hash), hash[4]));
        }
    }

    private sealed record Block(long Number, NewKind New, OldKind Old);

    /// <param name="Kinds">
    /// Of each <paramref name="Repeat"/> blocks of B: 0 equal, 1 data from data, 2 data from zeros, 3 zeros from data, 4 equal zeros.
    /// </param>
    private sealed record Scenario(
        BlockHash Hash, int BlockSize, int[] Kinds, int Repeat, int BlocksOfA, int ShortOfA, int ShortOfB, int[] Cuts)
    {
        public DataRequestHeader Header => new()
        {
            BlockSize = BlockSize,
            Hash = Hash,
            BaseSize = Math.Max(0, ((long)BlocksOfA * BlockSize) - ShortOfA),
            TargetSize = ((long)Kinds.Length * Repeat * BlockSize) - ShortOfB,
        };

        public long ContentLength =>
            Expected.Where(block => block.New == NewKind.Data).Sum(block => (long)Header.SyncGeometry.Target.LengthOf(block.Number));

        public List<Block> Expected
        {
            get
            {
                SyncGeometry geometry = Header.SyncGeometry;
                List<Block> blocks = [];
                for (long number = 0; number < geometry.Target.BlockCount; number++)
                {
                    int kind = Kinds[number / Repeat];
                    NewKind newKind = kind is 3 or 4 ? NewKind.Zero : NewKind.Data;
                    if (number >= geometry.Base.BlockCount)
                    {
                        blocks.Add(new Block(number, newKind, OldKind.Absent));
                    }
                    else if (kind is not (0 or 4) || IsBoundary(number))
                    {
                        blocks.Add(new Block(number, newKind, kind is 2 or 4 ? OldKind.Zero : OldKind.Hashed));
                    }
                }

                return blocks;
            }
        }

        public bool IsBoundary(long number) =>
            Header.SyncGeometry.Base.LengthOf(number) is > 0 and int length && length != Header.SyncGeometry.Target.LengthOf(number);

        /// <summary>Made-up hashes: each tells its block's number and whose it is.</summary>
        public byte[] HashesOf(BlockRun run, byte mark)
        {
            byte[] hashes = new byte[run.Count * Hash.Length];
            for (int i = 0; i < run.Count; i++)
            {
                BitConverter.TryWriteBytes(hashes.AsSpan(i * Hash.Length), (int)(run.First + i));
                hashes[(i * Hash.Length) + 4] = mark;
            }

            return hashes;
        }
    }
}

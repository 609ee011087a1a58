using BinarySync.Sync.Splitting;

namespace BinarySync.Sync.Tests.Splitting;

/// <summary>Copies that a set cannot have become content.</summary>
public sealed class CopyConversionTests
{
    private const int BlockSize = 512;
    private const long Blocks = 300;

    [Fact]
    public void Only_blocks_whose_source_is_overwritten_are_sent()
    {
        // Blocks 10-19 come from 100-109, of which 103 and 104 become zeros; 30-31 come from 200-201, which stay.
        byte[] request = Request(
            (new BlockRun(10, 10), NewKind.Copy, 100), (new BlockRun(30, 2), NewKind.Copy, 200), (new BlockRun(103, 2), NewKind.Zero, 0));

        Assert.Equal(
            [
                (new BlockRun(10, 3), NewKind.Copy, 100),
                (new BlockRun(13, 2), NewKind.Data, 0),
                (new BlockRun(15, 5), NewKind.Copy, 105),
                (new BlockRun(30, 2), NewKind.Copy, 200),
                (new BlockRun(103, 2), NewKind.Zero, 0),
            ],
            Operations(Convert(request)!));
    }

    [Fact]
    public void A_copy_that_overlaps_its_own_source_is_sent_where_it_does()
    {
        byte[] request = Request((new BlockRun(10, 10), NewKind.Copy, 15));

        Assert.Equal([(new BlockRun(10, 5), NewKind.Data, 0), (new BlockRun(15, 5), NewKind.Copy, 20)], Operations(Convert(request)!));
    }

    [Fact]
    public void A_request_whose_sources_all_stay_is_left_as_it_is() =>
        Assert.Null(
            Convert(
                Request(
                    (new BlockRun(10, 10), NewKind.Copy, 100),
                    (new BlockRun(40, 2), NewKind.Copy, 105),
                    (new BlockRun(99, 1), NewKind.Zero, 0))));

    [Fact]
    public void No_source_is_overwritten_and_every_block_becomes_what_it_should()
    {
        Random random = new(20);
        for (int round = 0; round < 200; round++)
        {
            List<(BlockRun, NewKind, long)> drawn = [];
            for (long at = random.Next(20); at < Blocks; at += random.Next(1, 20))
            {
                long count = Math.Min(Blocks - at, random.Next(1, 12));
                drawn.Add((new BlockRun(at, count), (NewKind)random.Next(1, 4), random.NextInt64(Blocks - count + 1)));
                at += count;
            }

            // A request whose copies go round in a circle is refused; they are zeros here.
            List<CopyRun> copies = [.. drawn.Where(one => one.Item2 == NewKind.Copy).Select(
                one => new CopyRun(one.Item1.First, one.Item1.Count, one.Item3))];
            IReadOnlyList<BlockRun> circles = CopyOrder.FindCycles(copies);
            drawn = [.. drawn.Select(
                one => circles.Any(run => run.First < one.Item1.End && run.End > one.Item1.First) ? (one.Item1, NewKind.Zero, 0) : one)];
            byte[] request = Request([.. drawn.Select(one => one.Item2 == NewKind.Copy ? one : (one.Item1, one.Item2, 0))]);
            byte[] converted = Convert(request) ?? request;

            List<(BlockRun Run, NewKind Kind, long Source)> before = Operations(request);
            List<(BlockRun Run, NewKind Kind, long Source)> after = Operations(converted);
            HashSet<long> written = [.. before.SelectMany(one => FourSteps.Each(one.Run))];
            Assert.Equal(written.Order(), after.SelectMany(one => FourSteps.Each(one.Run)));
            Dictionary<long, (NewKind Kind, long Source)> was = ByBlock(before);
            foreach ((long block, (NewKind kind, long source)) in ByBlock(after))
            {
                (NewKind kindBefore, long sourceBefore) = was[block];
                bool mustBeSent = kindBefore == NewKind.Copy && written.Contains(sourceBefore);
                Assert.Equal(mustBeSent ? (NewKind.Data, 0) : (kindBefore, sourceBefore), (kind, source));
            }

            Assert.Equal(Hashes(request), Hashes(converted));
        }
    }

    [Fact]
    public void A_split_cuts_what_is_sent_then()
    {
        SplitCase pair = SplitCase.Make(20, 20, odd: 0);
        DataRequestHeader header = new()
        {
            BlockSize = SplitCase.BlockSize,
            Hash = BlockHash.Xxh128,
            BaseSize = pair.A.Length,
            TargetSize = pair.B.Length,
        };
        int blocks = pair.B.Length / SplitCase.BlockSize;
        using MemoryStream stream = new();
        DataRequestWriter writer = new(stream, header);

        // Each block comes from the one behind it, so all sources but that of the last one are overwritten.
        byte[] hash = new byte[16];
        for (int i = 0; i < blocks - 1; i++)
        {
            BlockHash.Xxh128.Hash(pair.B.AsSpan(i * SplitCase.BlockSize, SplitCase.BlockSize), hash);
            writer.Add(new BlockRun(i, 1), NewKind.Copy, OldKind.Hashed, new byte[16], hash, i + 1);
        }

        writer.Finish(new byte[16], new byte[16]);
        using MemoryStream input = new(stream.ToArray());
        MemoryStream? spool = null;
        using SplitPlan plan = SplitOperation.Plan(
            input, "update.dtr", SplitCase.Specification, [1], long.MaxValue, () => spool = new MemoryStream(), FourSteps.Threads(1));

        Assert.NotNull(spool);
        Assert.Equal(1, plan.Trailer.CopyBlocks);
        Assert.Equal((blocks - 2L) * SplitCase.BlockSize, plan.Trailer.DataBytes);
        Assert.Equal(plan.Trailer.DataBytes, plan.Parts.Sum(part => part.DataBytes));
        Assert.Equal(3, plan.Parts.Count);
    }

    private static byte[]? Convert(byte[] request)
    {
        OperationReader reader = Open(request);
        CopyConversion conversion = new(reader.Geometry.Target);
        for (OperationGroup group = new(); reader.ReadGroup(group);)
        {
            conversion.Collect(group);
        }

        if (!conversion.FindOverwritten(Open(request), default))
        {
            return null;
        }

        using MemoryStream output = new();
        conversion.Write(Open(request), output, default);
        return output.ToArray();
    }

    private static OperationReader Open(byte[] request) => new(new MemoryStream(request), "update.dtr", MessageKind.DataRequest);

    // Hashes tell from which block of B they are.
    private static byte[] Request(params (BlockRun Run, NewKind Kind, long Source)[] operations)
    {
        using MemoryStream output = new();
        DataRequestWriter writer = new(
            output, new DataRequestHeader
            {
                BlockSize = BlockSize,
                Hash = BlockHash.Xxh3,
                BaseSize = Blocks * BlockSize,
                TargetSize = Blocks * BlockSize,
            });
        foreach ((BlockRun run, NewKind kind, long source) in operations)
        {
            byte[] hashes = [.. FourSteps.Each(run).SelectMany(BitConverter.GetBytes)];
            writer.Add(run, kind, OldKind.Hashed, hashes, kind == NewKind.Zero ? [] : hashes, source);
        }

        writer.Finish(new byte[16], new byte[16]);
        return output.ToArray();
    }

    private static List<(BlockRun Run, NewKind Kind, long Source)> Operations(byte[] request)
    {
        List<(BlockRun, NewKind, long)> operations = [];
        OperationReader reader = Open(request);
        for (OperationGroup group = new(); reader.ReadGroup(group);)
        {
            operations.AddRange(group.Operations.Select(operation => (operation.Blocks, operation.New, operation.Source)));
        }

        return operations;
    }

    private static Dictionary<long, (NewKind Kind, long Source)> ByBlock(List<(BlockRun Run, NewKind Kind, long Source)> operations) =>
        operations.SelectMany(one =>
            FourSteps.Each(one.Run).Select(
                block => (block, (one.Kind, one.Kind == NewKind.Copy ? one.Source + block - one.Run.First : 0))))
            .ToDictionary();

    private static List<string> Hashes(byte[] request)
    {
        List<string> hashes = [];
        OperationReader reader = Open(request);
        for (OperationGroup group = new(); reader.ReadGroup(group);)
        {
            foreach (Operation operation in group.Operations)
            {
                for (int i = 0; i < operation.Blocks.Count; i++)
                {
                    string now = operation.HasNewHashes ? System.Convert.ToHexString(group.NewHash(operation, i)) : "zeros";
                    hashes.Add($"{operation.Blocks.First + i} {System.Convert.ToHexString(group.OldHash(operation, i))} {now}");
                }
            }
        }

        return hashes;
    }
}

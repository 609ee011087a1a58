using BinarySync.Sync.Shifting;

namespace BinarySync.Sync.Tests.Shifting;

/// <summary>A and B, what differs in place, and a search that is checked: each find must be true, and lie inside what differs.</summary>
internal sealed class ShiftCase(byte[] a, byte[] b, int blockSize, BlockHash? hash = null)
{
    private readonly BlockHash _hash = hash ?? BlockHash.Xxh128;

    public BlockGeometry Target { get; } = new(b.Length, blockSize);

    public int Threads { get; init; } = 1;

    public ShiftLimits Limits { get; init; } = new();

    public ShiftFinder? Finder { get; private set; }

    public SyncProgress Progress { get; } = new();

    public long Asked { get; private set; }

    public IReadOnlyList<BlockRun> Differing { get; init; } = DifferingOf(a, b, blockSize);

    public long DifferingBlocks => Differing.Sum(run => run.Count);

    public IReadOnlyList<ShiftedRun> Find()
    {
        using FakeStorage master = FakeStorage.File(b);
        HashSet<long> allowed = [.. Differing.SelectMany(run => Enumerable.Range(0, (int)run.Count).Select(i => run.First + i))];
        master.Before = call =>
        {
            for (long block = Target.BlockAt(call.Offset); block <= Target.BlockAt(call.Offset + call.Length - 1); block++)
            {
                Assert.Contains(block, allowed);
            }
        };
        MemoryBase known = new(a, blockSize, _hash);
        Progress.Begin("searching", Differing.Sum(Target.LengthOf));
        Finder = new ShiftFinder(master, Target, known, Limits, new SyncOptions { Threads = Threads, Progress = Progress });
        IReadOnlyList<ShiftedRun> found = Finder.Find(Differing);
        Asked = known.Asked;
        Check(found);
        return found;
    }

    public static long Blocks(IEnumerable<ShiftedRun> runs) => runs.Sum(run => run.Count);

    public static byte[] Random(int length, int seed)
    {
        byte[] content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    private void Check(IReadOnlyList<ShiftedRun> found)
    {
        if (found.Count > 0)
        {
            Assert.Equal(Progress.Current.Total, Progress.Current.Done);
        }

        long before = 0;
        foreach (ShiftedRun run in found)
        {
            Assert.InRange(run.First, before, Target.BlockCount - 1);
            Assert.True(run.Count > 0);
            Assert.Contains(BlockCoverage.Of(Differing).Ranges.ToArray(), range => range.First <= run.First && run.Blocks.End <= range.End);
            int length = (int)Target.LengthOf(run.Blocks);
            Assert.InRange(run.SourceOffset, 0, a.Length - length);
            Assert.True(
                b.AsSpan((int)Target.OffsetOf(run.First), length).SequenceEqual(a.AsSpan((int)run.SourceOffset, length)),
                $"{run} is not true");
            before = run.Blocks.End;
        }
    }

    private static List<BlockRun> DifferingOf(byte[] a, byte[] b, int blockSize)
    {
        List<BlockRun> runs = [];
        for (int block = 0; (long)block * blockSize < b.Length; block++)
        {
            ReadOnlySpan<byte> own = b.AsSpan(block * blockSize, Math.Min(blockSize, b.Length - (block * blockSize)));
            ReadOnlySpan<byte> old = a.AsSpan(Math.Min(a.Length, block * blockSize));
            bool isEqual = old[..Math.Min(blockSize, old.Length)].SequenceEqual(own);
            if (!isEqual && !ZeroBlocks.IsZero(own))
            {
                if (runs.Count > 0 && runs[^1].End == block)
                {
                    runs[^1] = runs[^1] with { Count = runs[^1].Count + 1 };
                }
                else
                {
                    runs.Add(new BlockRun(block, 1));
                }
            }
        }

        return runs;
    }
}

using System.Buffers.Binary;
using BinarySync.Sync.Shifting;

namespace BinarySync.Sync.Tests.Shifting;

/// <summary>Random content, and the same after some edits.</summary>
internal static class Edits
{
    public static (byte[] A, byte[] B) Make(int seed, int length, int edits)
    {
        Random random = new(seed);
        byte[] a = new byte[length];
        random.NextBytes(a);
        List<byte> b = [.. a];
        for (int i = 0; i < edits; i++)
        {
            int at = random.Next(b.Count);
            int size = Math.Min(1 + random.Next(1 << random.Next(1, 15)), b.Count - at);
            switch (random.Next(4))
            {
                case 0:
                    b.InsertRange(at, Bytes(random, size));
                    break;
                case 1:
                    b.RemoveRange(at, size);
                    break;
                case 2:
                    byte[] moved = [.. b[at..(at + size)]];
                    b.RemoveRange(at, size);
                    b.InsertRange(random.Next(b.Count), moved);
                    break;
                default:
                    b.RemoveRange(at, size);
                    b.InsertRange(at, Bytes(random, size));
                    break;
            }
        }

        return (a, [.. b]);
    }

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}

/// <summary>The plainest search: each window of what differs is looked up by its content, without samples or pieces.</summary>
internal static class Naive
{
    /// <summary>How many blocks of B it finds, in how many runs.</summary>
    public static (long Blocks, int Runs) Find(byte[] a, byte[] b, int blockSize, IEnumerable<BlockRun> differing)
    {
        Dictionary<UInt128, int> known = [];
        for (int at = 0; at + blockSize <= a.Length; at += blockSize)
        {
            known.TryAdd(HashOf(a.AsSpan(at, blockSize)), at);
        }

        BlockGeometry target = new(b.Length, blockSize);
        RunMerger merger = new(target, int.MaxValue);
        int runs = 0;
        foreach (BlockRun run in differing)
        {
            int end = (int)(target.OffsetOf(run.First) + target.LengthOf(run));
            for (int at = (int)target.OffsetOf(run.First); at + blockSize <= end;)
            {
                if (!known.TryGetValue(HashOf(b.AsSpan(at, blockSize)), out int source))
                {
                    at++;
                    continue;
                }

                int length = blockSize;
                while (at + length + blockSize <= end
                    && source + length + blockSize <= a.Length
                    && a.AsSpan(source + length, blockSize).SequenceEqual(b.AsSpan(at + length, blockSize)))
                {
                    length += blockSize;
                }

                merger.Add(new ByteRun(at, at + length, source));
                at += length;
                runs++;
            }
        }

        merger.Finish();
        return (merger.Runs.Sum(run => run.Count), runs);
    }

    private static UInt128 HashOf(ReadOnlySpan<byte> bytes) => System.IO.Hashing.XxHash128.HashToUInt128(bytes);
}

/// <summary>Gives a block another sum, in its last bytes. The sum is linear, so that this takes no search.</summary>
internal static class SumCollision
{
    private const int Free = 8;

    public static void Give(Span<byte> block, uint sum)
    {
        // Four bytes at random, until the four behind them are known that make up what is missing.
        Random random = new(1);
        uint before = RollingSum.Of(block[..^Free]);
        Span<byte> end = block[^Free..];
        end.Clear();
        uint bytes;
        do
        {
            random.NextBytes(end[..4]);
        }
        while (!_ends.Value.TryGetValue(sum - RollingSum.Append(before, end), out bytes));

        BinaryPrimitives.WriteUInt32BigEndian(end[4..], bytes);
        Assert.Equal(sum, RollingSum.Of(block));
    }

    private static readonly Lazy<Dictionary<uint, uint>> _ends = new(() =>
    {
        // A million of the four billion values of the last four bytes.
        Dictionary<uint, uint> ends = [];
        Random random = new(2);
        Span<byte> bytes = stackalloc byte[4];
        uint none = RollingSum.Of([0, 0, 0, 0]);
        while (ends.Count < 1 << 20)
        {
            random.NextBytes(bytes);
            ends[RollingSum.Of(bytes) - none] = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        }

        return ends;
    });
}

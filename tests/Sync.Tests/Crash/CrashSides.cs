namespace BinarySync.Sync.Tests.Crash;

/// <summary>Draws the two contents of a case, and how they are synchronised.</summary>
internal static class CrashSides
{
    public static SyncCase SmallSync(Random random)
    {
        int blockSize = random.Next(10) switch
        {
            < 2 => 512,
            < 6 => 1024,
            < 8 => 2048,
            _ => 4096,
        };
        int most = Math.Clamp(16384 / blockSize, 4, 16);
        int[] cells = Cells(random, random.Next(0, most + 1));
        Side a = new(cells, CutOf(random, blockSize));
        int count = random.Next(5) < 2 ? cells.Length : random.Next(0, most + 1);
        int[] others = Cells(random, count);
        int kept = random.Next(0, 4);
        bool copies = random.Next(2) == 0;
        if (copies && cells.Length > 0)
        {
            // Most of B comes from other places of A: moved, exchanged, repeated.
            int shift = random.Next(-3, 4);
            others = [.. others.Select((cell, i) => random.Next(4) switch
            {
                0 => cell,
                1 => cells[random.Next(cells.Length)],
                _ => cells[(((i + shift) % cells.Length) + cells.Length) % cells.Length],
            })];
        }

        Side b = new(
            [.. others.Select((cell, i) => i < cells.Length && random.Next(4) < kept ? cells[i] : cell)],
            random.Next(2) == 0 ? a.Cut : CutOf(random, blockSize));
        BlockCoverage ranges = random.Next(4) == 0 ? RangesOf(random, most) : BlockCoverage.Whole;
        return new SyncCase
        {
            BlockSize = blockSize,
            Hash = random.Next(6) switch
            {
                0 => BlockHash.Sha256,
                1 => BlockHash.Xxh3,
                _ => BlockHash.Xxh128,
            },
            FrameSize = FormatLimits.MinFrameSize,
            Compression = random.Next(4) switch
            {
                0 or 1 => Compression.None,
                2 => Compression.DefaultLZ4,
                _ => new Compression(FrameCodec.Zstd, 1),
            },
            Threads = 1,
            A = a,
            B = b,
            RangesA = ranges,
            RangesB = random.Next(3) > 0 ? ranges : BlockCoverage.Whole,
            Copies = copies,
            Seed = 0,
        };
    }

    /// <summary>As another case, but most blocks are changed in a few bytes: then they are compressed over their old content.</summary>
    public static SyncCase NearSync(SyncCase sync, Random random)
    {
        Side a = sync.A with { Cells = [.. Cells(random, random.Next(1, 7))] };
        int[] b = [.. Cells(random, random.Next(3) > 0 ? a.Cells.Count : random.Next(1, 7)).Select((cell, i) => random.Next(8) switch
        {
            < 6 when i < a.Cells.Count => Cell.Near(a.Cells[i], random.Next(1, 100)),
            6 => a.Cells[random.Next(a.Cells.Count)],
            _ => cell,
        })];
        return sync with
        {
            Compression = new Compression(FrameCodec.Zstd, 1),
            OverBase = true,
            A = a,
            B = sync.B with { Cells = b },
        };
    }

    /// <summary>As another case, but most of B is A's content, moved by some bytes: to the back, to the front, and back again.</summary>
    public static SyncCase ShiftedSync(SyncCase sync, Random random)
    {
        int most = (16 << 10) / sync.BlockSize;
        Side a = sync.A with { Cells = [.. Enumerable.Range(0, random.Next(2, most + 1)).Select(_ => random.Next(Cell.FirstSeed, 41))] };
        int turn = random.Next(3) == 0 ? random.Next(a.Cells.Count) : 0;
        int[] b = [.. a.Cells.Skip(turn), .. a.Cells.Take(turn)];
        return sync with
        {
            Shifts = true,
            Copies = false,
            A = a,
            B = sync.B with
            {
                Cells = [.. b.Select(cell => random.Next(10) == 0 ? random.Next(41) : cell)],
                Moves = [.. b.Select((_, i) => random.Next(i == 0 ? 2 : 5) == 0 ? random.Next(1 - sync.BlockSize, sync.BlockSize) : 0)],
            },
        };
    }

    private static int[] Cells(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(11) switch
    {
        < 2 => Cell.Zeros,
        < 4 => Cell.WholeHole,
        < 6 => random.Next(Cell.HoleThenData, Cell.ZerosButTheFirstByte + 1),
        _ => random.Next(Cell.FirstSeed, 41),
    })];

    private static int CutOf(Random random, int blockSize) => random.Next(6) switch
    {
        < 2 => 0,
        2 => 1,
        3 => blockSize - 1,
        _ => random.Next(blockSize),
    };

    private static BlockCoverage RangesOf(Random random, int most) => BlockCoverage.Of(Enumerable.Range(0, random.Next(1, 4)).Select(_ =>
        random.Next(4) == 0 ? BlockRun.From(random.Next(most)) : new BlockRun(random.Next(most), random.Next(1, 6))));

    // Blocks with a few bytes in a few sectors; some are the same on both sides, and some zeros.
    public static byte[] LargeContent(Random random, int blockSize, int blocks, byte[]? other)
    {
        byte[] content = new byte[((long)blocks * blockSize) - (random.Next(2) == 0 ? 0 : random.Next(blockSize))];
        for (int at = 0; at < content.Length; at += blockSize)
        {
            Span<byte> block = content.AsSpan(at, Math.Min(blockSize, content.Length - at));
            int kind = random.Next(5);
            if (kind == 0)
            {
                continue;
            }

            if (kind == 1 && other is not null && other.Length >= at + block.Length)
            {
                other.AsSpan(at, block.Length).CopyTo(block);
                continue;
            }

            for (int i = 0; i < 8; i++)
            {
                int from = random.Next(block.Length);
                random.NextBytes(block.Slice(from, Math.Min(700, block.Length - from)));
            }
        }

        return content;
    }
}

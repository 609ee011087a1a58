using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Collecting;
using BinarySync.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace BinarySync.Sync.Tests.Support;

/// <summary>Two contents, and how they are synchronised: what the properties range over.</summary>
public sealed record SyncCase
{
    public required int BlockSize { get; init; }

    public required BlockHash Hash { get; init; }

    public required int FrameSize { get; init; }

    public required Compression Compression { get; init; }

    public required int Threads { get; init; }

    public required Side A { get; init; }

    public required Side B { get; init; }

    /// <summary>Ranges of both checksum files; the master's may be others than the remote's.</summary>
    public BlockCoverage RangesA { get; init; } = BlockCoverage.Whole;

    public BlockCoverage RangesB { get; init; } = BlockCoverage.Whole;

    /// <summary>For choices that a test makes.</summary>
    public required int Seed { get; init; }

    /// <summary>What A has elsewhere is copied.</summary>
    public bool Copies { get; init; }

    /// <summary>What A has anywhere, at any byte, is copied.</summary>
    public bool Shifts { get; init; }

    /// <summary>Content is compressed over A's own content, where that makes it smaller.</summary>
    public bool OverBase { get; init; }

    public byte[] ContentA => A.Content(BlockSize);

    public byte[] ContentB => B.Content(BlockSize);

    public FakeStorage StorageA => new(A.Image(BlockSize));

    public FakeStorage StorageB => new(B.Image(BlockSize)) { Name = "master" };

    public ChecksumSpecification HowA => new() { BlockSize = BlockSize, Hash = Hash, Coverage = RangesA };

    public ChecksumSpecification HowB => HowA with { Coverage = RangesB };

    public DataFileSpecification HowData => new() { FrameSize = FrameSize, Compression = Compression, Base = OverBase ? StorageA : null };

    /// <summary>The data file, made from sparse sources with the case's threads.</summary>
    public byte[] DataFile()
    {
        byte[] request = FourSteps.Request(FourSteps.Checksums(StorageA, HowA, Threads), FourSteps.Checksums(StorageB, HowB, Threads));
        return FourSteps.Data(StorageB, request, HowData, Threads);
    }

    /// <summary>As <see cref="DataFile"/>, with copies.</summary>
    public byte[] DataFileWithCopies()
    {
        byte[] request = FourSteps.RequestWithCopies(
            FourSteps.Checksums(StorageA, HowA, Threads), FourSteps.Checksums(StorageB, HowB, Threads), threads: Threads);
        return FourSteps.Data(StorageB, request, HowData, Threads);
    }

    /// <summary>As <see cref="DataFile"/>, with copies from any byte of A.</summary>
    public byte[] DataFileWithShifts() => FourSteps.Data(StorageB, RequestWithShifts(), HowData, Threads);

    /// <summary>The request for it.</summary>
    public byte[] RequestWithShifts() => FourSteps.RequestWithShifts(
        ContentA,
        ContentB,
        FourSteps.Checksums(StorageA, HowA, Threads),
        FourSteps.Checksums(StorageB, HowB, Threads));

    public ApplyResult Apply(IWritableStorage target, byte[] dataFile, ApplySpecification? specification = null) =>
        FourSteps.Apply(target, dataFile, specification, Threads);

    public override string ToString() =>
        $"block size {BlockSize}, {Hash.Name}, frames {FrameSize}, {Compression}, {Threads} threads, seed {Seed}\n  A {A}, ranges "
            + $"{RangesA}\n  B {B}, ranges {RangesB}";
}

/// <summary>The content of one side, block by block.</summary>
/// <param name="Cells">One a block: see <see cref="Cell"/>.</param>
/// <param name="Cut">Bytes by which the last block is short, less than a block.</param>
public sealed record Side(IReadOnlyList<int> Cells, int Cut)
{
    /// <summary>
    /// Bytes that are put in before each of the first cells, or, below 0, that its front has lost: what comes behind has moved.
    /// </summary>
    public IReadOnlyList<int> Moves { get; init; } = [];

    public byte[] Content(int blockSize) => Image(blockSize).ToArray();

    public DiskImage Image(int blockSize)
    {
        if (Moves.Any(move => move != 0))
        {
            return DiskImage.Of(Moved(blockSize));
        }

        byte[] content = new byte[Cells.Count * blockSize];
        for (int i = 0; i < Cells.Count; i++)
        {
            Cell.Fill(Cells[i], content.AsSpan(i * blockSize, blockSize));
        }

        int length = Math.Max(0, content.Length - (Cut % blockSize));
        DiskImage image = DiskImage.Of(content.AsSpan(0, length));
        for (int i = 0; i < Cells.Count; i++)
        {
            (int from, int to) = Cell.Hole(Cells[i], blockSize);
            long begin = Math.Min(length, ((long)i * blockSize) + from);
            image.Punch(begin, Math.Min(length, ((long)i * blockSize) + to) - begin);
        }

        return image;
    }

    public override string ToString() => $"[{string.Join(' ', Cells)}] cut {Cut} moves [{string.Join(' ', Moves)}]";

    private byte[] Moved(int blockSize)
    {
        using MemoryStream content = new();
        byte[] block = new byte[blockSize];
        for (int i = 0; i < Cells.Count; i++)
        {
            int move = i < Moves.Count ? Moves[i] : 0;
            byte[] put = new byte[Math.Max(0, move)];
            new Random(move).NextBytes(put);
            content.Write(put);
            Cell.Fill(Cells[i], block);
            content.Write(block.AsSpan(Math.Min(blockSize, Math.Max(0, -move))));
        }

        return content.ToArray()[..(int)Math.Max(0, content.Length - (Cut % blockSize))];
    }
}

/// <summary>What a block is made of: a small number, so that two sides often share blocks.</summary>
public static class Cell
{
    public const int Zeros = 0;
    public const int WholeHole = 1;
    public const int HoleThenData = 2;
    public const int DataThenHole = 3;
    public const int ZerosButTheLastByte = 4;
    public const int ZerosButTheFirstByte = 5;
    public const int FirstSeed = 6;

    // From here on, the thousands say which bytes of another cell are changed.
    private const int FirstNear = 1000;

    /// <summary>A cell with nearly the content of another.</summary>
    /// <param name="cell">The other one, or one that is near to another already.</param>
    /// <param name="which">1 to 99: which bytes differ.</param>
    public static int Near(int cell, int which) => (cell % FirstNear) + (which * FirstNear);

    /// <summary>Fills a block.</summary>
    public static void Fill(int cell, Span<byte> block)
    {
        if (cell >= FirstNear)
        {
            Fill(cell % FirstNear, block);
            for (int i = 0, at = cell / FirstNear; i < 3; i++, at += block.Length / 3)
            {
                block[at % block.Length] ^= (byte)(cell / FirstNear);
            }

            return;
        }

        block.Clear();
        (int from, int to) = Hole(cell, block.Length);
        switch (cell)
        {
            case Zeros or WholeHole:
                break;
            case ZerosButTheLastByte:
                block[^1] = 1;
                break;
            case ZerosButTheFirstByte:
                block[0] = 1;
                break;
            default:
                new Random(cell).NextBytes(block);
                if (cell % 2 == 0)
                {
                    // Content that shrinks.
                    for (int i = 16; i < block.Length; i++)
                    {
                        block[i] = block[i & 15];
                    }
                }

                block[from..to].Clear();
                break;
        }
    }

    /// <summary>What of the block is a hole; its edges lie at no block of a file system.</summary>
    public static (int From, int To) Hole(int cell, int blockSize) => cell switch
    {
        WholeHole => (0, blockSize),
        HoleThenData => (0, (blockSize / 2) + 3),
        DataThenHole => ((blockSize / 2) - 3, blockSize),
        _ => (0, 0),
    };
}

/// <summary>Makes and shrinks cases.</summary>
public static class SyncCases
{
    private const int MaxCells = 24;

    // A property that fits fewer cases needs a generator of its own.
    private const int MostDrawsForOne = 6;

    // Few cases may have bad luck: of ten that one draw in four fits, the rejected ones were more than sixty in one run of a hundred.
    private const int MostBadLuck = 150;

    /// <summary>Whole coverage on both sides.</summary>
    public static Arbitrary<SyncCase> Whole { get; } = Arb.From(Cases(ranges: false, over: false), Smaller);

    /// <summary>As <see cref="Whole"/>, with content that is compressed over A's.</summary>
    public static Arbitrary<SyncCase> OverBase { get; } = Arb.From(Cases(ranges: false, over: true), Smaller);

    /// <summary>As <see cref="Ranged"/>, with content that is compressed over A's.</summary>
    public static Arbitrary<SyncCase> RangedOverBase { get; } = Arb.From(Cases(ranges: true, over: true), Smaller);

    /// <summary>Ranges on at least one side, most often the same on both.</summary>
    public static Arbitrary<SyncCase> Ranged { get; } = Arb.From(Cases(ranges: true, over: false), Smaller);

    /// <summary>
    /// Content that has moved by any number of bytes, with ranges now and then, and compressed over A's now and then. No large blocks: to
    /// look for each of them at every byte takes too long.
    /// </summary>
    public static Arbitrary<SyncCase> Shifted { get; } = Arb.From(ShiftedCases(), Smaller);

    /// <summary>
    /// Checks a property for so many cases, drawn anew in each run: a case that fails is printed, with what draws it again.
    /// </summary>
    /// <param name="cases">What is drawn from.</param>
    /// <param name="count">Cases of a wide run; an ordinary one takes a quarter of them.</param>
    /// <param name="property">Throws where it does not hold.</param>
    public static void Check(this Arbitrary<SyncCase> cases, int count, Action<SyncCase> property) =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(Share(count)).WithQuietOnSuccess(true), Prop.ForAll(cases, property));

    /// <summary>
    /// Checks a property that not every case fits, until so many have been tried that do. Draws that do not fit are not counted; if they
    /// are too many, the test fails.
    /// </summary>
    /// <param name="cases">What is drawn from.</param>
    /// <param name="count">Cases that fit, of a wide run; an ordinary one takes a quarter of them.</param>
    /// <param name="property">True if what it is about was tried; false if the case does not fit.</param>
    public static void CheckFitting(this Arbitrary<SyncCase> cases, int count, Func<SyncCase, bool> property) => FsCheck.Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(Share(count))
            .WithMaxRejected((Share(count) * MostDrawsForOne) + MostBadLuck).WithQuietOnSuccess(true),
        Prop.ForAll(cases, sync => true.When(property(sync))));

    private static int Share(int count) => RunShare.IsWide ? count : (count + 3) / 4;

    private static Gen<SyncCase> Cases(bool ranges, bool over) =>
        from size in Gen.Frequency(
            (4, Gen.Constant(512)),
            (2, Gen.Constant(4096)),
            (2, Gen.Constant(65536)),
            (over ? 0 : 1, Gen.Constant(131072)),
            (over ? 0 : 1, Gen.Constant(2 << 20)))
        from frame in size > 131072 ? Gen.Elements(65536, 1 << 20, 4 << 20) : Gen.Elements(65536, 131072)
        from hash in Gen.Elements(BlockHash.All.ToArray())
        from compression in Gen.Elements(
            Compression.None, Compression.DefaultLZ4, new Compression(FrameCodec.LZ4, 3), new Compression(FrameCodec.Brotli, 1),
            new Compression(FrameCodec.Zstd, 1))
        from threads in Gen.Choose(1, 5)
        from a in SideOf(size)
        from b in NewSideOf(a, size, over)
        from first in ranges ? RangesOf() : Gen.Constant(BlockCoverage.Whole)
        from second in ranges
            ? Gen.Frequency((2, Gen.Constant(first)), (1, RangesOf()), (1, Gen.Constant(BlockCoverage.Whole)))
            : Gen.Constant(first)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select new SyncCase
        {
            BlockSize = size,
            FrameSize = frame,
            Hash = hash,
            Compression = over ? new Compression(FrameCodec.Zstd, 1) : compression,
            OverBase = over,
            Threads = threads,
            A = a,
            B = b,
            RangesA = first,
            RangesB = second,
            Seed = seed,
        };

    private static Gen<SyncCase> ShiftedCases() =>
        from sync in Gen.Frequency((3, Cases(ranges: false, over: true)), (1, Cases(ranges: true, over: true)))
        from kept in Gen.ListOf(Gen.Choose(0, 9), sync.B.Cells.Count)
        from a in MovesOf(sync.A.Cells.Count, sync.BlockSize, often: false)
        from b in MovesOf(sync.B.Cells.Count, sync.BlockSize, often: true)
        select sync with
        {
            Shifts = true,
            OverBase = sync.Seed % 4 == 0,
            A = sync.A with { Moves = [.. a] },
            B = sync.B with
            {
                Cells = [.. sync.B.Cells.Select((cell, i) => kept[i] > 0 && i < sync.A.Cells.Count ? sync.A.Cells[i] : cell)],
                Moves = [.. b],
            },
        };

    // One in four blocks at most; the first one more often than not.
    private static Gen<List<int>> MovesOf(int count, int blockSize, bool often) =>
        from first in Gen.Frequency(
            (often ? 3 : 1, Gen.Choose(1 - blockSize, blockSize + 1)), (1, Gen.Elements(0, 1, -1, blockSize, 512, blockSize - 1)))
        from others in Gen.ListOf(
            Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(1 - blockSize, blockSize + 1))), Math.Max(0, count - 1))
        select (List<int>)[first, .. others];

    private static Gen<int> AnyCell() => Gen.Frequency(
        (2, Gen.Constant(Cell.Zeros)), (2, Gen.Constant(Cell.WholeHole)), (
            2, Gen.Choose(Cell.HoleThenData, Cell.ZerosButTheFirstByte)), (5, Gen.Choose(Cell.FirstSeed, 40)));

    private static int MostCells(int blockSize) => Math.Clamp((4 << 20) / blockSize, 3, MaxCells);

    private static Gen<int> AnyCut(int blockSize) =>
        Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Constant(1)), (1, Gen.Constant(blockSize - 1)), (2, Gen.Choose(0, blockSize - 1)));

    private static Gen<Side> SideOf(int blockSize) =>
        from count in Gen.Frequency((1, Gen.Constant(0)), (1, Gen.Constant(1)), (8, Gen.Choose(0, MostCells(blockSize))))
        from cells in Gen.ListOf(AnyCell(), count)
        from cut in AnyCut(blockSize)
        select new Side([.. cells], cut);

    // Most of B is A: the same length more often than not, and most blocks.
    private static Gen<Side> NewSideOf(Side a, int blockSize, bool over) =>
        from count in Gen.Frequency((3, Gen.Constant(a.Cells.Count)), (1, Gen.Constant(0)), (3, Gen.Choose(0, MostCells(blockSize))))
        from cells in Gen.ListOf(AnyCell(), count)
        from kept in Gen.ListOf(Gen.Choose(0, 2), count)
        from which in over ? Gen.ListOf(Gen.Choose(1, 99), count) : Gen.ListOf(Gen.Choose(1, 99), 0)
        from cut in Gen.Frequency((1, Gen.Constant(a.Cut)), (1, AnyCut(blockSize)))
        select new Side(
            [.. cells.Select((cell, i) =>
                i >= a.Cells.Count ? cell
                : over && kept[i] < 2 ? Cell.Near(a.Cells[i], which[i])
                : kept[i] > 0 ? a.Cells[i]
                : cell)],
            cut);

    private static Gen<BlockCoverage> RangesOf() =>
        from ranges in Gen.NonEmptyListOf(
            from first in Gen.Choose(0, MaxCells)
            from count in Gen.Choose(1, 8)
            from open in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
            select open ? BlockRun.From(first) : new BlockRun(first, count))
        select BlockCoverage.Of(ranges.Take(4));

    private static IEnumerable<SyncCase> Smaller(SyncCase failing)
    {
        if (failing.Threads > 1)
        {
            yield return failing with { Threads = 1 };
        }

        if (failing.B.Moves.Any(move => move != 0))
        {
            yield return failing with { B = failing.B with { Moves = [] } };
            for (int i = 0; i < failing.B.Moves.Count; i++)
            {
                int[] moves = [.. failing.B.Moves.Take(i), 0, .. failing.B.Moves.Skip(i + 1)];
                yield return failing with { B = failing.B with { Moves = moves } };
            }
        }

        if (failing.A.Moves.Any(move => move != 0))
        {
            yield return failing with { A = failing.A with { Moves = [] } };
        }

        if (failing.OverBase)
        {
            yield return failing with { OverBase = false };
        }
        else if (failing.Compression.Codec != FrameCodec.None)
        {
            yield return failing with { Compression = Compression.None };
        }

        foreach (Side side in Smaller(failing.A))
        {
            yield return failing with { A = side };
        }

        foreach (Side side in Smaller(failing.B))
        {
            yield return failing with { B = side };
        }

        // A block that is the same on both sides.
        for (int i = 0; i < Math.Min(failing.A.Cells.Count, failing.B.Cells.Count); i++)
        {
            if (failing.A.Cells[i] != failing.B.Cells[i])
            {
                yield return failing with
                {
                    B = failing.B with { Cells = [.. failing.B.Cells.Take(i), failing.A.Cells[i], .. failing.B.Cells.Skip(i + 1)] },
                };
            }
        }
    }

    private static IEnumerable<Side> Smaller(Side side)
    {
        if (side.Cells.Count > 0)
        {
            yield return side with { Cells = [.. side.Cells.Take(side.Cells.Count / 2)] };
            yield return side with { Cells = [.. side.Cells.Take(side.Cells.Count - 1)] };
        }

        if (side.Cut > 0)
        {
            yield return side with { Cut = 0 };
        }
    }
}

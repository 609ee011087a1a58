using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Collecting;
using BinarySync.Sync.Splitting;

namespace BinarySync.Sync.Tests.Crash;

/// <summary>A data file in parts, and the machine that they are applied on.</summary>
internal sealed class SetCase
{
    // What becomes of a part that is taken back depends on nothing that its size says: any will do.
    private const long SplitSize = 1;

    private SetCase(string description, SetImages images, IReadOnlyList<byte[]> parts)
    {
        Description = description;
        Images = images;
        Parts = parts;
        Digests = [.. parts.Select(CrashCase.DigestOf)];
        Blocks = [.. parts.Select(part => FourSteps.Blocks(part).ToArray())];
        NeedsOld = parts.Any(CrashFiles.NeedsOld);
    }

    public string Description { get; }

    public SetImages Images { get; }

    public IReadOnlyList<byte[]> Parts { get; }

    public IReadOnlyList<byte[]> Digests { get; }

    /// <summary>The blocks of which each part speaks.</summary>
    public IReadOnlyList<long[]> Blocks { get; }

    public bool NeedsOld { get; }

    public required CrashBehaviour Behaviour { get; set; }

    public required SparseMode Sparse { get; init; }

    public required long WindowBytes { get; init; }

    /// <summary>Each part is applied with an undo file.</summary>
    public required bool WithUndo { get; init; }

    public bool IsLarge { get; init; }

    /// <summary>The machine before the first run.</summary>
    public MachineState Start => MachineState.Clean(Images.A) with { Undos = [.. Parts.Select(_ => StateOfFile.None)] };

    public override string ToString() =>
        $"{Description}\n  {Parts.Count} parts: {string.Join(" | ", Blocks.Select(blocks => string.Join(' ', FourSteps.Runs(blocks))))}\n  "
            + $"{Behaviour}, sparse {Sparse}, undo {WithUndo}, windows of {WindowBytes}, needs old content {NeedsOld}";

    /// <summary>Two to five parts of one group each, of blocks of one sector to eight.</summary>
    public static SetCase Small(Random random)
    {
        while (true)
        {
            SyncCase sync = CrashSides.SmallSync(random) with { RangesA = BlockCoverage.Whole, RangesB = BlockCoverage.Whole };
            sync = random.Next(4) == 0 ? CrashSides.NearSync(sync, random) : sync;
            List<byte[]> parts = CutSmall(sync, random);
            if (parts.Count > 1)
            {
                return Of(sync.ToString(), sync.ContentA, sync.ContentB, sync.BlockSize, parts, random, page: 1024, isLarge: false);
            }
        }
    }

    /// <summary>Parts as the programs make them: a group has up to 8 MiB, and few of its bytes are not zeros.</summary>
    public static SetCase Large(Random random)
    {
        while (true)
        {
            int blockSize = random.Next(3) == 0 ? 4 << 20 : 8 << 20;
            int most = (24 << 20) / blockSize;
            byte[] a = CrashSides.LargeContent(random, blockSize, random.Next(1, most + 1), null);
            byte[] b = CrashSides.LargeContent(
                random, blockSize, random.Next(2) > 0 ? Math.Max(1, a.Length / blockSize) : random.Next(1, most + 1), a);
            ChecksumSpecification how = new() { BlockSize = blockSize };
            byte[] request = FourSteps.Request(
                FourSteps.Checksums(FakeStorage.File(a), how), FourSteps.Checksums(FakeStorage.File(b), how));
            using SplitPlan plan = Plan(request, new DataFileSpecification());
            List<byte[]> parts = [];
            SplitOperation.Write(
                FakeStorage.File(b), plan, null, new DataFileSpecification(), long.MaxValue, _ =>
                    new MemoryOutput(parts), _ => { }, FourSteps.Threads(1));
            if (parts.Count > 1)
            {
                return Of(
                    $"large blocks of {blockSize}, {a.Length} -> {b.Length} bytes",
                    a,
                    b,
                    blockSize,
                    parts,
                    random,
                    page: 64 << 10,
                    isLarge: true);
            }
        }
    }

    private static SetCase Of(
        string description, byte[] a, byte[] b, int blockSize, List<byte[]> parts, Random random, int page, bool isLarge)
    {
        bool isDevice = random.Next(3) == 0 && !CrashCase.IsTakenBackInPart(a.Length, b.Length, blockSize);
        byte[] behind = new byte[isDevice ? random.Next(1, 3000) : 0];
        random.NextBytes(behind);
        return new SetCase(
            $"{(isDevice ? "device" : "file")}, {description}", new SetImages(a, b, blockSize, page, isDevice, behind), parts)
        {
            Behaviour = CrashCase.BehaviourOf(random, isDevice, hasHoles: random.Next(2) == 0) with { HasTimes = true },
            Sparse = (SparseMode)random.Next(3),
            WindowBytes = random.Next(2) == 0 ? 16 << 20 : 1,
            WithUndo = random.Next(3) > 0,
            IsLarge = isLarge,
        };
    }

    private static SplitPlan Plan(byte[] request, DataFileSpecification how) =>
        SplitOperation.Plan(
            new MemoryStream(request), "update.dtr", how, [SplitSize], long.MaxValue, () => new MemoryStream(), FourSteps.Threads(1));

    // The programs close a part after whole groups, of 8 MiB: here a few blocks make one. Copies that a set cannot have are content
    // before that, as in the programs.
    private static List<byte[]> CutSmall(SyncCase sync, Random random)
    {
        byte[] remote = FourSteps.Checksums(sync.StorageA, sync.HowA, 1);
        byte[] master = FourSteps.Checksums(sync.StorageB, sync.HowB, 1);
        byte[] request = sync.Copies ? FourSteps.RequestWithCopies(remote, master, threads: 1) : FourSteps.Request(remote, master);
        using SplitPlan plan = Plan(request, sync.HowData);
        List<byte[]> requests = RequestCutter.Cut(plan.Open(), FourSteps.TrailerOf(request), random.Next(2, 6), random);
        byte[] id = SetPart.IdOf(SplitSize, [plan.Trailer.BaseRoot], plan.Trailer.TargetRoot);
        return [.. requests.Select((part, i) => RequestCutter.Collect(sync, part, plan.Trailer, header => header with
        {
            IsForward = false,
            Set = new SetPart
            {
                Id = id,
                Part = i + 1,
                Parts = requests.Count,
                FirstGroup = i,
                GroupCount = 1,
                SplitSize = SplitSize,
            },
        }))];
    }

    private sealed class MemoryOutput(List<byte[]> parts) : MessageOutput("part")
    {
        private readonly MemoryStream _stream = new();

        public override Stream Stream => _stream;

        public override void Commit() => parts.Add(_stream.ToArray());

        protected override void Dispose(bool disposing) => _stream.Dispose();
    }
}

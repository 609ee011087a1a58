using BinarySync.Storage;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Collecting;
using BinarySync.Sync.Splitting;

namespace BinarySync.Sync.Tests.Splitting;

/// <summary>A pair whose data file has several groups: a group is closed after 8 MiB of content.</summary>
internal sealed class SplitCase
{
    public const int BlockSize = 64 << 10;

    private SplitCase(byte[] a, byte[] b)
    {
        A = a;
        B = b;
        ChecksumSpecification how = new() { BlockSize = BlockSize };
        Request = FourSteps.Request(FourSteps.Checksums(FakeStorage.File(a), how), FourSteps.Checksums(FakeStorage.File(b), how));
    }

    public byte[] A { get; }

    public byte[] B { get; }

    public byte[] Request { get; }

    public static DataFileSpecification Specification { get; } = new();

    /// <summary>Sizes in MiB. Each block of B is one byte over and over, or zeros; most are not A's.</summary>
    public static SplitCase Make(int megabytesOfA, int megabytesOfB, int seed = 1, int odd = 1234)
    {
        byte[] a = Fill((megabytesOfA << 20) + (megabytesOfA > 0 ? odd : 0), seed, null);
        return new SplitCase(a, Fill((megabytesOfB << 20) + (odd / 2), seed + 1, a));
    }

    /// <summary>As <see cref="Make"/>, of a B that is shorter and ends in the middle of a block with what A has there.</summary>
    public static SplitCase MakeCutInsideEqualBlock(int megabytesOfA, int megabytesOfB)
    {
        SplitCase pair = Make(megabytesOfA, megabytesOfB);
        int end = pair.B.Length / BlockSize * BlockSize;
        pair.A.AsSpan(end, BlockSize).Fill(77);
        pair.B.AsSpan(end).Fill(77);
        return new SplitCase(pair.A, pair.B);
    }

    public static SplitCase Equal() => new(new byte[5000], new byte[5000]);

    /// <summary>All parts, or one.</summary>
    public List<byte[]> Parts(long splitSize, int? only = null, byte[]? request = null)
    {
        using MemoryStream input = new(request ?? Request);
        using SplitPlan plan = SplitOperation.Plan(
            input, "update.dtr", Specification, [splitSize], long.MaxValue, () => new MemoryStream(), FourSteps.Threads(2));
        return Write(plan, long.MaxValue, only);
    }

    /// <summary>All parts of any request.</summary>
    public static List<byte[]> Parts(FakeStorage master, byte[] request, long splitSize)
    {
        using MemoryStream input = new(request);
        using SplitPlan plan = SplitOperation.Plan(
            input, "update.dtr", Specification, [splitSize], long.MaxValue, () => new MemoryStream(), FourSteps.Threads(1));
        return Write(master, plan, long.MaxValue, only: null);
    }

    public List<byte[]> Write(SplitPlan plan, long mostBytes, int? only = null) => Write(FakeStorage.File(B), plan, mostBytes, only);

    private static List<byte[]> Write(FakeStorage master, SplitPlan plan, long mostBytes, int? only)
    {
        List<byte[]> parts = [];
        SplitOperation.Write(master, plan, only, Specification, mostBytes, _ => new MemoryOutput(parts), _ => { }, FourSteps.Threads(2));
        return parts;
    }

    public static DataFileHeader HeaderOf(byte[] part) =>
        new OperationReader(new MemoryStream(part), "part", MessageKind.DataFile).FileHeader;

    private static byte[] Fill(int length, int seed, byte[]? before)
    {
        byte[] content = new byte[length];
        Random random = new(seed);
        for (int at = 0; at < length; at += BlockSize)
        {
            Span<byte> block = content.AsSpan(at, Math.Min(BlockSize, length - at));
            int draw = random.Next(12);
            if (draw == 0 && before is not null && at + block.Length <= before.Length)
            {
                before.AsSpan(at, block.Length).CopyTo(block);
            }
            else if (draw > 1)
            {
                block.Fill((byte)(1 + random.Next(255)));
                block[0] = (byte)seed;
            }
        }

        return content;
    }

    private sealed class MemoryOutput(List<byte[]> parts) : MessageOutput("part")
    {
        private readonly MemoryStream _stream = new();

        public override Stream Stream => _stream;

        public override void Commit() => parts.Add(_stream.ToArray());

        protected override void Dispose(bool disposing) => _stream.Dispose();
    }
}

namespace BinarySync.Sync.Tests.Support;

/// <summary>
/// What a sync must come to, worked out block by block from Format.md 9.1 and 9.4, and from nothing of the code under test.
/// </summary>
public sealed class SyncModel
{
    private readonly int _blockSize;

    public SyncModel(SyncCase sync)
        : this(sync.ContentA, sync.ContentB, sync.BlockSize, sync.RangesA, sync.RangesB)
    {
    }

    /// <summary>A sync in blocks of another size than its case was made of; the ranges are in those blocks.</summary>
    public SyncModel(byte[] a, byte[] b, int blockSize, BlockCoverage rangesA, BlockCoverage rangesB)
    {
        _blockSize = blockSize;
        A = a;
        B = b;
        long most = Math.Max(BlocksOf(A), BlocksOf(B));
        Compared = [.. Blocks(most).Where(block => Speaks(rangesA, BlocksOf(A), block) && Speaks(rangesB, BlocksOf(B), block))];
        long[] tail = A.Length == B.Length ? [] : [.. Blocks(most).Where(block => (block + 1) * _blockSize > Math.Min(A.Length, B.Length))];
        ChangesSize = tail.Length > 0 && tail.All(Compared.Contains);
        LeavesSize = tail.Length > 0 && !ChangesSize;
        if (LeavesSize)
        {
            Compared.ExceptWith(tail);
        }

        NothingInCommon = most > 0 && Compared.Count == 0;
    }

    public byte[] A { get; }

    public byte[] B { get; }

    /// <summary>The compared coverage.</summary>
    public HashSet<long> Compared { get; }

    public bool ChangesSize { get; }

    public bool LeavesSize { get; }

    public bool NothingInCommon { get; }

    public byte[] Expected => After(A);

    /// <summary>
    /// What applying makes of a target that has A's content in the blocks that matter, and is as long as A, B or a device.
    /// </summary>
    public byte[] After(byte[] target, bool isDevice = false)
    {
        byte[] result = new byte[ChangesSize && !isDevice ? B.Length : target.Length];
        target.AsSpan(0, Math.Min(target.Length, result.Length)).CopyTo(result);
        foreach (long block in Compared)
        {
            Of(B, block).CopyTo(result.AsSpan((int)Math.Min(result.Length, block * _blockSize)));
        }

        return result;
    }

    /// <summary>The bytes that exist of a block.</summary>
    public Span<byte> Of(byte[] content, long block)
    {
        int from = (int)Math.Min(content.Length, block * _blockSize);
        return content.AsSpan(from, Math.Min(_blockSize, content.Length - from));
    }

    private long BlocksOf(byte[] content) => (content.Length + _blockSize - 1) / _blockSize;

    private static IEnumerable<long> Blocks(long count) => FourSteps.Each(new BlockRun(0, count));

    // Who has the last block, or has nothing at all, speaks of what comes after the end.
    private static bool Speaks(BlockCoverage ranges, long blockCount, long block)
    {
        bool Has(long number) => ranges.IsWhole || ranges.Ranges.ToArray().Any(range => number >= range.First && number < range.End);
        return block < blockCount ? Has(block) : blockCount == 0 || Has(blockCount - 1);
    }
}

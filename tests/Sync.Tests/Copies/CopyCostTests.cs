using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Tests.Support;
using BinarySync.Tests.Messages;

namespace BinarySync.Sync.Tests.Copies;

/// <summary>
/// What it costs to copy blocks in a random order, counted: in proportion to what is moved, however many copies there are.
/// </summary>
public sealed class CopyCostTests
{
    private const int BlockSize = 512;

    // Two groups of operations with SHA-256; with one, each copy would find its group loaded.
    private const int Blocks = 24_000;

    private static readonly ChecksumSpecification How = new() { BlockSize = BlockSize, Hash = BlockHash.Sha256 };

    [Theory]
    [InlineData(64 << 20, 1)]
    [InlineData(Blocks * BlockSize / 16, 20)]
    public void Blocks_in_a_random_order_are_read_a_few_times_and_flushed_by_windows(long redoBytes, int mostWindows)
    {
        (byte[] a, byte[] b) = Shuffled(Blocks);
        byte[] dataFile = DataFile(a, b);
        FakeStorage target = FakeStorage.File(a);
        FakeRedoFile redo = new();
        using CountingFile file = new(dataFile);

        ApplyResult done = ApplyOperation.Run(
            target,
            new PatchSource(file, "update.dtf"),
            FourSteps.Places() with { Redo = redo },
            new ApplySpecification(),
            new ApplyTuning { RedoBytes = redoBytes },
            new SyncOptions());

        Assert.Equal(b, target.Content);
        Assert.InRange(done.Written.CopyBlocks, Blocks - 100, Blocks);

        // Each pass reads it once: three of them, and copies are gathered to be looked at and to be done.
        Assert.InRange(file.BytesRead, 1, 7L * dataFile.Length);

        // Recognised twice, looked at, copied, read back with every window and at the end; and gaps.
        long read = target.Log.Where(call => call.Call is DiskCall.Read or DiskCall.ReadBelowCache).Sum(call => call.Length);
        Assert.InRange(read, 1, (mostWindows == 1 ? 8L : 24L) * a.Length);
        Assert.InRange(redo.Flushes, 1, mostWindows);
        Assert.InRange(target.Log.Count(call => call.Call == DiskCall.Flush), 1, mostWindows + 4);
    }

    [Fact]
    public void Copies_of_large_blocks_go_in_pieces()
    {
        const int Large = 4 << 20;
        byte[] a = new byte[(5 * Large) + 1000];
        new Random(3).NextBytes(a);

        // Blocks 0 to 2 move to 1 to 3, through the redo; the last whole one becomes new, and 0 is what 4 was.
        byte[] b = [.. a];
        a.AsSpan(0, 3 * Large).CopyTo(b.AsSpan(Large));
        a.AsSpan(4 * Large, Large).CopyTo(b);
        new Random(4).NextBytes(b.AsSpan(4 * Large, Large));
        ChecksumSpecification how = new() { BlockSize = Large };
        byte[] request = FourSteps.RequestWithCopies(
            FourSteps.Checksums(FakeStorage.File(a), how), FourSteps.Checksums(FakeStorage.File(b), how));
        byte[] dataFile = FourSteps.Data(FakeStorage.File(b), request);
        FakeStorage target = FakeStorage.File(a);

        ApplyResult done = FourSteps.Apply(target, dataFile);

        Assert.Equal(b, target.Content);
        Assert.Equal(4, done.Written.CopyBlocks);
        Assert.All(
            target.Log.Where(call => call.Call is DiskCall.Read or DiskCall.ReadBelowCache or DiskCall.Write), call =>
                Assert.InRange(call.Length, 0, PatchItem.ChunkLength));
    }

    [Fact]
    public void A_large_block_whose_source_changed_is_found_before_anything_is_written()
    {
        const int Large = 2 << 20;
        byte[] a = new byte[4 * Large];
        new Random(3).NextBytes(a);
        byte[] b = [.. a];
        a.AsSpan(0, Large).CopyTo(b.AsSpan(3 * Large));
        ChecksumSpecification how = new() { BlockSize = Large };
        byte[] request = FourSteps.RequestWithCopies(
            FourSteps.Checksums(FakeStorage.File(a), how), FourSteps.Checksums(FakeStorage.File(b), how));
        byte[] dataFile = FourSteps.Data(FakeStorage.File(b), request);
        a[Large - 1] ^= 1;
        FakeStorage target = FakeStorage.File(a);

        SyncException refused = Assert.Throws<SyncException>(() => FourSteps.Apply(target, dataFile));

        Assert.Equal((SyncError.Unrecognized, new BlockRun(3, 1)), (refused.Error, Assert.Single(refused.Ranges)));
        Assert.Empty(target.Changes);
    }

    private static (byte[] A, byte[] B) Shuffled(int blocks)
    {
        Random random = new(7);
        byte[] a = new byte[blocks * BlockSize];
        random.NextBytes(a);
        int[] order = [.. Enumerable.Range(0, blocks)];
        random.Shuffle(order);
        byte[] b = new byte[a.Length];
        for (int i = 0; i < blocks; i++)
        {
            a.AsSpan(order[i] * BlockSize, BlockSize).CopyTo(b.AsSpan(i * BlockSize));
        }

        return (a, b);
    }

    private static byte[] DataFile(byte[] a, byte[] b) => FourSteps.Data(
        FakeStorage.File(b),
        FourSteps.RequestWithCopies(FourSteps.Checksums(FakeStorage.File(a), How), FourSteps.Checksums(FakeStorage.File(b), How)));

    // Counts what is read of a data file.
    private sealed class CountingFile(byte[] content) : MemoryStream(content, writable: false), IPositionalReader
    {
        private readonly ReadMessageAt _read = MessageBytes.ReaderOf(content);

        public long BytesRead { get; private set; }

        // What reads into a span comes by here too.
        public override int Read(byte[] buffer, int offset, int count) => Counted(base.Read(buffer, offset, count));

        public int ReadAt(Span<byte> buffer, long offset) => Counted(_read(buffer, offset));

        private int Counted(int count)
        {
            BytesRead += count;
            return count;
        }
    }
}

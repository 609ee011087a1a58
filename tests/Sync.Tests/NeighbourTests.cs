using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Running;

namespace BinarySync.Sync.Tests;

/// <summary>Blocks that lie near one another in the target are read together.</summary>
public sealed class NeighbourTests
{
    private const int Block = 4096;

    [Fact]
    public void Scattered_blocks_are_read_with_few_calls_and_those_far_away_by_themselves()
    {
        (byte[] a, byte[] b, byte[] dataFile) = Scattered(every: 4, count: 50, thenAt: 300);
        FakeStorage target = FakeStorage.File(a);

        ApplyOperation.Run(
            target,
            FourSteps.Patch(dataFile),
            FourSteps.Places(),
            new ApplySpecification { DryRun = true },
            new SyncOptions { Threads = 1 });

        // 50 blocks, one in four, are 197 blocks of the target; the last changed block stands 100 blocks behind them.
        Assert.Equal([(0L, 197L * Block), (300L * Block, Block)], Reads(target.Log, DiskCall.Read));
        FourSteps.Apply(target, dataFile);
        Assert.Equal(b, target.Content);

        // Before the first change, blocks that stay are read below the cache, as evidence for the journal.
        IEnumerable<DiskEvent> changing = target.Log.SkipWhile(call => !call.ChangesContent);
        Assert.Equal([(0L, 197L * Block), (300L * Block, Block)], Reads(changing, DiskCall.ReadBelowCache));
    }

    [Fact]
    public void A_gap_that_cannot_be_read_does_not_matter()
    {
        (byte[] a, byte[] b, byte[] dataFile) = Scattered(every: 4, count: 20, thenAt: 300);
        FakeStorage target = FakeStorage.File(a).FailAt(new DiskFault(DiskCall.Read, 1, StorageError.ReadFailed));

        FourSteps.Apply(target, dataFile);

        Assert.Equal(b, target.Content);
    }

    [Fact]
    public void A_block_that_cannot_be_read_does()
    {
        (byte[] a, _, byte[] dataFile) = Scattered(every: 4, count: 20, thenAt: 300);
        FakeStorage target = FakeStorage.File(a);
        target.Before = call =>
        {
            // Block 8 is one that is asked for.
            if (call.Call == DiskCall.Read && call.Offset <= 8 * Block && call.End > 8 * Block)
            {
                throw new StorageException(StorageError.ReadFailed, "target", "target: cannot read");
            }
        };

        Assert.Equal(StorageError.ReadFailed, Assert.Throws<StorageException>(() => { FourSteps.Apply(target, dataFile); }).Error);
        Assert.Equal(a, target.Content);
    }

    private static (byte[] A, byte[] B, byte[] DataFile) Scattered(int every, int count, int thenAt)
    {
        byte[] a = new byte[400 * Block];
        new Random(5).NextBytes(a);
        byte[] b = [.. a];
        for (int i = 0; i < count; i++)
        {
            b[i * every * Block] ^= 1;
        }

        b[thenAt * Block] ^= 1;
        return (a, b, FourSteps.DataFile(a, b, Block));
    }

    private static IEnumerable<(long Offset, long Length)> Reads(IEnumerable<DiskEvent> log, DiskCall kind) =>
        log.Where(call => call.Call == kind).Select(call => (call.Offset, call.Length));
}

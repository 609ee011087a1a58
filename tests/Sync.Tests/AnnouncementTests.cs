using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Checksums;

namespace BinarySync.Sync.Tests;

/// <summary>Scattered reads are announced, all of an item before the first of them: a slow disk does them side by side.</summary>
public sealed class AnnouncementTests
{
    private const int Block = 4096;
    private const int Count = 20;

    // Farther apart than what is read together.
    private const int Every = 40;

    private static readonly ChecksumSpecification How = new() { BlockSize = Block };

    [Fact]
    public void Blocks_that_are_collected()
    {
        (byte[] a, byte[] b) = Scattered();
        byte[] request = FourSteps.Request(
            FourSteps.Checksums(FakeStorage.File(a), How), FourSteps.Checksums(FakeStorage.File(b), How));
        FakeStorage master = FakeStorage.File(b);

        DemandAnnounced(master, () => FourSteps.Data(master, request, threads: 1));
    }

    [Fact]
    public void Blocks_that_are_recognised()
    {
        (byte[] a, byte[] b) = Scattered();
        FakeStorage target = FakeStorage.File(a);
        byte[] dataFile = FourSteps.OnePass(FakeStorage.File(b), FourSteps.Checksums(FakeStorage.File(a), How));

        DemandAnnounced(target, () => FourSteps.Apply(target, dataFile, new ApplySpecification { DryRun = true }, threads: 1));
    }

    [Fact]
    public void Sources_of_copies()
    {
        (byte[] a, _) = Scattered();
        byte[] b = [.. a, .. Enumerable.Range(0, Count).SelectMany(i => a.Skip(i * Every * Block).Take(Block))];
        FakeStorage target = FakeStorage.File(a);
        byte[] request = FourSteps.RequestWithCopies(
            FourSteps.Checksums(FakeStorage.File(a), How), FourSteps.Checksums(FakeStorage.File(b), How));
        byte[] dataFile = FourSteps.Data(FakeStorage.File(b), request);

        DemandAnnounced(target, () => FourSteps.Apply(target, dataFile, new ApplySpecification { DryRun = true }, threads: 1));
    }

    // Nothing is announced that is not read, either.
    private static void DemandAnnounced(FakeStorage storage, Action run)
    {
        int? beforeTheFirst = null;
        storage.Before = call => beforeTheFirst ??= call.Call == DiskCall.Read ? storage.Announced.Count : null;

        run();

        Assert.Equal(Count, beforeTheFirst);
        Assert.Equal(
            storage.Log.Where(call => call.Call == DiskCall.Read).Select(call => (call.Offset, call.End - call.Offset)).Order(),
            storage.Announced.Order());
    }

    private static (byte[] A, byte[] B) Scattered()
    {
        byte[] a = new byte[Count * Every * Block];
        new Random(5).NextBytes(a);
        byte[] b = [.. a];
        for (int i = 0; i < Count; i++)
        {
            b[i * Every * Block] ^= 1;
        }

        return (a, b);
    }
}

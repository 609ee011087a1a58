using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Checksums;

namespace BinarySync.Sync.Tests;

/// <summary>Blocks that the medium does not give: named, left out, or written over where that is asked for.</summary>
public sealed class UnreadableTests
{
    private const int Block = 512;
    private const int Large = 2 << 20;

    private static readonly ChecksumSpecification How = new() { BlockSize = Block };

    [Fact]
    public void All_who_read_name_the_blocks()
    {
        byte[] a = Bytes(1, 8192);
        byte[] b = Bytes(2, 8192);
        byte[] ofA = FourSteps.Checksums(FakeStorage.File(a), How);
        byte[] ofB = FourSteps.Checksums(FakeStorage.File(b), How);
        byte[] request = FourSteps.Request(ofA, ofB);

        Names(() => FourSteps.Checksums(Spoilt(b), How));
        Names(() => FourSteps.Check(Spoilt(b), ofB));
        Names(() => FourSteps.OnePass(Spoilt(b), ofA));
        Names(() => FourSteps.Data(Spoilt(b), request));
        Names(() => FourSteps.Apply(Spoilt(a), FourSteps.DataFile(a, b)), SyncError.UnreadableButBrought);
    }

    [Theory]
    [InlineData(Block, 8192)]
    [InlineData(Block, 8000)]
    [InlineData(Large, (3 * Large) + 1000)]
    public void What_cannot_be_read_is_left_out_as_if_it_had_not_been_asked_for(int blockSize, int length)
    {
        byte[] content = Bytes(3, length);
        content.AsSpan(0, blockSize).Clear();
        FakeStorage source = FakeStorage.File(content);
        source.Spoil(blockSize + 7, 3);
        BlockRun last = new(length / blockSize, 1);
        if (length % blockSize > 0)
        {
            source.Spoil(length - 1, 1);
        }

        ChecksumSpecification how = new() { BlockSize = blockSize };
        using MemoryStream output = new();
        ChecksumResult made = ChecksumOperation.Run(source, how, output, FourSteps.Threads(2), new MemoryStream());

        BlockRun[] bad = length % blockSize > 0 ? [new BlockRun(1, 1), last] : [new BlockRun(1, 1)];
        Assert.Equal(bad, made.Unreadable.Runs);
        BlockCoverage rest = BlockCoverage.Of([new BlockRun(0, 1), BlockRun.Between(2, length / blockSize)]);
        Assert.Equal(FourSteps.Checksums(FakeStorage.File(content), how with { Coverage = rest }), output.ToArray());
    }

    [Fact]
    public void Where_all_can_be_read_it_is_the_same_file()
    {
        byte[] content = Bytes(3, 100_000);
        using MemoryStream output = new();
        ChecksumResult made = ChecksumOperation.Run(FakeStorage.File(content), How, output, FourSteps.Threads(2), new MemoryStream());
        Assert.Equal(0, made.Unreadable.BlockCount);
        Assert.Equal(FourSteps.Checksums(FakeStorage.File(content), How), output.ToArray());
    }

    [Fact]
    public void Ranges_and_a_target_of_which_nothing_can_be_read()
    {
        byte[] content = Bytes(3, 8192);
        FakeStorage source = Spoilt(content);
        ChecksumSpecification ranges = How with { Coverage = BlockCoverage.Of([new BlockRun(2, 3), new BlockRun(8, 2)]) };
        using MemoryStream output = new();
        ChecksumResult made = ChecksumOperation.Run(source, ranges, output, FourSteps.Threads(2), new MemoryStream());
        Assert.Equal([new BlockRun(2, 1), new BlockRun(4, 1), new BlockRun(8, 1)], made.Header.Coverage.Ranges.ToArray());

        FakeStorage dead = FakeStorage.File(content);
        dead.Spoil(0, 8192);
        made = ChecksumOperation.Run(dead, How, new MemoryStream(), FourSteps.Threads(2), new MemoryStream());
        Assert.Equal([new BlockRun(0, 16)], made.Unreadable.Runs);
        Assert.True(made.Header.Coverage.IsEmpty);
    }

    [Theory]
    [InlineData(Block, VerifyMode.Written)]
    [InlineData(Block, VerifyMode.Full)]
    [InlineData(Large, VerifyMode.Written)]
    public void Blocks_that_the_data_file_brings_whole_are_written_over_where_that_is_asked_for(int blockSize, VerifyMode verify)
    {
        byte[] a = Bytes(1, 6 * blockSize);
        byte[] b = [.. a];
        Bytes(2, blockSize).CopyTo(b, blockSize);
        b.AsSpan(3 * blockSize, blockSize).Clear();
        byte[] dataFile = FourSteps.DataFile(a, b, blockSize);
        ApplySpecification overwrites = new() { OverwriteUnreadable = true, Verify = verify };
        FakeStorage target = FakeStorage.File(a);
        target.Spoil(blockSize + 9, 1);
        target.Spoil((3 * blockSize) + 9, 1);

        foreach (ApplySpecification how in (ApplySpecification[])[new(), new() { DryRun = true }, new() { ForceUnrecognized = true }])
        {
            SyncException refused = Assert.Throws<SyncException>(() => FourSteps.Apply(target, dataFile, how));
            Assert.Equal(SyncError.UnreadableButBrought, refused.Error);
            Assert.Equal([new BlockRun(1, 1), new BlockRun(3, 1)], refused.Ranges);
        }

        // What is lost cannot be saved first.
        Assert.Throws<SyncException>(
            () =>
                ApplyOperation.Run(
                    target, FourSteps.Patch(dataFile), FourSteps.Places(undo: new FakeUndoPlace()), overwrites, new SyncOptions()));
        Assert.Empty(target.Changes);

        Assert.Equal(2, FourSteps.Apply(target, dataFile, overwrites with { DryRun = true }).Plan.Unreadable.BlockCount);
        FourSteps.Apply(target, dataFile, overwrites with { CheckBase = true });
        Assert.Equal(b, target.Content);
    }

    [Fact]
    public void A_block_that_is_copied_or_brought_in_part_is_not_written_over()
    {
        byte[] a = Bytes(1, 16 * Block);
        byte[] b = [.. a[(8 * Block)..], .. a[..(8 * Block)]];
        byte[] request = FourSteps.RequestWithCopies(
            FourSteps.Checksums(FakeStorage.File(a), How), FourSteps.Checksums(FakeStorage.File(b), How));
        FakeStorage target = FakeStorage.File(a);
        target.Spoil(4 * Block, 1);
        SyncException refused = Assert.Throws<SyncException>(
            () =>
                FourSteps.Apply(
                    target, FourSteps.Data(FakeStorage.File(b), request), new ApplySpecification { OverwriteUnreadable = true }));
        Assert.Equal(SyncError.Unreadable, refused.Error);

        // Of a device, the rest of the last block stays.
        FakeStorage device = FakeStorage.Device(a);
        device.Spoil(Block + 1, 1);
        refused = Assert.Throws<SyncException>(
            () => FourSteps.Apply(device, FourSteps.DataFile(a, Bytes(2, 700)), new ApplySpecification { OverwriteUnreadable = true }));
        Assert.Equal(SyncError.Unreadable, refused.Error);
        Assert.Empty(device.Changes);
        Assert.Empty(target.Changes);
    }

    [Fact]
    public void A_block_that_stays_unreadable_is_no_success()
    {
        byte[] a = Bytes(1, 8192);
        byte[] b = Bytes(2, 8192);
        FakeStorage target = FakeStorage.File(a);
        target.Spoil(Block, 1, mendsByWriting: false);
        SyncException failed = Assert.Throws<SyncException>(
            () => FourSteps.Apply(target, FourSteps.DataFile(a, b), new ApplySpecification { OverwriteUnreadable = true }));
        Assert.Equal((SyncError.Unreadable, new BlockRun(1, 1)), (failed.Error, Assert.Single(failed.Ranges)));
    }

    [Fact]
    public void A_block_of_which_the_data_file_does_not_speak_does_not_matter_until_all_is_compared()
    {
        byte[] a = Bytes(1, 8192);
        byte[] b = [.. a];
        b[0] ^= 1;
        FakeStorage target = FakeStorage.File(a);
        target.Spoil(8000, 1);
        FourSteps.Apply(target, FourSteps.DataFile(a, b));
        foreach (ApplySpecification how in (ApplySpecification[])[new() { CheckBase = true }, new() { Verify = VerifyMode.Full }])
        {
            SyncException failed = Assert.Throws<SyncException>(() => FourSteps.Apply(target, FourSteps.DataFile(a, b), how));
            Assert.Equal((SyncError.Unreadable, new BlockRun(15, 1)), (failed.Error, Assert.Single(failed.Ranges)));
        }
    }

    private static byte[] Bytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    // Blocks 3, 9 and 10.
    private static FakeStorage Spoilt(byte[] content)
    {
        FakeStorage storage = FakeStorage.File(content);
        storage.Spoil((3 * Block) + 5, 1);
        storage.Spoil(9 * Block, Block + 1);
        return storage;
    }

    private static void Names(Action read, SyncError error = SyncError.Unreadable)
    {
        SyncException refused = Assert.Throws<SyncException>(read);
        Assert.Equal(error, refused.Error);
        Assert.Equal([new BlockRun(3, 1), new BlockRun(9, 2)], refused.Ranges);
        Assert.Contains("3 blocks (3, 9-10)", refused.Message, StringComparison.Ordinal);
    }
}

using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Checksums;

namespace BinarySync.Sync.Tests.Shifting;

/// <summary>Copies from any byte of A (Format.md 7): whatever is copied, the target becomes B, and can be taken back.</summary>
public sealed class ShiftedSyncTests
{
    private const int Block = 512;

    [Fact]
    public void Any_two_contents_become_equal_and_can_be_taken_back()
    {
        long shifted = 0;
        SyncCases.Shifted.CheckFitting(120, sync => Holds(sync, ref shifted));

        Assert.True(shifted > 15, $"{shifted} shifted copies were tried");
    }

    private static bool Holds(SyncCase sync, ref long shifted)
    {
        SyncModel model = new(sync);
        if (model.NothingInCommon)
        {
            return false;
        }

        byte[] dataFile = sync.DataFileWithShifts();
        shifted += FourSteps.Groups(dataFile).Sum(group => group.Operations.Count(operation => operation.Shift > 0));
        FakeStorage target = sync.StorageA;
        FakeUndoPlace undo = new();
        ApplyTuning tuning = new()
        {
            RedoBytes = 1 + (sync.Seed % 7 * sync.BlockSize),
            WindowBytes = 1 + (sync.Seed % 5 * sync.BlockSize),
            Gathering = new CopyGatherLimits { Slices = 1 + (sync.Seed % 11), HashBytes = 1 + (sync.Seed % 3000) },
        };

        ApplyOperation.Run(
            target,
            FourSteps.Patch(dataFile),
            FourSteps.Places(undo: undo),
            new ApplySpecification { Verify = (VerifyMode)(sync.Seed % 3), CheckBase = sync.Seed % 4 == 0 },
            tuning,
            FourSteps.Threads(sync.Threads));

        Assert.Equal(model.Expected, target.Content);
        Assert.Equal(model.Expected, target.Medium.ToArray());

        // A second time there is nothing left to do, and nothing to do it from.
        Assert.Equal(0, FourSteps.Apply(target, dataFile).Plan.BlocksToWrite);
        FourSteps.Apply(target, undo.Content!);
        Assert.Equal(model.A, target.Content);
        return true;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(Block - 1)]
    public void Bytes_put_in_front_move_the_rest_and_send_next_to_nothing(int length)
    {
        byte[] a = Random(1, 2000 * Block);
        byte[] b = [.. Random(2, length), .. a];

        (byte[] dataFile, FakeStorage target, ApplyResult done) = Sync(a, b);

        Assert.Equal(b, target.Content);
        Assert.Equal((length + Block - 1) / Block, done.Written.DataBlocks);

        // The last block is not in A: that is another operation.
        Assert.Equal(2, FourSteps.Groups(dataFile).Sum(group => group.Operations.Count(operation => operation.Shift > 0)));
    }

    // Such a block is read twice, in pieces: only its end shows whether it is the right one.
    [Theory]
    [InlineData(100)]
    [InlineData((1 << 20) + 1)]
    public void Blocks_larger_than_a_buffer_are_copied_too(int length)
    {
        const int Large = 2 << 20;
        byte[] a = Random(1, (3 * Large) + 77);
        byte[] b = [.. Random(2, length), .. a];

        (_, FakeStorage target, ApplyResult done) = Sync(a, b, blockSize: Large);

        Assert.Equal(b, target.Content);
        Assert.Equal(1, done.Written.DataBlocks);
        Assert.Equal(3, done.Written.CopyBlocks);
    }

    [Fact]
    public void Bytes_taken_out_move_the_rest_to_the_front()
    {
        byte[] a = Random(1, 2000 * Block);
        byte[] b = [.. a[..1000], .. a[1777..]];

        (_, FakeStorage target, ApplyResult done) = Sync(a, b);

        Assert.Equal(b, target.Content);
        Assert.Equal(1, done.Written.DataBlocks);
    }

    [Fact]
    public void Two_halves_that_change_places_by_bytes_send_what_closes_the_circle()
    {
        byte[] a = Random(1, 400 * Block);
        byte[] b = [.. a[(200 * Block)..], .. Random(2, 100), .. a[..((200 * Block) - 100)]];

        (_, FakeStorage target, ApplyResult done) = Sync(a, b, new ApplyTuning { RedoBytes = 16 * Block });

        Assert.Equal(b, target.Content);
        Assert.InRange(done.Written.DataBlocks, 1, 202);
        Assert.True(done.Written.CopyBlocks >= 198, $"{done.Written.CopyBlocks} copied");
    }

    [Fact]
    public void Content_of_another_kind_with_the_same_hashes_is_found_before_anything_is_written()
    {
        byte[] a = Random(1, 20 * Block);
        byte[] b = [.. Random(2, 100), .. a];
        byte[] request = RequestOf(a, b);
        OperationReader reader = new(new MemoryStream(request), "update.dtr", MessageKind.DataRequest);
        OperationGroup group = new();
        Assert.True(reader.ReadGroup(group));
        byte[] content = b[..Block];
        using MemoryStream forged = new();
        DataFileWriter writer = new(forged, new DataFileHeader(reader.Header, FormatLimits.MinFrameSize));
        writer.WriteGroup(group, new byte[group.Copies * OperationGroup.Sha256Length]);
        writer.WriteFrame(FrameCodec.None, content.Length, content);
        Assert.False(reader.ReadGroup(new OperationGroup()));
        writer.Finish(reader.Trailer.BaseRoot, reader.Trailer.TargetRoot);
        FakeStorage target = FakeStorage.File(a);

        SyncException refused = Assert.Throws<SyncException>(() => FourSteps.Apply(target, forged.ToArray()));

        Assert.Equal(SyncError.Mismatch, refused.Error);
        Assert.Empty(target.Changes);
    }

    private static (byte[] DataFile, FakeStorage Target, ApplyResult Done) Sync(
        byte[] a, byte[] b, ApplyTuning? tuning = null, int blockSize = Block)
    {
        byte[] dataFile = FourSteps.Data(FakeStorage.File(b), RequestOf(a, b, blockSize));
        FakeStorage target = FakeStorage.File(a);
        ApplyResult done = ApplyOperation.Run(
            target, FourSteps.Patch(dataFile), FourSteps.Places(), new ApplySpecification(), tuning ?? new ApplyTuning(),
            FourSteps.Threads(2));
        return (dataFile, target, done);
    }

    private static byte[] RequestOf(byte[] a, byte[] b, int blockSize = Block)
    {
        ChecksumSpecification how = new() { BlockSize = blockSize };
        return FourSteps.RequestWithShifts(
            a, b, FourSteps.Checksums(FakeStorage.File(a), how), FourSteps.Checksums(FakeStorage.File(b), how));
    }

    private static byte[] Random(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

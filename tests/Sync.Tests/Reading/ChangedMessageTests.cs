using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Applying.Sets;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Collecting;
using BinarySync.Sync.Comparing;
using BinarySync.Sync.Requests;
using BinarySync.Sync.Splitting;
using BinarySync.Sync.Tests.Splitting;
using BinarySync.Tests.Support;

namespace BinarySync.Sync.Tests.Reading;

/// <summary>
/// Data files and requests that are something else when they are read again: no byte of that reaches the target, and the error says how
/// far the target is.
/// </summary>
public sealed class ChangedMessageTests
{
    private const int Block = 4096;
    private const int Frame = FormatLimits.MinFrameSize;

    // The tooth: the other file is right in itself, has the same header and fits the target. All checks but the last one, at its end,
    // would let it through.
    [Theory]
    [InlineData(Block, 1)]
    [InlineData(Block, 4)]
    [InlineData(2 * Frame, 1)]
    public void Another_data_file_that_fits_as_well_is_not_written(int blockSize, int threads)
    {
        byte[] a = Bytes(1, 40 * Frame);
        byte[] b = Bytes(2, a.Length);
        byte[] planted = Bytes(3, a.Length);
        TurningFile file = new(FourSteps.DataFile(a, b, blockSize), FourSteps.DataFile(a, planted, blockSize));
        FakeStorage target = FakeStorage.File(a);
        FakeStateFile journal = new() { Before = _ => file.Turn() };

        SyncException refused = Assert.Throws<SyncException>(
            () =>
                ApplyOperation.Run(
                    target,
                    new PatchSource(file, "update.dtf"),
                    FourSteps.Places(journal),
                    new ApplySpecification(),
                    FourSteps.Threads(threads)));

        Assert.Equal(
            (SyncError.SourceChanged, "update.dtf", TargetProgress.PartlyPatched), (refused.Error, refused.Subject, refused.Progress));
        Assert.Equal(a, target.Content);

        // With the right one again, the same command goes on.
        journal.Before = null;
        ApplyOperation.Run(
            target,
            FourSteps.Patch(FourSteps.DataFile(a, b, blockSize)),
            FourSteps.Places(journal),
            new ApplySpecification(),
            FourSteps.Threads(threads));
        Assert.Equal(b, target.Content);
    }

    // One byte in each kind of section: header, frame header and payload of operations and of content, trailer, tail.
    [Fact]
    public void A_byte_that_is_another_in_the_middle_of_writing_is_found_before_it_is_used()
    {
        byte[] a = Bytes(1, 20 * Frame);
        byte[] b = Bytes(2, a.Length);
        byte[] dataFile = FourSteps.DataFile(a, b, Block);
        (int near, int far) = RunShare.IsWide ? (5, 9973) : (20, 59_999);
        for (int at = RunSeed.Value % near; at < dataFile.Length; at += at < 200 || at > dataFile.Length - 200 ? near : far)
        {
            byte[] other = [.. dataFile];
            other[at] ^= 0x10;
            TurningFile file = new(dataFile, other);
            FakeStorage target = FakeStorage.File(a);
            target.Before = call =>
            {
                if (call.Call == DiskCall.Write && call.Offset > 0)
                {
                    file.Turn();
                }
            };

            try
            {
                ApplyOperation.Run(
                    target, new PatchSource(file, "update.dtf"), FourSteps.Places(), new ApplySpecification(), FourSteps.Threads(1));
                Assert.Equal(b, target.Content);
            }
            catch (SyncException refused)
            {
                Assert.Equal(
                    (SyncError.SourceChanged, "update.dtf", TargetProgress.PartlyPatched),
                    (refused.Error, refused.Subject, refused.Progress));
                for (int block = 0; block < a.Length; block += Block)
                {
                    ReadOnlySpan<byte> now = target.Content.AsSpan(block, Block);
                    Assert.True(
                        now.SequenceEqual(a.AsSpan(block, Block)) || now.SequenceEqual(b.AsSpan(block, Block)),
                        $"block at {block}, byte {at}");
                }
            }
        }
    }

    [Fact]
    public void A_frame_that_is_another_when_a_repeat_reads_it_again_is_not_used()
    {
        byte[] chunk = Bytes(1, Frame);
        byte[] b = [.. chunk, .. Bytes(2, 8 * Frame), .. chunk];
        byte[] dataFile = FourSteps.DataFile([], b, 512);
        byte[] other = [.. dataFile];
        other[dataFile.AsSpan().IndexOf(chunk.AsSpan(0, 64)) + 1000] ^= 1;
        TurningFile file = new(dataFile, other);
        FakeStorage target = FakeStorage.File([]);
        target.Before = call =>
        {
            if (call.Call == DiskCall.Write)
            {
                file.Turn();
            }
        };

        SyncException refused = Assert.Throws<SyncException>(
            () =>
                ApplyOperation.Run(
                    target, new PatchSource(file, "update.dtf"), FourSteps.Places(), new ApplySpecification(), FourSteps.Threads(1)));

        Assert.Equal((SyncError.SourceChanged, TargetProgress.PartlyPatched), (refused.Error, refused.Progress));
    }

    [Fact]
    public void Before_anything_is_written_the_error_says_so()
    {
        byte[] a = Bytes(1, 4 * Frame);
        byte[] dataFile = FourSteps.DataFile(a, Bytes(2, a.Length), Block);
        TurningFile file = new(dataFile, FourSteps.DataFile(a, Bytes(3, a.Length), Block));
        FakeStorage target = FakeStorage.File(a);

        // Room is reserved next, and for that the operations are read again.
        SyncException refused = Assert.Throws<SyncException>(() => ApplyOperation.Run(
            target,
            new PatchSource(file, "update.dtf"),
            FourSteps.Places(undo: new FakeUndoPlace()),
            new ApplySpecification(),
            new ApplyTuning(),
            FourSteps.Threads(1),
            new TurningObserver(file)));

        Assert.Equal((SyncError.SourceChanged, TargetProgress.Untouched), (refused.Error, refused.Progress));
        Assert.Equal(a, target.Content);
    }

    [Fact]
    public void A_part_that_is_another_file_than_the_one_looked_at_is_not_applied()
    {
        SplitCase pair = SplitCase.Make(26, 34, 1);
        byte[][] parts = [.. pair.Parts(1)];
        int opened = 0;
        PartFiles look = PartFiles.Look(
            [
                new PartSource("one.dtf", () => new MemoryFile(opened++ == 0 ? parts[0] : parts[1])),
                new PartSource("three.dtf", () => new MemoryFile(parts[2])),
            ],
            FourSteps.Threads(1))!;
        FakeStorage target = FakeStorage.File(pair.A);

        SyncException refused = Assert.Throws<SyncException>(() => SetApplyOperation.Run(
            target, look, FourSteps.Places(), new FakeStateFile
            {
                Name = "target.binarysync-set",
            }, new ApplySpecification(), FourSteps.Threads(1)));

        Assert.Equal((SyncError.SourceChanged, "one.dtf", TargetProgress.Untouched), (refused.Error, refused.Subject, refused.Progress));
        Assert.Equal(pair.A, target.Content);
    }

    [Fact]
    public void A_checksum_file_whose_header_is_another_later_is_refused()
    {
        byte[] a = Bytes(1, 4 * Frame);
        byte[] b = [.. a.AsSpan(Frame), .. Bytes(2, Frame)];
        byte[] remote = FourSteps.Checksums(FakeStorage.File(a), new ChecksumSpecification { BlockSize = Block });
        byte[] master = FourSteps.Checksums(FakeStorage.File(b), new ChecksumSpecification { BlockSize = Block });
        byte[] longer = FourSteps.Checksums(FakeStorage.File([.. b, .. a]), new ChecksumSpecification { BlockSize = Block });
        TurningFile file = new(master, longer);
        ChecksumSource source = new(file, "master.ckf");
        source.Open().Dispose();
        file.Turn();

        SyncException refused = Assert.Throws<SyncException>(
            () =>
                DataRequestOperation.RunWithCopies(
                    new ChecksumSource(new MemoryStream(remote), "remote.ckf"), source, null, new MemoryStream(), FourSteps.Threads(1)));

        Assert.Equal((SyncError.SourceChanged, "master.ckf"), (refused.Error, refused.Subject));
    }

    [Fact]
    public void A_request_that_is_another_when_the_parts_are_written_makes_no_part()
    {
        byte[] a = Bytes(1, 40 * Frame);
        byte[] b = Bytes(2, a.Length);
        byte[] c = Bytes(3, a.Length);
        TurningFile file = new(RequestFor(a, b), RequestFor(a, c));
        DataFileSpecification how = new() { FrameSize = Frame };
        using SplitPlan plan = SplitOperation.Plan(
            file, "update.dtr", how, SplitOperation.LeastPart, () => new MemoryStream(), FourSteps.Threads(1));
        file.Turn();

        SyncException refused = Assert.Throws<SyncException>(() => SplitOperation.Write(
            FakeStorage.File(c), plan, null, how, SplitOperation.LeastPart, _ =>
                throw new InvalidOperationException("a part was begun"), _ => { }, FourSteps.Threads(1)));

        Assert.Equal((SyncError.SourceChanged, "update.dtr"), (refused.Error, refused.Subject));
    }

    private static byte[] RequestFor(byte[] a, byte[] b)
    {
        ChecksumSpecification how = new() { BlockSize = Block };
        return FourSteps.Request(FourSteps.Checksums(FakeStorage.File(a), how), FourSteps.Checksums(FakeStorage.File(b), how));
    }

    private static byte[] Bytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Exchanges the data file when all has been found right.</summary>
    private sealed class TurningObserver(TurningFile file) : IApplyObserver
    {
        public void BeforeWriting() => file.Turn();

        public bool MayCut(PatchPlan plan) => true;

        public void BeforeFinishing()
        {
        }
    }
}

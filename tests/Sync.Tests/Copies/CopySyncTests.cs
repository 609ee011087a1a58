using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Collecting;
using BinarySync.Sync.Comparing;
using BinarySync.Sync.Copies;
using BinarySync.Sync.Requests;
using BinarySync.Sync.Tests.Support;

namespace BinarySync.Sync.Tests.Copies;

/// <summary>Content that A has elsewhere is copied, not sent; and whatever is copied, the target becomes B.</summary>
public sealed class CopySyncTests
{
    private const int BlockSize = 512;

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(37)]
    [InlineData(-37)]
    public void A_shifted_image_sends_next_to_nothing(int shift)
    {
        byte[] a = RandomBlocks(1, 2000);
        byte[] b = RandomBlocks(2, 2000);
        int from = Math.Max(0, -shift) * BlockSize;
        int to = Math.Max(0, shift) * BlockSize;
        a.AsSpan(from, a.Length - from - to).CopyTo(b.AsSpan(to));

        (byte[] dataFile, byte[] result, ApplyResult done) = Sync(a, b);

        Assert.Equal(b, result);
        Assert.Equal(2000 - Math.Abs(shift), done.Written.CopyBlocks);
        Assert.Equal(Math.Abs(shift), done.Written.DataBlocks);
        Assert.True(dataFile.Length < a.Length / 10, $"{dataFile.Length} bytes");
    }

    [Fact]
    public void Blocks_in_a_random_order_become_those_of_the_master()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            Random random = new(seed);
            byte[] a = RandomBlocks(seed, 300);
            int[] order = [.. Enumerable.Range(0, 300)];
            random.Shuffle(order);
            byte[] b = new byte[a.Length];
            for (int i = 0; i < order.Length; i++)
            {
                a.AsSpan(order[i] * BlockSize, BlockSize).CopyTo(b.AsSpan(i * BlockSize));
            }

            // Small rooms, so that each of the two ends in the middle of the other.
            (_, byte[] result, ApplyResult done) = Sync(a, b, new ApplyTuning
            {
                RedoBytes = random.Next(1, 20) * BlockSize,
                Gathering = new CopyGatherLimits { Slices = random.Next(1, 40), HashBytes = random.Next(1, 4000) },
            });

            Assert.Equal(b, result);

            // One block of each cycle is sent; of 300 blocks in random order, there are some six cycles.
            Assert.InRange(done.Written.DataBlocks, 1, 30);
        }
    }

    [Fact]
    public void An_index_that_is_full_sends_the_rest_and_says_so()
    {
        byte[] a = RandomBlocks(1, 500);
        byte[] b = [.. a[(10 * BlockSize)..], .. a[..(10 * BlockSize)]];
        ChecksumSpecification how = new() { BlockSize = BlockSize };
        byte[] remote = FourSteps.Checksums(FakeStorage.File(a), how);
        byte[] master = FourSteps.Checksums(FakeStorage.File(b), how);
        using MemoryStream output = new();

        DataRequestResult made = DataRequestOperation.RunWithCopies(
            new ChecksumSource(new MemoryStream(remote), "remote.ckf"),
            new ChecksumSource(new MemoryStream(master), "master.ckf"),
            null,
            output,
            new CopyLimits { IndexLength = 128 * CopyIndex.EntryLength },
            new SyncOptions());

        Assert.Equal(500 - 112, made.BlocksLeftOut);
        Assert.InRange(made.Trailer.CopyBlocks, 90, 112);
        byte[] request = output.ToArray();
        Assert.Equal(
            request, FourSteps.RequestWithCopies(remote, master, new CopyLimits { IndexLength = 128 * CopyIndex.EntryLength }, threads: 5));
        FakeStorage target = FakeStorage.File(a);
        FourSteps.Apply(target, FourSteps.Data(FakeStorage.File(b), request));
        Assert.Equal(b, target.Content);
    }

    [Fact]
    public void More_copies_than_a_message_may_have_are_sent()
    {
        byte[] a = RandomBlocks(1, 100);
        byte[] b = new byte[a.Length];
        for (int i = 0; i < 100; i++)
        {
            a.AsSpan((i ^ 1) * BlockSize, BlockSize).CopyTo(b.AsSpan(i * BlockSize));
        }

        ChecksumSpecification how = new() { BlockSize = BlockSize };
        byte[] request = FourSteps.RequestWithCopies(
            FourSteps.Checksums(FakeStorage.File(a), how), FourSteps.Checksums(FakeStorage.File(b), how), new CopyLimits
            {
                MostCopies = 10,
            });

        Assert.Equal(5, FourSteps.TrailerOf(request).CopyBlocks);
    }

    [Fact]
    public void A_block_that_has_the_hash_and_not_the_content_is_found_before_anything_is_written()
    {
        byte[] a = RandomBlocks(1, 20);
        byte[] b = [.. a];
        a.AsSpan(3 * BlockSize, BlockSize).CopyTo(b.AsSpan(7 * BlockSize));
        ChecksumSpecification how = new() { BlockSize = BlockSize };
        byte[] request = FourSteps.RequestWithCopies(
            FourSteps.Checksums(FakeStorage.File(a), how), FourSteps.Checksums(FakeStorage.File(b), how));
        OperationReader reader = new(new MemoryStream(request), "update.dtr", MessageKind.DataRequest);
        OperationGroup group = new();
        Assert.True(reader.ReadGroup(group));
        Assert.False(reader.ReadGroup(new OperationGroup()));
        using MemoryStream forged = new();
        DataFileWriter writer = new(forged, new DataFileHeader(reader.Header, FormatLimits.MinFrameSize));
        writer.WriteGroup(group, new byte[OperationGroup.Sha256Length]);
        writer.Finish(reader.Trailer.BaseRoot, reader.Trailer.TargetRoot);
        FakeStorage target = FakeStorage.File(a);

        SyncException refused = Assert.Throws<SyncException>(() => FourSteps.Apply(target, forged.ToArray()));

        Assert.Equal(SyncError.Mismatch, refused.Error);
        Assert.Contains("but is not the master's content", refused.Message, StringComparison.Ordinal);
        Assert.Empty(target.Changes);
    }

    [Fact]
    public void A_source_that_changed_is_found_before_anything_is_written()
    {
        byte[] a = RandomBlocks(1, 20);

        // Block 3 is needed at 7, and stays where it is.
        byte[] b = [.. a];
        a.AsSpan(3 * BlockSize, BlockSize).CopyTo(b.AsSpan(7 * BlockSize));
        byte[] dataFile = DataFile(a, b);
        byte[] changed = [.. a];
        changed[3 * BlockSize] ^= 1;
        FakeStorage target = FakeStorage.File(changed);

        foreach (bool force in new[] { false, true })
        {
            SyncException refused = Assert.Throws<SyncException>(
                () => FourSteps.Apply(target, dataFile, new ApplySpecification { ForceUnrecognized = force }));
            Assert.Equal(SyncError.Unrecognized, refused.Error);
            Assert.Equal([new BlockRun(7, 1)], refused.Ranges);
        }

        Assert.Empty(target.Changes);
    }

    [Fact]
    public void The_redo_of_another_data_file_is_not_written()
    {
        // All of the first one is in the target when it dies, and its journal still names a redo.
        byte[] a = RandomBlocks(1, 60);
        byte[] b = [.. a[..(3 * BlockSize)], .. a[..(57 * BlockSize)]];
        byte[] c = [.. b[..(5 * BlockSize)], .. b[..(55 * BlockSize)]];
        FakeStateFile journal = new();
        FakeRedoFile redo = new();
        int overwrites = 0;
        journal.Before = call =>
        {
            if (call == StateCall.Overwrite && ++overwrites == 2)
            {
                throw new StorageException(StorageError.WriteFailed, journal.Name, "injected", 5);
            }
        };
        FakeStorage target = FakeStorage.File(a);
        ApplyPlaces places = FourSteps.Places(journal) with { Redo = redo };
        Assert.Throws<StorageException>(
            () => ApplyOperation.Run(target, FourSteps.Patch(DataFile(a, b)), places, new ApplySpecification(), new SyncOptions()));
        Assert.Equal(b, target.Content);
        Assert.NotNull(redo.Content);
        journal.Before = null;

        ApplyResult done = ApplyOperation.Run(target, FourSteps.Patch(DataFile(b, c)), places, new ApplySpecification(), new SyncOptions());

        Assert.Equal(ApplyStart.OtherRetired, done.Start);
        Assert.Equal(c, target.Content);
    }

    // docs/manual/sending-less.md, "Content that moved": what --verify none gives up.
    [Theory]
    [InlineData(VerifyMode.Written)]
    [InlineData(VerifyMode.None)]
    public void What_was_copied_through_the_redo_is_read_back_unless_nothing_is(VerifyMode verify)
    {
        byte[] a = RandomBlocks(1, 60);
        byte[] b = [.. a[..(3 * BlockSize)], .. a[..(57 * BlockSize)]];
        FakeStateFile journal = new();
        FakeRedoFile redo = new();
        FakeStorage target = FakeStorage.File(a);

        // In what is copied first, to the end.
        target.LieBelowCacheAt(b.Length - 1);

        SyncException? failure = null;
        try
        {
            ApplyOperation.Run(
                target,
                FourSteps.Patch(DataFile(a, b)),
                FourSteps.Places(journal) with { Redo = redo },
                new ApplySpecification { Verify = verify },
                new ApplyTuning { RedoBytes = 8 * BlockSize },
                new SyncOptions());
        }
        catch (SyncException exception)
        {
            failure = exception;
        }

        bool reads = verify == VerifyMode.Written;
        Assert.Equal(reads ? SyncError.VerificationFailed : null, failure?.Error);

        // Before the first change only the evidence for the journal is read there.
        Assert.Equal(reads, target.Log.SkipWhile(call => !call.ChangesContent).Any(call => call.Call == DiskCall.ReadBelowCache));

        // Found while the redo is still there to write it once more; else nobody knows.
        Assert.Equal(reads, redo.Content is { Length: > 0 });
        Assert.Equal(reads, journal.Content is not null);
        Assert.Equal(b, target.Content);
    }

    [Fact]
    public void Equal_blocks_in_a_row_are_sent_since_they_shrink_to_nothing()
    {
        byte[] a = RandomBlocks(1, 40);
        byte[] b = [.. a];
        for (int i = 10; i < 40; i++)
        {
            a.AsSpan(0, BlockSize).CopyTo(b.AsSpan(i * BlockSize));
        }

        (_, byte[] result, ApplyResult done) = Sync(a, b);

        Assert.Equal(b, result);
        Assert.Equal(1, done.Written.CopyBlocks);
    }

    [Fact]
    public void Any_two_contents_with_copies_become_equal_and_can_be_taken_back() => SyncCases.Whole.CheckFitting(150, Holds);

    [Fact]
    public void Any_two_contents_with_copies_and_ranges_become_what_the_model_says() => SyncCases.Ranged.CheckFitting(100, Holds);

    // False where the two sides have nothing in common.
    private static bool Holds(SyncCase sync)
    {
        SyncModel model = new(Mixed(sync));
        SyncCase mixed = Mixed(sync);
        if (model.NothingInCommon)
        {
            return false;
        }

        byte[] remote = FourSteps.Checksums(mixed.StorageA, mixed.HowA, mixed.Threads);
        byte[] master = FourSteps.Checksums(mixed.StorageB, mixed.HowB, mixed.Threads);
        byte[] request = FourSteps.RequestWithCopies(remote, master, threads: mixed.Threads);
        byte[] dataFile = FourSteps.Data(mixed.StorageB, request, mixed.HowData, mixed.Threads);
        FakeStorage target = mixed.StorageA;
        FakeUndoPlace undo = new();
        ApplyTuning tuning = new()
        {
            RedoBytes = 1 + (mixed.Seed % 7 * mixed.BlockSize),
            WindowBytes = 1 + (mixed.Seed % 5 * mixed.BlockSize),
        };
        VerifyMode verify = (VerifyMode)(mixed.Seed % 3);

        ApplyOperation.Run(
            target,
            FourSteps.Patch(dataFile),
            FourSteps.Places(undo: undo),
            new ApplySpecification { Verify = verify },
            tuning,
            FourSteps.Threads(mixed.Threads));

        Assert.Equal(model.Expected, target.Content);

        // A second time: there is nothing left to do, and no source to do it from.
        Assert.Equal(0, FourSteps.Apply(target, dataFile).Plan.BlocksToWrite);
        FourSteps.Apply(target, undo.Content!);
        Assert.Equal(model.A, target.Content);
        return true;
    }

    // Most of B comes from other places of A.
    private static SyncCase Mixed(SyncCase sync)
    {
        Random random = new(sync.Seed);
        int[] cells = [.. sync.B.Cells];
        for (int i = 0; i < cells.Length && sync.A.Cells.Count > 0; i++)
        {
            if (random.Next(3) > 0)
            {
                cells[i] = sync.A.Cells[random.Next(3) == 0 ? random.Next(sync.A.Cells.Count) : (i + sync.Seed) % sync.A.Cells.Count];
            }
        }

        return sync with { B = sync.B with { Cells = cells } };
    }

    private static (byte[] DataFile, byte[] Result, ApplyResult Done) Sync(byte[] a, byte[] b, ApplyTuning? tuning = null)
    {
        byte[] dataFile = DataFile(a, b);
        FakeStorage target = FakeStorage.File(a);
        ApplyResult done = ApplyOperation.Run(
            target, FourSteps.Patch(dataFile), FourSteps.Places(), new ApplySpecification { Verify = VerifyMode.Full }, tuning
                ?? new ApplyTuning(), new SyncOptions());
        return (dataFile, target.Content, done);
    }

    private static byte[] DataFile(byte[] a, byte[] b)
    {
        ChecksumSpecification how = new() { BlockSize = BlockSize };
        byte[] request = FourSteps.RequestWithCopies(
            FourSteps.Checksums(FakeStorage.File(a), how), FourSteps.Checksums(FakeStorage.File(b), how));
        return FourSteps.Data(FakeStorage.File(b), request, new DataFileSpecification { FrameSize = FormatLimits.MinFrameSize });
    }

    private static byte[] RandomBlocks(int seed, int blocks)
    {
        byte[] content = new byte[blocks * BlockSize];
        new Random(seed).NextBytes(content);
        return content;
    }
}

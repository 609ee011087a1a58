using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Collecting;
using BinarySync.Tests.Messages;

namespace BinarySync.Sync.Tests.Prefix;

/// <summary>Content that is compressed over the old content of its own blocks (Format.md 4.8).</summary>
public sealed class PrefixSyncTests
{
    private const int Block = 4096;
    private const int Blocks = 64;

    private static readonly ChecksumSpecification How = new() { BlockSize = Block };

    [Fact]
    public void Any_two_contents_become_equal_and_can_be_taken_back() => SyncCases.OverBase.CheckFitting(150, Holds);

    [Fact]
    public void Any_two_contents_with_ranges_become_what_the_model_says() => SyncCases.RangedOverBase.CheckFitting(80, Holds);

    // False where the two sides have nothing in common.
    private static bool Holds(SyncCase sync)
    {
        SyncModel model = new(sync);
        if (model.NothingInCommon)
        {
            return false;
        }

        byte[] dataFile = sync.Seed % 2 == 0 ? sync.DataFile() : sync.DataFileWithCopies();
        FakeStorage target = sync.StorageA;
        FakeUndoPlace undo = new();
        ApplyTuning tuning = new()
        {
            RedoBytes = 1 + (sync.Seed % 7 * sync.BlockSize),
            WindowBytes = 1 + (sync.Seed % 5 * sync.BlockSize),
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

    [Fact]
    public void One_pass_and_any_number_of_threads_make_the_same_file() => SyncCases.OverBase.Check(100, sync =>
    {
        byte[] expected = (sync with { Threads = 1 }).DataFile();
        byte[] remote = FourSteps.Checksums(sync.StorageA, sync.HowA);

        Assert.Equal(expected, sync.DataFile());
        Assert.Equal(expected, FourSteps.OnePass(sync.StorageB, remote, sync.HowData, threads: sync.Threads));
    });

    [Fact]
    public void A_few_changed_bytes_take_a_few_bytes()
    {
        (byte[] a, byte[] b) = Near();
        byte[] alone = DataFile(a, b, null);

        byte[] over = DataFile(a, b, a);

        Assert.Equal([FrameCodec.Prefix], Codecs(over).Distinct());
        Assert.True(over.Length < alone.Length / 20, $"{over.Length} bytes, {alone.Length} without old content");
        Assert.Equal(b, Applied(a, over));
    }

    [Fact]
    public void A_copy_that_the_remote_does_not_have_is_not_used_where_it_differs()
    {
        (byte[] a, byte[] b) = Near();
        byte[] old = [.. a];
        old[17] ^= 1;
        PrefixCounts counts = default;

        byte[] dataFile = DataFile(a, b, old, made => counts = made.Prefixes);

        // A frame has sixteen blocks.
        Assert.Equal(new PrefixCounts(Blocks / 16, (Blocks / 16) - 1, 1), counts);
        Assert.Equal(1, Codecs(dataFile).Count(codec => codec != FrameCodec.Prefix));
        Assert.Equal(b, Applied(a, dataFile));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData((Blocks * Block) - 1)]
    public void A_copy_that_ends_too_early_is_not_used_behind_its_end(int length)
    {
        (byte[] a, byte[] b) = Near();

        byte[] dataFile = DataFile(a, b, a[..length]);

        Assert.Contains(Codecs(dataFile), codec => codec != FrameCodec.Prefix);
        Assert.Equal(b, Applied(a, dataFile));
    }

    [Fact]
    public void A_copy_that_cannot_be_read_is_not_used()
    {
        (byte[] a, byte[] b) = Near();
        FakeStorage old = FakeStorage.File(a);
        old.Spoil(3, 1);
        using MemoryStream output = new();
        using ChecksumFileReader remote = new(new MemoryStream(FourSteps.Checksums(FakeStorage.File(a), How)), "remote.ckf");

        OnePassResult made = OnePassOperation.Run(
            FakeStorage.File(b), remote, Specification(old), Pipeline.HolePolicy.Trust, output, FourSteps.Threads(2));

        Assert.Equal(1, made.File.Prefixes.Unfit);
        Assert.Equal(b, Applied(a, output.ToArray()));
    }

    // The second half repeats the first, which A has nearly the same: what is over old content is not repeated, and the rest is.
    [Fact]
    public void Repeats_and_old_content_are_in_one_file()
    {
        (byte[] a, byte[] b) = Near();
        byte[] fresh = new byte[b.Length];
        new Random(8).NextBytes(fresh);
        byte[] once = [.. b, .. fresh];
        byte[] all = [.. once, .. once];

        byte[] dataFile = DataFile(a, all, a);

        Assert.Equal([FrameCodec.Prefix, FrameCodec.None, FrameCodec.Repeats], Codecs(dataFile).Distinct());
        Assert.InRange(dataFile.Length, fresh.Length + b.Length, fresh.Length + b.Length + 40_000);
        Assert.Equal(all, Applied(a, dataFile));
    }

    // The first of them is over old content, where nothing may repeat it; the second is sent, and all others repeat that one.
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Content_that_was_only_over_old_content_is_sent_once_and_repeated_from_there(int threads)
    {
        const int Times = 8;
        (byte[] a, byte[] b) = Near();
        byte[] all = [.. Enumerable.Repeat(b, Times).SelectMany(content => content)];
        byte[] request = FourSteps.Request(
            FourSteps.Checksums(FakeStorage.File(a), How), FourSteps.Checksums(FakeStorage.File(all), How));

        byte[] dataFile = FourSteps.Data(FakeStorage.File(all), request, Specification(FakeStorage.File(a)), threads);

        Assert.InRange(dataFile.Length, b.Length, b.Length + 60_000);
        Assert.Equal(all, Applied(a, dataFile));
    }

    // The other threads wait for the frame whose content cannot be read, to know whether they may repeat it.
    [Fact]
    public void A_frame_that_fails_keeps_no_other_waiting()
    {
        (byte[] a, byte[] b) = Near();
        byte[] twice = [.. b, .. b];
        byte[] request = FourSteps.Request(
            FourSteps.Checksums(FakeStorage.File(a), How), FourSteps.Checksums(FakeStorage.File(twice), How));
        FakeStorage master = FakeStorage.File(twice);
        master.Spoil(5, 1);

        Assert.Throws<SyncException>(() => { FourSteps.Data(master, request, Specification(FakeStorage.File(a)), threads: 5); });
    }

    // Their old content is overwritten with the first of them.
    [Fact]
    public void A_target_in_which_only_some_blocks_of_a_frame_are_new_is_refused_and_left_alone()
    {
        (byte[] a, byte[] b) = Near();
        byte[] dataFile = DataFile(a, b, a);
        FakeStorage target = FakeStorage.File([.. b[..Block], .. a[Block..]]);

        SyncException refused = Assert.Throws<SyncException>(() => { FourSteps.Apply(target, dataFile); });

        Assert.Equal(SyncReason.OldContentMissing, refused.Reason);
        Assert.Equal([new BlockRun(1, 15)], refused.Ranges);
        Assert.DoesNotContain(target.Log, call => call.Changes);
    }

    [Fact]
    public void A_target_of_which_a_block_cannot_be_read_is_refused_whether_or_not_it_may_be_overwritten()
    {
        (byte[] a, byte[] b) = Near();
        byte[] dataFile = DataFile(a, b, a);
        foreach (bool overwrites in (bool[])[false, true])
        {
            FakeStorage target = FakeStorage.File(a);
            target.Spoil(5, 1);

            SyncException refused = Assert.Throws<SyncException>(
                () => { FourSteps.Apply(target, dataFile, new ApplySpecification { OverwriteUnreadable = overwrites }); });

            Assert.Equal(SyncReason.UnreadableBlocks, refused.Reason);
            Assert.DoesNotContain(target.Log, call => call.Changes);
        }
    }

    // The first flush comes when all has been recognised. Block 3 has old content; block 63 comes by growing, and reads as zeros.
    [Theory]
    [InlineData(3)]
    [InlineData(63)]
    public void A_block_that_changes_between_recognising_and_writing_is_not_overwritten(int block)
    {
        (byte[] a, byte[] b) = Near();
        a = a[..(62 * Block)];
        byte[] dataFile = DataFile(a, b, a);
        Assert.Equal([FrameCodec.Prefix], Codecs(dataFile).Distinct());
        FakeStorage target = FakeStorage.File(a);
        bool isChanged = false;
        target.Before = call =>
        {
            if (call.Call == DiskCall.Flush && !isChanged)
            {
                isChanged = true;
                target.Cache.Write([1, 2, 3], block * Block);
            }
        };

        SyncException refused = Assert.Throws<SyncException>(() => { FourSteps.Apply(target, dataFile, threads: 1); });

        Assert.Equal(SyncReason.TargetChanged, refused.Reason);
        Assert.Equal([1, 2, 3], target.Content[(block * Block)..((block * Block) + 3)]);
    }

    // Like everything behind the content of a device; with an undo file it becomes zeros, which lead back.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void On_a_device_a_part_leaves_what_is_behind_a_short_last_block_alone_unless_it_can_be_taken_back(bool hasUndo)
    {
        SyncCase sync = new()
        {
            BlockSize = Block,
            Hash = BlockHash.Xxh128,
            FrameSize = FormatLimits.MinFrameSize,
            Compression = new Compression(FrameCodec.Zstd, 3),
            Threads = 1,
            A = new Side([11, 13], 0),
            B = new Side([11, Cell.Near(13, 5)], 100),
            OverBase = true,
            Seed = 0,
        };
        byte[] request = Crash.CrashFiles.RequestOf(sync);
        OperationsTrailer trailer = FourSteps.TrailerOf(request);
        SetPart set = new()
        {
            Id = SetPart.IdOf(1, [trailer.BaseRoot], trailer.TargetRoot),
            Part = 1,
            Parts = 1,
            FirstGroup = 0,
            GroupCount = trailer.Groups,
            SplitSize = 1,
        };
        byte[] part = Crash.RequestCutter.Collect(sync, request, trailer, header => header with { Set = set });
        Assert.Equal([FrameCodec.Prefix], Codecs(part));
        FakeStorage device = FakeStorage.Device(sync.ContentA);

        ApplyOperation.Run(
            device,
            FourSteps.Patch(part),
            FourSteps.Places(undo: hasUndo ? new FakeUndoPlace() : null),
            new ApplySpecification(),
            FourSteps.Threads(1));

        byte[] behind = hasUndo ? new byte[100] : sync.ContentA[^100..];
        Assert.Equal([.. sync.ContentB, .. behind], device.Medium.ToArray());
    }

    // The cache reads whole pages: a bad sector beside the blocks fails the read of all of them.
    [Fact]
    public void A_read_that_fails_once_is_tried_block_by_block()
    {
        (byte[] a, byte[] b) = Near();
        byte[] dataFile = DataFile(a, b, a);
        FakeStorage whole = FakeStorage.File(a);
        FourSteps.Apply(whole, dataFile, new ApplySpecification { DryRun = true }, threads: 1);
        int reads = whole.Log.Count(call => call.Call == DiskCall.Read);
        for (int number = 1; number <= reads; number++)
        {
            FakeStorage target = FakeStorage.File(a).FailAt(new DiskFault(DiskCall.Read, number, Storage.StorageError.ReadFailed));

            FourSteps.Apply(target, dataFile, threads: 1);

            Assert.Equal(b, target.Medium.ToArray());
        }
    }

    [Fact]
    public void A_data_file_over_old_content_is_no_undo_file()
    {
        (byte[] a, byte[] b) = Near();
        FakeUndoPlace undo = new() { Content = DataFile(b, a, b) };

        Storage.StorageException refused = Assert.Throws<Storage.StorageException>(() =>
        {
            ApplyOperation.Run(
                FakeStorage.File(a),
                FourSteps.Patch(DataFile(a, b, a)),
                FourSteps.Places(undo: undo),
                new ApplySpecification(),
                FourSteps.Threads(2));
        });

        Assert.Equal(Storage.StorageError.Exists, refused.Error);
    }

    [Fact]
    public void Frames_that_are_new_already_are_passed_over()
    {
        (byte[] a, byte[] b) = Near();
        byte[] dataFile = DataFile(a, b, a);
        FakeStorage target = FakeStorage.File([.. b[..(16 * Block)], .. a[(16 * Block)..]]);

        ApplyResult done = FourSteps.Apply(target, dataFile, new ApplySpecification { Verify = VerifyMode.Full });

        Assert.Equal(Blocks - 16, done.Written.DataBlocks);
        Assert.Equal(b, target.Content);
    }

    // It decompresses, and is not what its hashes say: the target's old content is right, so the file is wrong.
    [Fact]
    public void Content_that_has_another_hash_is_refused_before_anything_is_written()
    {
        (byte[] a, byte[] b) = Near();
        byte[] dataFile = DataFile(a, b, a);
        MessageForge forge = MessageDissector.Dissect(dataFile);
        ForgedSection frame = forge.Sections.First(section => section.Codec == (byte)FrameCodec.Prefix);
        byte[] other = [.. b[..(16 * Block)]];
        other[100] ^= 1;
        byte[] stored = new byte[other.Length];
        int length = new Compression(FrameCodec.Zstd, 3).CompressOver(other, a.AsSpan(0, other.Length), stored);
        frame.Payload = [new Chunk("content", stored[..length], "content")];
        FakeStorage target = FakeStorage.File(a);

        MessageFormatException refused = Assert.Throws<MessageFormatException>(
            () => { FourSteps.Apply(target, forge.Build().Bytes); });

        Assert.Equal(FormatError.Damaged, refused.Error);
        Assert.DoesNotContain(target.Log, call => call.Changes);
    }

    [Fact]
    public void A_merged_request_has_no_one_old_content()
    {
        (byte[] a, byte[] b) = Near();
        byte[] master = FourSteps.Checksums(FakeStorage.File(b), How);
        byte[] merged = FourSteps.Merge([FourSteps.Request(FourSteps.Checksums(FakeStorage.File(a), How), master)]);

        SyncException refused = Assert.Throws<SyncException>(
            () => { FourSteps.Data(FakeStorage.File(b), merged, Specification(FakeStorage.File(a))); });

        Assert.Equal(SyncReason.MergedRequest, refused.Reason);
    }

    [Fact]
    public void Blocks_that_are_larger_than_a_frame_are_refused()
    {
        ChecksumSpecification large = new() { BlockSize = 2 * FormatLimits.MinFrameSize };
        byte[] a = new byte[large.BlockSize];
        byte[] b = [.. a];
        b[0] = 1;

        SyncException refused = Assert.Throws<SyncException>(() =>
        {
            FourSteps.OnePass(
                FakeStorage.File(b), FourSteps.Checksums(FakeStorage.File(a), large), Specification(FakeStorage.File(a)));
        });

        Assert.Equal(SyncReason.BlocksTooLargeForBase, refused.Reason);
    }

    // Random content, in each block of which a few bytes are changed.
    private static (byte[] A, byte[] B) Near()
    {
        Random random = new(5);
        byte[] a = new byte[Blocks * Block];
        random.NextBytes(a);
        byte[] b = [.. a];
        for (int at = 0; at < b.Length; at += Block)
        {
            random.NextBytes(b.AsSpan(at + random.Next(Block - 20), 20));
        }

        return (a, b);
    }

    private static DataFileSpecification Specification(FakeStorage? old) => new()
    {
        FrameSize = FormatLimits.MinFrameSize,
        Compression = new Compression(FrameCodec.Zstd, 3),
        Base = old,
    };

    private static byte[] DataFile(byte[] a, byte[] b, byte[]? old, Action<DataFileResult>? see = null)
    {
        using MemoryStream output = new();
        using ChecksumFileReader remote = new(new MemoryStream(FourSteps.Checksums(FakeStorage.File(a), How)), "remote.ckf");
        OnePassResult made = OnePassOperation.Run(
            FakeStorage.File(b),
            remote,
            Specification(old is null ? null : FakeStorage.File(old)),
            Pipeline.HolePolicy.Trust,
            output,
            FourSteps.Threads(2));
        see?.Invoke(made.File);
        return output.ToArray();
    }

    private static byte[] Applied(byte[] a, byte[] dataFile)
    {
        FakeStorage target = FakeStorage.File(a);
        FourSteps.Apply(target, dataFile);
        return target.Medium.ToArray();
    }

    private static List<FrameCodec> Codecs(byte[] dataFile)
    {
        List<FrameCodec> codecs = [];
        OperationReader reader = new(new MemoryStream(dataFile), "update.dtf", MessageKind.DataFile);
        OperationGroup group = new();
        while (reader.ReadGroup(group))
        {
            while (reader.ReadFrame(out _))
            {
                codecs.Add(reader.Frame.Codec);
            }
        }

        return codecs;
    }
}

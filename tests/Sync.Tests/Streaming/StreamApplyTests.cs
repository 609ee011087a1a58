using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Collecting;
using BinarySync.Sync.Tests.Splitting;

namespace BinarySync.Sync.Tests.Streaming;

/// <summary>A data file that is applied as it arrives (docs/Design.md, "Applying as it arrives").</summary>
public sealed class StreamApplyTests
{
    private static readonly ApplySpecification Full = new() { Verify = VerifyMode.Full };

    public static TheoryData<int, int, StorageKind, int> Pairs => new()
    {
        { 26, 34, StorageKind.RegularFile, 1 },
        { 34, 26, StorageKind.RegularFile, 2 },
        { 33, 33, StorageKind.BlockDevice, 3 },
        { 0, 27, StorageKind.RegularFile, 4 },
        { 27, 9, StorageKind.RegularFile, 5 },
        { 34, 26, StorageKind.BlockDevice, 6 },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void It_does_what_a_whole_data_file_does(int a, int b, StorageKind kind, int seed)
    {
        SplitCase pair = SplitCase.Make(a, b, seed);
        byte[] dataFile = Forward(pair);
        StreamTarget whole = new(pair.A, kind);
        ApplyResult expected = whole.ApplyWhole(dataFile);
        StreamTarget target = new(pair.A, kind);

        ApplyResult result = target.Apply(dataFile);

        Assert.Equal(whole.Content, target.Content);
        Assert.Equal(pair.B, target.Content[..pair.B.Length]);
        Assert.Null(target.Journal.Content);
        int groups = FourSteps.Groups(dataFile).Count;
        Assert.InRange(groups, a > b * 2 ? 1 : 2, 8);
        Assert.Equal(groups, target.Journal.Log.Count(call => call == StateCall.Replace));
        Assert.Equal(expected.Written, result.Written);
        Assert.Equal(expected.Plan.Sizing, result.Plan.Sizing);
        Assert.Equal(expected.Plan.OldBlocks + expected.Plan.NewBlocks, result.Plan.OldBlocks + result.Plan.NewBlocks);

        // A file that has grown with the first stretch has zeros where later ones want them.
        Assert.InRange(result.Plan.BlocksToWrite, a < b ? 1 : expected.Plan.BlocksToWrite, expected.Plan.BlocksToWrite);
        Assert.Equal(expected.Plan.Trailer.TargetRoot.ToArray(), result.Plan.Trailer.TargetRoot.ToArray());
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void The_whole_target_is_proved_in_the_end_and_applying_again_finds_nothing_to_do(int a, int b, StorageKind kind, int seed)
    {
        SplitCase pair = SplitCase.Make(a, b, seed);
        byte[] dataFile = Forward(pair);
        StreamTarget target = new(pair.A, kind);

        Assert.Equal(pair.B.Length, target.Apply(dataFile, Full).VerifiedBytes);
        target.Reopen();
        Assert.Equal(0, target.Apply(dataFile, Full).Plan.BlocksToWrite);
        Assert.Equal(pair.B, target.Content[..pair.B.Length]);
    }

    [Fact]
    public void What_lies_outside_the_data_file_is_told_by_verify_full_only()
    {
        SplitCase pair = SplitCase.Make(26, 26);
        byte[] dataFile = Forward(pair);
        long untouched = Enumerable.Range(0, pair.A.Length / SplitCase.BlockSize).First(
            block => !FourSteps.Blocks(dataFile).Contains(block));
        byte[] other = [.. pair.A];
        other[untouched * SplitCase.BlockSize] ^= 1;

        new StreamTarget(other).Apply(dataFile);
        SyncException refused = Assert.Throws<SyncException>(() => new StreamTarget(other).Apply(dataFile, Full));

        Assert.Equal(SyncError.VerificationFailed, refused.Error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Interrupted_at_any_change_it_is_gone_on_with_by_the_same_stream(bool losesPower)
    {
        // Each run takes a while: a group is 8 MiB.
        foreach ((int a, int b) in new[] { (15, 18), (18, 15) })
        {
            SplitCase pair = SplitCase.Make(a, b);
            byte[] dataFile = Forward(pair);
            StreamTarget counting = new(pair.A);
            int all = CountChanges(counting, () => counting.Apply(dataFile), stopAt: int.MaxValue);
            int resumed = 0;
            for (int stop = 1; stop <= all; stop += Math.Max(1, all / 9))
            {
                StreamTarget target = new(pair.A);
                Assert.Equal(stop, CountChanges(target, () => target.Apply(dataFile), stop));
                Leave(target, losesPower);

                // And once more, while it goes on.
                CountChanges(target, () => target.Apply(dataFile), 1 + (stop % 7));
                Leave(target, losesPower);
                resumed += target.Apply(dataFile, Full).Start == ApplyStart.Resumed ? 1 : 0;

                Assert.Equal(pair.B, target.Content);
                Assert.Null(target.Journal.Content);
            }

            Assert.True(resumed > 2, $"{resumed} runs found a journal");
        }
    }

    [Fact]
    public void While_an_interrupted_stream_stands_nothing_else_is_let_in()
    {
        SplitCase pair = SplitCase.Make(26, 26, 1);
        byte[] dataFile = Forward(pair);
        byte[] other = Forward(SplitCase.Make(26, 26, 9));
        StreamTarget target = Torn(pair, dataFile);
        byte[] content = target.Content;
        byte[] journal = target.Journal.Content!;

        foreach (Action applying in
            new Action[]
            {
                () => target.Apply(other),
                () => target.ApplyWhole(other),
                () => target.ApplyWhole(dataFile),
                () => target.Apply(dataFile[..^1]),
            })
        {
            Exception refused = Record.Exception(applying);
            Assert.True(
                refused is SyncException { Error: SyncError.Mismatch } or MessageFormatException { Error: FormatError.Truncated },
                $"{refused}");
        }

        // The last of them was the right one, but for its end: it has gone on as far as it came.
        target.Apply(dataFile);
        Assert.Equal(pair.B, target.Content);
        Assert.NotEqual(content, target.Content);
        Assert.NotEmpty(journal);
    }

    [Fact]
    public void A_stream_that_does_not_come_to_what_the_journal_is_about_is_refused_at_its_end()
    {
        SplitCase pair = SplitCase.Make(26, 26, 1);
        byte[] dataFile = Forward(pair);
        StreamTarget target = Torn(pair, dataFile);
        byte[] content = target.Content;
        byte[] nothing = FourSteps.Data(
            FakeStorage.File(content),
            FourSteps.Request(
                FourSteps.Checksums(FakeStorage.File(content), new ChecksumSpecification { BlockSize = SplitCase.BlockSize }),
                FourSteps.Checksums(FakeStorage.File(content), new ChecksumSpecification { BlockSize = SplitCase.BlockSize })),
            new DataFileSpecification { Repeats = false });

        SyncException refused = Assert.Throws<SyncException>(() => target.Apply(nothing));

        Assert.Equal(SyncError.Mismatch, refused.Error);
        Assert.EndsWith(" (as a stream)", refused.ValueOf<string>("data_file"), StringComparison.Ordinal);
        Assert.Equal(content, target.Content);
        target.Apply(dataFile);
        Assert.Equal(pair.B, target.Content);
    }

    [Fact]
    public void The_journal_can_be_given_up_where_every_block_is_recognised()
    {
        SplitCase pair = SplitCase.Make(26, 26);
        byte[] dataFile = Forward(pair);
        StreamTarget target = new(pair.A);
        CountChanges(target, () => target.Apply(dataFile), 3);
        target.Reopen();

        ApplyResult result = target.Apply(dataFile, new ApplySpecification { AbandonJournal = true });

        Assert.Equal(ApplyStart.Abandoned, result.Start);
        Assert.Equal(pair.B, target.Content);
    }

    [Fact]
    public void A_dry_run_changes_nothing_and_says_what_would_be_done()
    {
        SplitCase pair = SplitCase.Make(26, 34);
        byte[] dataFile = Forward(pair);
        StreamTarget fresh = new(pair.A);
        ApplyResult expected = fresh.Apply(dataFile);
        StreamTarget target = Torn(pair, dataFile);
        byte[] content = target.Content;
        byte[] journal = target.Journal.Content!;

        ApplyResult ofFresh = new StreamTarget(pair.A).Apply(dataFile, new ApplySpecification { DryRun = true });
        ApplyResult ofTorn = target.Apply(dataFile, new ApplySpecification { DryRun = true });

        // Without growing, nothing is found to be zeros already.
        Assert.InRange(ofFresh.Plan.BlocksToWrite, expected.Plan.BlocksToWrite, expected.Plan.BlocksToWrite + expected.Plan.NewBlocks);
        Assert.Equal(ApplyStart.Resumed, ofTorn.Start);
        Assert.InRange(ofTorn.Plan.BlocksToWrite, 1, ofFresh.Plan.BlocksToWrite);
        Assert.Empty(target.Disk.Changes);
        Assert.Equal(content, target.Content);
        Assert.Equal(journal, target.Journal.Content);
        target.Apply(dataFile);
        Assert.Equal(pair.B, target.Content);
    }

    [Fact]
    public void What_may_have_to_go_back_is_refused_before_anything_is_written()
    {
        SplitCase pair = SplitCase.Make(18, 26);
        byte[] withRepeats = FourSteps.Data(FakeStorage.File(pair.B), pair.Request);
        foreach (byte[] dataFile in new[] { withRepeats, pair.Parts(1)[0] })
        {
            StreamTarget target = new(pair.A);

            Assert.Equal(SyncError.Mismatch, Assert.Throws<SyncException>(() => target.Apply(dataFile)).Error);
            Assert.Empty(target.Disk.Changes);
            Assert.Empty(target.Journal.Log);
        }
    }

    [Fact]
    public void Damage_is_found_before_the_stretch_that_it_is_in_and_a_whole_data_file_goes_on()
    {
        SplitCase pair = SplitCase.Make(26, 26);
        byte[] dataFile = Forward(pair);
        byte[] damaged = [.. dataFile];
        damaged[dataFile.Length * 3 / 4] ^= 1;
        StreamTarget target = new(pair.A);

        MessageFormatException refused = Assert.Throws<MessageFormatException>(() => target.Apply(damaged));

        Assert.Equal(FormatError.Damaged, refused.Error);
        Assert.Contains("is PARTLY patched, up to block ", refused.Message, StringComparison.Ordinal);
        Assert.Null(target.Journal.Content);
        Assert.NotEmpty(target.Disk.Changes);
        byte[] content = target.Content;
        Assert.All(Enumerable.Range(0, 26 << 4), block => Assert.True(IsOf(block, pair.A) || IsOf(block, pair.B)));
        target.ApplyWhole(dataFile);
        Assert.Equal(pair.B, target.Content);

        bool IsOf(int block, byte[] either)
        {
            int at = block * SplitCase.BlockSize;
            return content.AsSpan(at, SplitCase.BlockSize).SequenceEqual(either.AsSpan(at, SplitCase.BlockSize));
        }
    }

    [Fact]
    public void Content_that_is_not_what_its_hash_says_is_told_where_it_stands_in_the_stream()
    {
        SplitCase pair = SplitCase.Make(26, 26);
        byte[] dataFile = WithWrongContent(Forward(pair), group: 3);

        MessageFormatException whole = Assert.Throws<MessageFormatException>(() => new StreamTarget(pair.A).ApplyWhole(dataFile));
        StreamTarget target = new(pair.A);
        MessageFormatException streamed = Assert.Throws<MessageFormatException>(() => target.Apply(dataFile));

        Assert.Equal((whole.Error, whole.Offset, whole.Field), (streamed.Error, streamed.Offset, streamed.Field));
        Assert.NotEmpty(target.Disk.Changes);
    }

    [Fact]
    public void A_block_that_is_neither_ends_it_before_its_stretch_and_the_message_says_how_far_it_came()
    {
        SplitCase pair = SplitCase.Make(26, 26);
        byte[] dataFile = Forward(pair);
        long last = FourSteps.Groups(dataFile)[^1].Operations[^1].Blocks.First;
        byte[] other = [.. pair.A];
        other.AsSpan((int)last * SplitCase.BlockSize, 100).Fill(0x55);
        StreamTarget target = new(other);

        SyncException refused = Assert.Throws<SyncException>(() => target.Apply(dataFile));

        Assert.Equal(SyncError.Unrecognized, refused.Error);
        Assert.Contains(
            $"before block {FourSteps.Groups(dataFile)[^1].Operations[0].Blocks.First} is patched",
            refused.Message,
            StringComparison.Ordinal);
        Assert.NotEmpty(target.Disk.Changes);
        Assert.Equal(last, Assert.Single(refused.Ranges).First);

        StreamTarget dry = new(other);
        Assert.Contains(
            "nothing was written", Assert.Throws<SyncException>(
                () => dry.Apply(dataFile, new ApplySpecification { DryRun = true })).Message, StringComparison.Ordinal);
        Assert.Contains(
            "nothing was written",
            Assert.Throws<SyncException>(() => new StreamTarget(other).Apply(dataFile, stretchBytes: long.MaxValue)).Message,
            StringComparison.Ordinal);
        Assert.Equal(1, target.Apply(dataFile, new ApplySpecification { ForceUnrecognized = true }).Plan.Unrecognized.BlockCount);
        Assert.Equal(pair.B, target.Content);
    }

    private static byte[] Forward(SplitCase pair) =>
        FourSteps.Data(FakeStorage.File(pair.B), pair.Request, new DataFileSpecification { Repeats = false });

    // Stopped in the middle of the writes of a group that is neither the first nor the last: some of its blocks are half written.
    private static StreamTarget Torn(SplitCase pair, byte[] dataFile)
    {
        StreamTarget target = new(pair.A);
        int groups = 0;
        target.Journal.Before = call =>
        {
            if (call == StateCall.Replace && ++groups == 2)
            {
                target.Disk.FailAt(new DiskFault(DiskCall.Write, 2, StorageError.WriteFailed, BytesDone: 1024));
            }
        };
        Assert.Throws<StorageException>(() => target.Apply(dataFile));
        target.Reopen();
        target.Journal.Before = null;
        return target;
    }

    // Ends the run at one of its changes; how many it made.
    private static int CountChanges(StreamTarget target, Action apply, int stopAt)
    {
        int changes = 0;
        target.Journal.Before = _ => Count();
        target.Disk.Before = call =>
        {
            if (call.ChangesContent || call.Call == DiskCall.Flush)
            {
                Count();
            }
        };
        try
        {
            apply();
        }
        catch (StorageException stopped) when (stopped.Message.StartsWith("killed", StringComparison.Ordinal))
        {
        }

        target.Journal.Before = null;
        target.Disk.Before = null;
        return changes;

        void Count()
        {
            if (++changes >= stopAt)
            {
                changes = stopAt;
                throw new StorageException(StorageError.WriteFailed, "target", "killed");
            }
        }
    }

    private static void Leave(StreamTarget target, bool losesPower)
    {
        if (losesPower)
        {
            target.LosePower();
        }
        else
        {
            target.Reopen();
        }
    }

    // All checksums are right.
    private static byte[] WithWrongContent(byte[] dataFile, int group)
    {
        using MemoryStream output = new();
        OperationReader reader = new(new MemoryStream(dataFile), "update.dtf", MessageKind.DataFile);
        DataFileWriter writer = new(output, reader.FileHeader);
        OperationGroup operations = new();
        for (int number = 1; reader.ReadGroup(operations); number++)
        {
            writer.WriteGroup(operations);
            bool isFirst = true;
            while (reader.ReadFrame(out ReadOnlyMemory<byte> stored))
            {
                if (number == group && isFirst)
                {
                    isFirst = false;
                    writer.WriteFrame(FrameCodec.None, reader.Frame.RawLength, new byte[reader.Frame.RawLength]);
                }
                else
                {
                    writer.WriteFrame(reader.Frame.Codec, reader.Frame.RawLength, stored.Span);
                }
            }
        }

        writer.Finish(reader.Trailer.BaseRoot, reader.Trailer.TargetRoot);
        return output.ToArray();
    }
}

using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Sets;
using BinarySync.Tests.Support;
using Xunit.Abstractions;

namespace BinarySync.Sync.Tests.Splitting;

/// <summary>Parts of a set, applied in any order (Format.md 4.5).</summary>
public sealed class SetApplyTests(ITestOutputHelper output)
{
    private static readonly ApplySpecification Full = new() { Verify = VerifyMode.Full };

    public static TheoryData<int, int, int> Pairs => new()
    {
        { 26, 34, 1 },
        { 34, 26, 2 },
        { 33, 33, 3 },
        { 0, 27, 4 },
        { 27, 9, 5 },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void One_by_one_in_any_order_they_make_the_master(int a, int b, int seed)
    {
        SplitCase pair = SplitCase.Make(a, b, seed);
        byte[][] parts = Shuffled(pair.Parts(1), seed);
        SetTarget target = new(pair.A);
        for (int i = 0; i < parts.Length; i++)
        {
            SetResult result = target.Apply(parts[i]);

            bool isLast = i == parts.Length - 1;
            Assert.Equal((isLast, i + 1), (result.IsComplete, result.InPlace.Count));
            Assert.Equal(isLast ? pair.B.Length : Math.Max(pair.A.Length, pair.B.Length), target.Disk.Length);
            Assert.Equal(isLast, target.Note.Content is null);
            Assert.Null(target.Journal.Content);
            target.Reopen();
        }

        Assert.Equal(pair.B, target.Content);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void All_at_once_they_make_the_master_and_it_is_verified_whole(int a, int b, int seed)
    {
        SplitCase pair = SplitCase.Make(a, b, seed);
        SetTarget target = new(pair.A);

        SetResult result = target.Apply(Full with { CheckBase = true }, Shuffled(pair.Parts(1), seed));

        Assert.True(result.IsComplete);
        Assert.Equal(result.Runs.Count, result.InPlace.Count);
        Assert.Equal(pair.B, target.Content);
        Assert.Null(target.Note.Content);
        Assert.True(target.Apply(Full, [.. pair.Parts(1)]).IsComplete);
        Assert.Equal(pair.B, target.Content);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Their_undo_files_take_the_target_back_in_reverse_order(int a, int b, int seed)
    {
        SplitCase pair = SplitCase.Make(a, b, seed);
        byte[][] parts = Shuffled(pair.Parts(1), seed + 50);
        SetTarget target = new(pair.A);
        Stack<byte[]> undo = new();
        foreach (byte[] part in parts)
        {
            undo.Push(target.ApplyWithUndo(part));
            target.Reopen();
        }

        Assert.Equal(pair.B, target.Content);
        bool isComplete = false;
        foreach (byte[] back in undo)
        {
            isComplete = target.Apply(back).IsComplete;
            target.Reopen();
        }

        Assert.True(isComplete);
        Assert.Equal(pair.A, target.Content);
        Assert.Null(target.Note.Content);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Half_a_set_is_taken_back_in_any_order_and_begun_again(int a, int b, int seed)
    {
        SplitCase pair = SplitCase.Make(a, b, seed);
        byte[][] parts = Shuffled(pair.Parts(1), seed + 7);
        SetTarget target = new(pair.A);
        List<byte[]> undo = [.. parts.Take(parts.Length / 2).Select(target.ApplyWithUndo)];

        foreach (byte[] back in Shuffled(undo, seed))
        {
            target.Apply(back);
        }

        Assert.Equal(pair.A, target.Content);
        foreach (byte[] part in parts)
        {
            target.Apply(part);
        }

        Assert.Equal(pair.B, target.Content);
    }

    // Its times are right, and it says that all other parts are in place: somebody has put it there, or it was right once.
    [Fact]
    public void By_a_note_alone_nothing_is_cut()
    {
        SplitCase pair = SplitCase.Make(34, 26);
        byte[][] parts = [.. pair.Parts(1)];
        SetTarget target = new(pair.A);
        target.Apply(parts[0]);
        SetNote note = SetNote.TryDecode(target.Note.Content!)!;
        bool[] all = [.. note.InPlace.Select(_ => true)];
        target.Note.Content = (note with { InPlace = all, NotInPlace = new bool[all.Length] }).Encode();

        SetResult result = target.Apply(parts[1]);

        Assert.Equal((SetNoteState.TargetChanged, false), (result.Note, result.IsComplete));
        Assert.Equal(pair.A.Length, target.Disk.Length);
        Assert.True(target.Apply(parts).IsComplete);
        Assert.Equal(pair.B, target.Content);
    }

    // The block at which it is cut belongs to the last part, and looked new with A's bytes behind its end.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_cut_that_was_half_done_is_taken_back_and_each_part_after_it(int cutBy)
    {
        SplitCase pair = SplitCase.MakeCutInsideEqualBlock(34, 26);
        List<byte[]> parts = pair.Parts(1);
        SetTarget target = new(pair.A);
        byte[][] undos = new byte[parts.Count][];
        for (int i = parts.Count - 1; i >= 0; i--)
        {
            if (i != cutBy)
            {
                undos[i] = target.ApplyWithUndo(parts[i]);
            }
        }

        FakeUndoPlace undo = new();
        target.Disk.Before = call =>
        {
            if (call.Call == DiskCall.SetLength)
            {
                throw new OperationCanceledException();
            }
        };
        ApplyInterruptedException cut = Assert.Throws<ApplyInterruptedException>(() => { target.ApplyWithUndo(parts[cutBy], undo); });
        Assert.Equal((TargetProgress.PartlyPatched, undo.Name), (cut.Progress, cut.WayBack));
        undos[cutBy] = undo.Content!;
        target.Reopen();
        target.Disk.SetLength(pair.B.Length + 100);

        target.Apply(undos[cutBy]);
        foreach (byte[] other in undos.Where(other => other != undos[cutBy]))
        {
            target.Apply(other);
        }

        Assert.Equal(pair.A, target.Content);
    }

    [Fact]
    public void A_part_of_a_complete_set_is_taken_back_and_applied_again()
    {
        foreach ((int a, int b) in new[] { (26, 34), (34, 26) })
        {
            SplitCase pair = SplitCase.Make(a, b);
            List<byte[]> parts = pair.Parts(1);
            for (int i = 0; i < parts.Count; i++)
            {
                SetTarget target = new(pair.A);
                target.Apply([.. parts.Where(part => part != parts[i])]);
                byte[] undo = target.ApplyWithUndo(parts[i]);

                target.Apply(undo);
                target.Apply(parts[i]);

                Assert.Equal(pair.B, target.Content);
            }
        }
    }

    [Theory]
    [InlineData(26, 34)]
    [InlineData(34, 26)]
    public void An_interrupted_run_is_gone_on_with_by_the_same_command(int a, int b)
    {
        SplitCase pair = SplitCase.Make(a, b);
        byte[][] parts = [.. pair.Parts(1)];
        output.WriteLine($"seed {RunSeed.Value}");
        foreach (int number in RunShare.Numbers(1, 40, wide: 3, ordinary: 10))
        {
            SetTarget target = new(pair.A);
            target.Disk.FailAt(new DiskFault(DiskCall.Write, number, StorageError.WriteFailed, BytesDone: 1024));
            bool failed = false;
            try
            {
                target.Apply(parts);
            }
            catch (StorageException)
            {
                failed = true;
            }

            target.Reopen();
            Assert.True(target.Apply(parts).IsComplete);

            Assert.True(failed || number > 20);
            Assert.Equal(pair.B, target.Content);
            Assert.Null(target.Journal.Content);
            Assert.Null(target.Note.Content);
        }
    }

    [Theory]
    [InlineData(26, 34)]
    [InlineData(34, 26)]
    public void A_part_that_was_interrupted_is_taken_back_by_its_undo_file_and_applied_again(int a, int b)
    {
        SplitCase pair = SplitCase.Make(a, b);
        List<byte[]> parts = pair.Parts(1);
        for (int i = 0; i < parts.Count; i++)
        {
            SetTarget target = new(pair.A);
            target.Disk.FailAt(new DiskFault(DiskCall.Write, 3, StorageError.WriteFailed, BytesDone: 1024));
            FakeUndoPlace undo = new();
            Assert.Throws<StorageException>(() =>
            {
                SetApplyOperation.Run(
                    target.Disk, SetTarget.Look(parts[i])!, FourSteps.Places(
                        target.Journal, undo), target.Note, new ApplySpecification(), FourSteps.Threads(2));
            });
            target.Reopen();

            Assert.Equal(ApplyStart.TurnedRound, target.Apply(undo.Content!).Runs[0].Result.Start);

            Assert.Equal(pair.A, target.Content);
            Assert.Equal(a < b, target.Note.Content is null);
            target.Apply([.. parts]);
            Assert.Equal(pair.B, target.Content);
        }
    }

    [Fact]
    public void A_dry_run_says_what_would_come_of_it_and_changes_nothing()
    {
        SplitCase pair = SplitCase.Make(34, 26);
        SetTarget target = new(pair.A);

        SetResult result = target.Apply(new ApplySpecification { DryRun = true }, [.. pair.Parts(1)]);

        Assert.True(result.IsComplete);
        Assert.Equal(pair.B.Length, result.Runs[^1].Result.Plan.Sizing.LengthAfter);
        Assert.DoesNotContain(target.Disk.Log, call => call.Changes);
        Assert.Empty(target.Note.Log);
    }

    [Fact]
    public void With_verify_full_missing_parts_are_named_before_anything_is_written()
    {
        SplitCase pair = SplitCase.Make(26, 34);
        List<byte[]> parts = pair.Parts(1);
        SetTarget target = new(pair.A);
        target.Apply(parts[0]);
        target.Disk.ClearLog();

        SyncException refusal = Assert.Throws<SyncException>(() => { target.Apply(Full, parts[2], parts[1]); });

        Assert.Equal(SyncError.Mismatch, refusal.Error);
        Assert.Contains($"of {parts.Count} parts, 4 is missing", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(target.Disk.Log, call => call.Changes);
        Assert.True(target.Apply(Full, [.. parts.Skip(1)]).IsComplete);
    }

    [Fact]
    public void The_base_is_checked_before_the_first_part_only()
    {
        SplitCase pair = SplitCase.Make(26, 34);
        List<byte[]> parts = pair.Parts(1);
        SetTarget target = new(pair.A);
        ApplySpecification check = new() { CheckBase = true };
        target.Apply(check, parts[1]);

        SyncException refusal = Assert.Throws<SyncException>(() => { target.Apply(check, parts[0]); });

        Assert.Equal(SyncError.Mismatch, refusal.Error);
        Assert.Contains("2 is already applied", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SetNoteState.None)]
    [InlineData(SetNoteState.Unreadable)]
    [InlineData(SetNoteState.OtherSet)]
    [InlineData(SetNoteState.TargetChanged)]
    public void Without_a_note_that_can_be_believed_nothing_is_cut_until_all_are_applied_again(SetNoteState state)
    {
        SplitCase pair = SplitCase.Make(34, 26);
        List<byte[]> parts = pair.Parts(1);
        SetTarget target = new(pair.A);
        target.Apply([.. parts.Skip(1)]);
        switch (state)
        {
            case SetNoteState.None:
                target.Note.Content = null;
                break;
            case SetNoteState.Unreadable:
                target.Note.Content![20] ^= 1;
                break;
            case SetNoteState.OtherSet:
                target.Note.Content = (SetNote.TryDecode(target.Note.Content)! with { Id = new byte[16] }).Encode();
                break;
            default:
                target.Disk.Touch();
                break;
        }

        SetResult result = target.Apply(parts[0]);

        Assert.Equal(state, result.Note);
        Assert.Equal([1], result.InPlace);
        Assert.Equal(pair.A.Length, target.Disk.Length);
        Assert.True(target.Apply([.. parts.Skip(1)]).IsComplete);
        Assert.Equal(pair.B, target.Content);
    }

    [Fact]
    public void What_a_run_did_that_died_before_its_journal_is_its_own()
    {
        SplitCase pair = SplitCase.Make(34, 26);
        List<byte[]> parts = pair.Parts(1);
        SetTarget target = new(pair.A);
        target.Apply([.. parts.Skip(1)]);
        target.Journal.Before = call => throw new StorageException(StorageError.NoSpace, "journal", "no space");
        Assert.Throws<StorageException>(() => { target.Apply(parts[0]); });
        target.Journal.Before = null;
        target.Disk.Touch();

        Assert.Equal(SetNoteState.TargetChanged, target.Apply(new ApplySpecification { DryRun = true }, parts[1]).Note);
        Assert.True(target.Apply(parts[0]).IsComplete);
        Assert.Equal(pair.B, target.Content);
    }

    // What lies behind A's end is in no root of the base, and not in the operations of each part: torn blocks there are the interrupted
    // part's.
    [Theory]
    [InlineData(StorageKind.RegularFile)]
    [InlineData(StorageKind.BlockDevice)]
    public void While_a_part_is_interrupted_that_makes_the_target_larger_no_other_one_is_let_in(StorageKind kind)
    {
        SplitCase pair = SplitCase.Make(10, 34);
        List<byte[]> parts = pair.Parts(1);
        byte[] before = new byte[kind == StorageKind.BlockDevice ? 40 << 20 : pair.A.Length];
        pair.A.CopyTo(before, 0);
        SetTarget target = new(before, kind);
        target.Disk.FailAt(new DiskFault(DiskCall.Write, 3, StorageError.WriteFailed, BytesDone: 1024));
        Assert.Throws<StorageException>(() => { target.Apply(parts[^1]); });
        target.Reopen();

        SyncException refusal = Assert.Throws<SyncException>(() => { target.Apply(parts[0]); });

        Assert.Contains("is in the middle of another run", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(target.Disk.Log, call => call.Changes);
        Assert.True(target.Apply([.. parts]).IsComplete);
        Assert.Equal(pair.B, target.Content[..pair.B.Length]);
    }

    // The interrupted run changed the target's times, so they cannot tell that somebody else changed it too: the whole has to.
    [Theory]
    [InlineData(26, 34)]
    [InlineData(34, 26)]
    public void Where_somebody_put_the_base_back_after_an_interrupted_part_it_is_not_said_that_all_are_in_place(int a, int b)
    {
        SplitCase pair = SplitCase.Make(a, b);
        List<byte[]> parts = pair.Parts(1);
        SetTarget target = new(pair.A);
        target.Apply([.. parts.Skip(1)]);
        target.Journal.Before = _ => throw new StorageException(StorageError.NoSpace, "journal", "no space");
        Assert.Throws<StorageException>(() => { target.Apply(parts[0]); });
        target.Journal.Before = null;
        target.Replace(pair.A);

        SetResult result = target.Apply(parts[0]);

        Assert.Equal((SetNoteState.TargetChanged, false), (result.Note, result.IsComplete));
        Assert.Equal([1], result.InPlace);
        Assert.Equal(Math.Max(pair.A.Length, pair.B.Length), target.Disk.Length);
        Assert.True(target.Apply([.. parts.Skip(1)]).IsComplete);
        Assert.Equal(pair.B, target.Content);
    }

    [Fact]
    public void A_device_keeps_its_size()
    {
        SplitCase pair = SplitCase.Make(26, 34);
        byte[] device = new byte[40 << 20];
        pair.A.CopyTo(device, 0);
        SetTarget target = new(device, StorageKind.BlockDevice);
        foreach (byte[] part in Shuffled(pair.Parts(1), 3))
        {
            target.Apply(part);
        }

        Assert.Equal(pair.B, target.Content[..pair.B.Length]);
        Assert.Equal(device.Length, target.Disk.Length);
        Assert.Null(target.Note.Content);
    }

    [Fact]
    public void Parts_that_do_not_belong_together_are_named()
    {
        SplitCase pair = SplitCase.Make(10, 20);
        List<byte[]> parts = pair.Parts(1);

        Refuse(
            SyncError.Mismatch,
            "given.1.dtf and given.2.dtf are parts of two different sets",
            parts[0],
            SplitCase.Make(10, 20, seed: 9).Parts(1)[1]);
        Refuse(
            SyncError.Mismatch, "given.1.dtf and given.3.dtf are parts of two different sets", parts[0], parts[1], pair.Parts(20 << 20)[0]);
        Refuse(SyncError.Mismatch, "given.1.dtf and given.2.dtf are both part 2 of the set", parts[1], parts[1]);
        Refuse(SyncError.OutOfBounds, "is not part of a set", parts[0], FourSteps.DataFile([], [1]));
        Assert.Null(SetTarget.Look(FourSteps.DataFile([], [1])));
    }

    private static void Refuse(SyncError error, string words, params byte[][] parts)
    {
        SyncException refusal = Assert.Throws<SyncException>(() => SetTarget.Look(parts));
        Assert.Equal(error, refusal.Error);
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }

    private static byte[][] Shuffled(List<byte[]> parts, int seed)
    {
        byte[][] shuffled = [.. parts];
        new Random(seed).Shuffle(shuffled);
        return shuffled;
    }
}

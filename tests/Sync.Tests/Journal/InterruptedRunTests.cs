using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Running;

namespace BinarySync.Sync.Tests.Journal;

/// <summary>What a journal says to the next run: of its own data file, of another, and where it cannot be read.</summary>
public sealed class InterruptedRunTests
{
    private static readonly byte[] A = Bytes(1, 20_000);
    private static readonly byte[] B = Bytes(2, 20_000);

    [Fact]
    public void A_torn_block_is_known_to_the_journal_and_to_nobody_else()
    {
        byte[] dataFile = FourSteps.DataFile(A, B, 4096);
        FakeStateFile journal = new();
        FakeStorage target = Torn(dataFile, journal);

        Assert.Equal(SyncError.Unrecognized, Assert.Throws<SyncException>(() => { Apply(target, dataFile, new FakeStateFile()); }).Error);
        Assert.Equal(ApplyStart.Resumed, Apply(target, dataFile, journal).Start);

        Assert.Equal(B, target.Medium.ToArray());
        Assert.Null(journal.Content);
    }

    [Fact]
    public void Another_data_file_is_refused_while_a_block_is_torn_and_the_journal_named()
    {
        FakeStateFile journal = new();
        FakeStorage target = Torn(FourSteps.DataFile(A, B, 4096), journal);
        byte[] record = journal.Content!;
        byte[] other = FourSteps.DataFile(A, [.. A[..^4096], .. Bytes(3, 4096)], 4096);
        target.ClearLog();

        SyncException refused = Assert.Throws<SyncException>(() => { Apply(target, other, journal); });

        Assert.Equal(SyncError.Mismatch, refused.Error);
        Assert.Contains(journal.Name, refused.Message, StringComparison.Ordinal);
        Assert.Equal(record, journal.Content);
        Assert.DoesNotContain(target.Log, call => call.Changes);
    }

    [Fact]
    public void The_journal_of_another_session_is_retired_where_every_block_is_recognised()
    {
        byte[] first = FourSteps.DataFile(A, B, 4096);
        FakeStateFile journal = new() { Before = call => Fail(call == StateCall.Overwrite) };
        FakeStorage target = FakeStorage.File(A);
        Assert.Throws<StorageException>(() => { Apply(target, first, journal); });
        journal.Before = null;
        Assert.NotNull(journal.Content);
        byte[] c = Bytes(3, 20_000);

        Assert.Equal(ApplyStart.OtherRetired, Apply(target, FourSteps.DataFile(B, c, 4096), journal).Start);

        Assert.Equal(c, target.Medium.ToArray());
        Assert.Null(journal.Content);
    }

    [Fact]
    public void A_journal_that_is_given_up_leaves_each_block_to_itself()
    {
        byte[] dataFile = FourSteps.DataFile(A, B, 4096);
        FakeStateFile journal = new();
        FakeStorage target = Torn(dataFile, journal);
        ApplySpecification abandon = new() { AbandonJournal = true };

        Assert.Equal(SyncError.Unrecognized, Assert.Throws<SyncException>(() => { Apply(target, dataFile, journal, abandon); }).Error);
        Assert.Equal(ApplyStart.Abandoned, Apply(target, dataFile, journal, abandon with { ForceUnrecognized = true }).Start);

        Assert.Equal(B, target.Medium.ToArray());
        Assert.Null(journal.Content);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_journal_that_cannot_be_read_is_not_passed_over(bool newer)
    {
        byte[] dataFile = FourSteps.DataFile(A, B, 4096);
        FakeStateFile journal = new();
        FakeStorage target = Torn(dataFile, journal);
        byte[] file = journal.Content!;
        if (newer)
        {
            int length = file[10] | (file[11] << 8);
            file[8]++;
            BlockHash.Xxh128.Hash(file.AsSpan(0, length - 16), file.AsSpan(length - 16));
        }
        else
        {
            file[100] ^= 1;
        }

        target.ClearLog();

        SyncException refused = Assert.Throws<SyncException>(() => { Apply(target, dataFile, journal); });

        Assert.Equal(SyncError.Mismatch, refused.Error);
        Assert.Equal(newer ? SyncReason.NewerJournal : SyncReason.DamagedJournal, refused.Reason);
        Assert.DoesNotContain(target.Log, call => call.Changes);
        Apply(target, dataFile, journal, new ApplySpecification { AbandonJournal = true, ForceUnrecognized = true });
        Assert.Equal(B, target.Medium.ToArray());
    }

    [Theory]
    [InlineData(20_000, 30_000)]
    [InlineData(30_000, 20_000)]
    public void A_size_between_the_two_is_taken_from_an_interrupted_run_only(int sizeA, int sizeB)
    {
        byte[] a = Bytes(1, sizeA);
        byte[] b = Bytes(2, sizeB);
        byte[] dataFile = FourSteps.DataFile(a, b, 4096);
        FakeStateFile journal = new();
        FakeStorage target = FakeStorage.File(a).FailAt(new DiskFault(DiskCall.Flush, sizeA < sizeB ? 1 : 2, StorageError.FlushFailed));
        Assert.Throws<StorageException>(() => { Apply(target, dataFile, journal); });
        byte[] between = new byte[25_000];
        target.Cache.Read(between.AsSpan(0, (int)Math.Min(target.Cache.Length, between.Length)), 0);
        FakeStorage cut = FakeStorage.File(between);

        Assert.Equal(SyncError.Mismatch, Assert.Throws<SyncException>(() => { Apply(cut, dataFile, new FakeStateFile()); }).Error);
        Apply(cut, dataFile, journal);

        Assert.Equal(b, cut.Medium.ToArray());
    }

    // Found by the crash model: the end of A had been cut, and was only being written again.
    [Fact]
    public void The_base_is_checked_as_far_as_it_can_be_where_the_other_direction_was_making_the_target_longer()
    {
        byte[] a = Bytes(1, 30_000);
        byte[] b = [.. Bytes(2, 5000), .. a[5000..20_000]];
        byte[] dataFile = FourSteps.DataFile(a, b, 4096);
        FakeStateFile journal = new();
        FakeUndoPlace undo = new();
        FakeStorage target = FakeStorage.File(a).FailAt(new DiskFault(DiskCall.Flush, 2, StorageError.FlushFailed));
        Assert.Throws<StorageException>(() => { Apply(target, dataFile, journal, null, undo); });
        Assert.Equal(b.Length, target.Length);
        target.FailAt(new DiskFault(DiskCall.Write, 1, StorageError.WriteFailed, BytesDone: 0));
        Assert.Throws<StorageException>(() => { Apply(target, undo.Content!, journal); });
        Assert.Equal(a.Length, target.Length);

        ApplyResult result = Apply(target, dataFile, journal, new ApplySpecification { CheckBase = true }, undo);

        Assert.Equal(ApplyStart.TurnedRound, result.Start);
        Assert.Equal(b, target.Medium.ToArray());
    }

    // Found by the crash model: the planner looked at the medium, and the executor at a cache that was torn by a kill and looked clean
    // after a flush that failed.
    [Fact]
    public void A_journal_is_retired_by_what_is_on_the_medium_also_when_it_comes_to_writing()
    {
        byte[] dataFile = FourSteps.DataFile(A, B, 4096);
        byte[] back = FourSteps.DataFile(B, A, 4096);
        FakeStateFile journal = new();
        FakeStorage target = FakeStorage.File(B).FailAt(new DiskFault(DiskCall.Write, 1, StorageError.WriteFailed, BytesDone: 1024));
        Assert.Throws<StorageException>(() => { Apply(target, back, journal); });
        target.FailAt(new DiskFault(DiskCall.Flush, 1, StorageError.FlushFailed));
        Assert.Throws<StorageException>(() => { Apply(target, back, journal); });
        Assert.NotEqual(target.Cache.ToArray(), target.Medium.ToArray());

        Assert.Equal(ApplyStart.OtherRetired, Apply(target, dataFile, journal).Start);

        Assert.Equal(B, target.Medium.ToArray());
        Assert.Equal(B, target.Content);
    }

    // A run that a full disk ends in the middle of its first block.
    private static FakeStorage Torn(byte[] dataFile, FakeStateFile journal)
    {
        FakeStorage target = FakeStorage.File(A).FailAt(new DiskFault(DiskCall.Write, 1, StorageError.NoSpace, BytesDone: 1024));
        Assert.Throws<StorageException>(() => { Apply(target, dataFile, journal); });
        Assert.NotNull(journal.Content);
        return target;
    }

    private static void Fail(bool condition)
    {
        if (condition)
        {
            throw new StorageException(StorageError.WriteFailed, "journal", "injected");
        }
    }

    private static ApplyResult Apply(
        FakeStorage target, byte[] dataFile, FakeStateFile journal, ApplySpecification? specification = null, FakeUndoPlace? undo = null) =>
        ApplyOperation.Run(
            target,
            FourSteps.Patch(dataFile),
            FourSteps.Places(journal, undo),
            specification ?? new ApplySpecification(),
            FourSteps.Threads(1));

    private static byte[] Bytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

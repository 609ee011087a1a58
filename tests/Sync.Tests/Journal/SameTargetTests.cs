using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Evidence;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Collecting;
using BinarySync.Sync.Tests.Splitting;
using BinarySync.Sync.Tests.Streaming;

namespace BinarySync.Sync.Tests.Journal;

/// <summary>What a journal says is believed only of the target that it describes, and not of another one that has taken its name.</summary>
public sealed class SameTargetTests
{
    private const int BlockSize = 4096;
    private static readonly FileBirth Born = new(7, 1_700_000_000_000_000_000);

    // Block 5 is changed in one sector, as an administrator's one changed record is; blocks 20 to 99 wholly.
    private static readonly byte[] A = Bytes(1, 120 * BlockSize);
    private static readonly byte[] B = Changed(A);
    private static readonly byte[] DataFile = FourSteps.DataFile(A, B, BlockSize);

    [Theory]
    [InlineData(StorageKind.RegularFile)]
    [InlineData(StorageKind.BlockDevice)]
    public void Another_content_under_the_same_name_is_refused_and_left_alone(StorageKind kind)
    {
        FakeStateFile journal = Interrupted(kind, out _);

        Refused(SyncError.OtherTarget, new FakeStorage(DiskImage.Of(Bytes(9, A.Length)), kind) { Birth = Born }, journal, DataFile);
    }

    // The blocks that nobody touches are all the same, and so are those outside the window.
    [Theory]
    [InlineData(StorageKind.RegularFile)]
    [InlineData(StorageKind.BlockDevice)]
    public void A_backup_that_was_put_back_and_used_since_is_refused_and_left_alone(StorageKind kind)
    {
        FakeStateFile journal = Interrupted(kind, out _);
        byte[] used = [.. A];
        used[(5 * BlockSize) + 600] ^= 1;

        Refused(SyncError.OtherTarget, new FakeStorage(DiskImage.Of(used), kind) { Birth = Born }, journal, DataFile);
    }

    [Fact]
    public void The_interrupted_target_itself_is_refused_when_it_was_used_since()
    {
        FakeStateFile journal = Interrupted(StorageKind.RegularFile, out FakeStorage target);
        byte[] used = target.Content;
        used[(22 * BlockSize) + 3000] ^= 1;

        Refused(SyncError.OtherTarget, Again(used), journal, DataFile);
    }

    [Fact]
    public void Another_file_with_the_same_blocks_is_refused()
    {
        FakeStateFile journal = Interrupted(StorageKind.RegularFile, out FakeStorage target);

        Refused(
            SyncError.OtherTarget, new FakeStorage(DiskImage.Of(target.Content)) { Birth = Born with { Inode = 8 } }, journal, DataFile);
        Refused(
            SyncError.OtherTarget,
            new FakeStorage(DiskImage.Of(target.Content)) { Birth = Born with { BornNanoseconds = 1 } },
            journal,
            DataFile);
        Refused(SyncError.OtherTarget, new FakeStorage(DiskImage.Of(target.Content)), journal, DataFile);
        Assert.Equal(ApplyStart.Resumed, Apply(Again(target.Content), DataFile, journal).Start);
    }

    [Fact]
    public void A_block_that_no_run_had_to_change_and_that_differs_is_named()
    {
        FakeStateFile journal = Interrupted(StorageKind.RegularFile, out FakeStorage target);
        byte[] used = target.Content;
        used[6 * BlockSize] ^= 1;

        SyncException refused = Refused(SyncError.OtherTarget, Again(used), journal, DataFile);

        Assert.Contains($"bytes {6 * BlockSize} to {(7 * BlockSize) - 1}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_way_back_is_refused_like_the_way_forth()
    {
        FakeUndoPlace undo = new();
        FakeStateFile journal = Interrupted(StorageKind.RegularFile, out FakeStorage target, undo);
        byte[] used = target.Content;
        used[(25 * BlockSize) + 512] ^= 1;

        Refused(SyncError.OtherTarget, Again(used), journal, undo.Content!);
        FakeStorage same = Again(target.Content);
        Assert.Equal(ApplyStart.TurnedRound, Apply(same, undo.Content!, journal).Start);
        Assert.Equal(A, same.Content);
    }

    [Fact]
    public void A_dry_run_says_so_too()
    {
        FakeStateFile journal = Interrupted(StorageKind.BlockDevice, out _);

        Refused(SyncError.OtherTarget, FakeStorage.Device(Bytes(9, A.Length)), journal, DataFile, new ApplySpecification { DryRun = true });
    }

    [Fact]
    public void A_stretch_of_a_stream_is_refused_like_a_whole_data_file()
    {
        SplitCase pair = SplitCase.Make(26, 26);
        byte[] checksums = FourSteps.Checksums(FakeStorage.File(pair.A), new ChecksumSpecification { BlockSize = SplitCase.BlockSize });
        byte[] dataFile = FourSteps.OnePass(FakeStorage.File(pair.B), checksums, new DataFileSpecification { Repeats = false });
        StreamTarget target = new(pair.A);
        target.Disk.FailAt(new DiskFault(DiskCall.Write, 1, StorageError.NoSpace, BytesDone: 1024));
        Assert.Throws<StorageException>(() => { target.Apply(dataFile); });
        long torn = FourSteps.Blocks(dataFile)[0] * SplitCase.BlockSize;
        byte[] used = target.Content;
        used[torn + 5000] ^= 1;
        StreamTarget other = new(used);
        other.Journal.Content = target.Journal.Content;

        Assert.Equal(SyncError.OtherTarget, Assert.Throws<SyncException>(() => { other.Apply(dataFile); }).Error);
        Assert.Equal(used, other.Content);
        target.Reopen();
        target.Apply(dataFile);
        Assert.Equal(pair.B, target.Content);
    }

    [Fact]
    public void Where_not_every_sector_has_a_witness_torn_blocks_alone_prove_nothing()
    {
        ApplyTuning few = new() { MostWitnesses = 2 };
        FakeStateFile journal = new();
        FakeStorage target = Torn(new FakeStorage(DiskImage.Of(A)) { Birth = Born }, journal, 1, undo: null, few);
        byte[] used = [.. A];
        used[(60 * BlockSize) + 17] ^= 1;
        FakeStorage other = Again(used);

        SyncException refused = Assert.Throws<SyncException>(() => { Apply(other, DataFile, journal, null, few); });

        Assert.Equal(SyncError.TargetNotProved, refused.Error);
        Assert.Equal(used, other.Content);
        Apply(other, DataFile, journal, new ApplySpecification { ForceUnrecognized = true }, few);
        Assert.Equal(B, other.Content);
        Assert.NotEqual(B, target.Content);
    }

    // All of it is new, and on a FAT file system there are no inodes.
    [Fact]
    public void A_file_that_was_empty_is_not_proved_by_nothing()
    {
        byte[] dataFile = FourSteps.DataFile([], B, BlockSize);
        FakeStateFile journal = new();
        FakeStorage target = new FakeStorage(DiskImage.Of([]))
        {
            Birth = null,
        }.FailAt(new DiskFault(DiskCall.Write, 1, StorageError.NoSpace, BytesDone: 1024));
        Assert.Throws<StorageException>(() => { Apply(target, dataFile, journal); });

        Refused(SyncError.TargetNotProved, new FakeStorage(DiskImage.Of(Bytes(9, B.Length))) { Birth = null }, journal, dataFile);
        Apply(target, dataFile, journal, new ApplySpecification { ForceUnrecognized = true });
        Assert.Equal(B, target.Content);
    }

    // Its checksum is right: numbers that no run would write are refused like those of another target, whatever they are.
    [Theory]
    [InlineData(0, long.MinValue)]
    [InlineData(0, -1L)]
    [InlineData((long.MaxValue / WitnessCell.Length) - 1, long.MaxValue)]
    [InlineData((long.MaxValue / WitnessCell.Length) - 1, long.MinValue)]
    public void Evidence_with_any_numbers_is_read_without_harm(long cell, long end)
    {
        FakeStateFile journal = Interrupted(StorageKind.RegularFile, out FakeStorage target);
        Assert.Equal(JournalContent.Valid, JournalRecord.TryDecode(journal.Content!, out JournalRecord? record));
        WitnessCell strange = new(cell, byte.MaxValue, new uint[WitnessCell.Sectors], new uint[WitnessCell.Sectors]);
        journal.Content = (record! with
        {
            Sequence = 0,
            Evidence = record.Evidence! with { Cells = [strange], End = end },
        }).ToFile();

        Exception? refused = Record.Exception(() => { Apply(Again(target.Content), DataFile, journal); });

        Assert.True(refused is null or SyncException, $"{refused}");
    }

    [Fact]
    public void A_journal_of_version_1_0_proves_nothing()
    {
        FakeStateFile journal = Interrupted(StorageKind.RegularFile, out FakeStorage target);
        Assert.Equal(JournalContent.Valid, JournalRecord.TryDecode(journal.Content!, out JournalRecord? record));
        byte[] old = (record! with { Evidence = null, Sequence = 0 }).ToFile();
        old[8] = 2;
        int length = old[10] | (old[11] << 8);
        BlockHash.Xxh128.Hash(old.AsSpan(0, length - 16), old.AsSpan(length - 16));
        journal.Content = old;

        Refused(SyncError.TargetNotProved, Again(target.Content), journal, DataFile);
        FakeStorage known = Again(target.Content);
        Apply(known, DataFile, journal, new ApplySpecification { ForceUnrecognized = true });
        Assert.Equal(B, known.Content);
    }

    [Fact]
    public void Blocks_that_did_not_read_back_as_written_are_written_again_whatever_they_look_like()
    {
        FakeStateFile journal = new();
        FakeStorage target = new(DiskImage.Of(A)) { Birth = Born };
        target.LieBelowCacheAt((21 * BlockSize) + 5);
        Assert.Equal(SyncError.VerificationFailed, Assert.Throws<SyncException>(() => { Apply(target, DataFile, journal); }).Error);
        byte[] wrong = target.Content;
        wrong[(21 * BlockSize) + 5] ^= 0x40;
        FakeStorage mended = Again(wrong);

        Assert.Equal(ApplyStart.Resumed, Apply(mended, DataFile, journal).Start);

        Assert.Equal(B, mended.Content);
    }

    [Fact]
    public void A_record_with_evidence_is_read_as_it_was_written()
    {
        FakeStateFile journal = Interrupted(StorageKind.RegularFile, out _);

        Assert.Equal(JournalContent.Valid, JournalRecord.TryDecode(journal.Content!, out JournalRecord? record));

        Assert.Equal(Born, record!.Evidence!.Birth);
        Assert.True(record.Evidence.IsComplete);
        Assert.InRange(record.Evidence.Pieces.Count, 10, 48);
        Assert.Equal(81, record.Evidence.Cells.Count);
        Assert.Equal(JournalContent.Valid, JournalRecord.TryDecode(record.ToFile(), out JournalRecord? again));
        Assert.Equal(record.Encode(), again!.Encode());
        for (int length = 0; length < record.Evidence.Encode().Length; length++)
        {
            Assert.Null(TargetEvidence.TryDecode(record.Evidence.Encode()[..length]));
        }
    }

    // A run that a full disk ends in the middle of its second write: the first block is new, others are old, and one is torn.
    private static FakeStateFile Interrupted(StorageKind kind, out FakeStorage target, FakeUndoPlace? undo = null)
    {
        FakeStateFile journal = new();
        target = Torn(
            new FakeStorage(DiskImage.Of(A), kind) { Birth = kind == StorageKind.RegularFile ? Born : null },
            journal,
            2,
            undo,
            new ApplyTuning());
        return journal;
    }

    private static FakeStorage Torn(FakeStorage target, FakeStateFile journal, int write, FakeUndoPlace? undo, ApplyTuning tuning)
    {
        target.FailAt(new DiskFault(DiskCall.Write, write, StorageError.NoSpace, BytesDone: 512));
        Assert.Throws<StorageException>(() => { Apply(target, DataFile, journal, null, tuning, undo); });
        Assert.NotNull(journal.Content);
        return target;
    }

    private static FakeStorage Again(byte[] content) => new(DiskImage.Of(content)) { Birth = Born };

    private static SyncException Refused(
        SyncError error, FakeStorage other, FakeStateFile journal, byte[] dataFile, ApplySpecification? specification = null)
    {
        byte[] before = other.Content;
        byte[] record = journal.Content!;

        SyncException refused = Assert.Throws<SyncException>(() => { Apply(other, dataFile, journal, specification); });

        Assert.Equal(error, refused.Error);
        Assert.Equal(before, other.Content);
        Assert.Empty(other.Changes);
        Assert.Equal(record, journal.Content);
        return refused;
    }

    private static ApplyResult Apply(
        FakeStorage target, byte[] dataFile, FakeStateFile journal, ApplySpecification? specification =
            null, ApplyTuning? tuning = null, FakeUndoPlace? undo = null) =>
        ApplyOperation.Run(
            target,
            FourSteps.Patch(dataFile),
            FourSteps.Places(journal, undo),
            specification ?? new ApplySpecification(),
            tuning ?? new ApplyTuning(),
            FourSteps.Threads(1));

    private static byte[] Changed(byte[] a)
    {
        byte[] b = [.. a];
        Bytes(2, 12).CopyTo(b, (5 * BlockSize) + 100);
        Bytes(3, 80 * BlockSize).CopyTo(b, 20 * BlockSize);
        return b;
    }

    private static byte[] Bytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Evidence;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Collecting;

namespace BinarySync.Sync.Tests.Copies;

/// <summary>
/// A redo is written only where a copy of the data file says so, and only with the content that the master has: the journal that names it
/// may be forged like it.
/// </summary>
public sealed class ForeignRedoTests
{
    private const int BlockSize = 512;
    private static readonly byte[] A = RandomBlocks(1, 64);

    // Content that moved: each copy overwrites the source of the one before it.
    private static readonly byte[] B = [
        .. A[..(10 * BlockSize)],
        .. A[(11 * BlockSize)..(40 * BlockSize)],
        .. A[(10 * BlockSize)..(11 * BlockSize)],
        .. A[(40 * BlockSize)..]];
    private static readonly byte[] DataFile = Make(A, B);

    [Theory]
    [InlineData(50, 1)] // no block of the data file
    [InlineData(5, 1)]
    [InlineData(9, 2)] // half of it is
    [InlineData(39, 2)]
    [InlineData(63, 3)] // to behind the end
    [InlineData(1000, 1)]
    public void Content_for_blocks_that_are_not_copied_is_refused(int block, int count)
    {
        Refused(SyncError.ForeignRedo, new ByteRange(block * BlockSize, (block + count) * BlockSize), Evil(count * BlockSize));
    }

    [Fact]
    public void A_stretch_that_is_not_of_whole_blocks_is_refused() =>
        Refused(SyncError.ForeignRedo, new ByteRange((12 * BlockSize) + 8, (13 * BlockSize) + 8), Evil(BlockSize));

    [Fact]
    public void The_same_place_twice_is_refused()
    {
        FakeRedoFile redo = new();
        RedoLog log = new(redo);
        log.Add(B.AsSpan(12 * BlockSize, BlockSize), 12 * BlockSize);
        log.Add(B.AsSpan(14 * BlockSize, BlockSize), 14 * BlockSize);
        log.Add(Evil(BlockSize), 12 * BlockSize);

        Refused(SyncError.ForeignRedo, redo, log);
    }

    [Fact]
    public void Other_content_for_a_block_that_is_copied_is_refused() =>
        Refused(SyncError.Unrecognized, new ByteRange(12 * BlockSize, 13 * BlockSize), Evil(BlockSize));

    [Fact]
    public void The_content_of_a_copy_is_written()
    {
        FakeRedoFile redo = new();
        RedoLog log = new(redo);
        log.Add(B.AsSpan(10 * BlockSize, 3 * BlockSize), 10 * BlockSize);
        FakeStorage target = FakeStorage.File(A);

        Assert.Equal(ApplyStart.Resumed, Apply(target, redo, log).Start);

        Assert.Equal(B, target.Content);
    }

    // On another target than the run's own: there, block 11 would be in its place before 12, its source, is overwritten.
    [Fact]
    public void One_that_overwrites_what_is_still_to_be_copied_is_refused() =>
        Refused(SyncError.Unrecognized, new ByteRange(12 * BlockSize, 13 * BlockSize), B[(12 * BlockSize)..(13 * BlockSize)]);

    // The redo of a run in the other direction is not written: nothing may be found in it, or its lack is noticed too late.
    [Fact]
    public void One_of_the_other_direction_is_not_relied_on()
    {
        FakeRedoFile redo = new();
        RedoLog log = new(redo);
        log.Add(B.AsSpan(10 * BlockSize, 3 * BlockSize), 10 * BlockSize);

        // Nowhere else is the content of block 12.
        byte[] left = [.. A];
        B.AsSpan(13 * BlockSize, BlockSize).CopyTo(left.AsSpan(13 * BlockSize));
        FakeStorage target = FakeStorage.File(left);
        FakeStateFile journal = new();

        SyncException refused = Assert.Throws<SyncException>(() => { Apply(target, redo, log, journal: journal, isTurned: true); });

        Assert.Equal(SyncReason.CopySourceMissing, refused.Reason);
        Assert.Empty(target.Changes);
        Assert.Empty(journal.Log);
    }

    [Theory]
    [InlineData(16)] // content
    [InlineData(-1)] // the table of stretches
    public void One_that_is_not_as_the_journal_names_it_is_called_damaged(int at)
    {
        FakeRedoFile redo = new();
        RedoLog log = new(redo);
        log.Add(B.AsSpan(12 * BlockSize, BlockSize), 12 * BlockSize);
        FakeStorage target = FakeStorage.File(A);

        SyncException refused = Assert.Throws<SyncException>(
            () => { Apply(target, redo, log, () => redo.Content![at < 0 ? redo.Content.Length + at : at] ^= 1); });

        Assert.Equal(SyncError.Mismatch, refused.Error);
        Assert.Contains("missing or damaged", refused.Message, StringComparison.Ordinal);
        Assert.Empty(target.Changes);
    }

    private static void Refused(SyncError error, ByteRange place, byte[] content)
    {
        FakeRedoFile redo = new();
        RedoLog log = new(redo);
        log.Add(content, place.Offset);
        Refused(error, redo, log);
    }

    private static void Refused(SyncError error, FakeRedoFile redo, RedoLog log)
    {
        FakeStorage target = FakeStorage.File(A);

        SyncException refused = Assert.Throws<SyncException>(() => { Apply(target, redo, log); });

        Assert.Equal(error, refused.Error);
        Assert.Empty(target.Changes);
    }

    // The planter knows the data file and what it needs of the target.
    private static ApplyResult Apply(
        FakeStorage target, FakeRedoFile redo, RedoLog log, Action? damage = null, FakeStateFile? journal = null, bool isTurned = false)
    {
        ReadOnlyMemory<byte> digest = FourSteps.TrailerOfDataFile(DataFile).Digest;
        journal ??= new FakeStateFile();
        journal.Content = new JournalRecord
        {
            Session = isTurned ? new byte[digest.Length] : digest,
            Other = isTurned ? digest : null,
            Redo = log.Seal(),
            BaseSize = A.Length,
            TargetSize = B.Length,
            Target = "file:target",
            Patch = "update.dtf",
            Evidence = new TargetEvidence { IsComplete = true, Birth = target.ReadBirth() },
        }.ToFile();
        damage?.Invoke();
        return ApplyOperation.Run(
            target,
            FourSteps.Patch(DataFile),
            FourSteps.Places(journal) with { Redo = redo },
            new ApplySpecification(),
            FourSteps.Threads(1));
    }

    private static byte[] Evil(int length)
    {
        byte[] content = new byte[length];
        content.AsSpan().Fill(0xE5);
        return content;
    }

    private static byte[] Make(byte[] a, byte[] b)
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

using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Running;

namespace BinarySync.Sync.Tests.Journal;

/// <summary>Blocks that did not read back as written: asked for again, or written again.</summary>
public sealed class RepairRequestTests
{
    [Fact]
    public void The_request_leads_to_a_data_file_that_puts_right_what_was_wrong() =>
        SyncCases.Whole.CheckFitting(100, sync => IsPutRight(sync, sync.DataFile()));

    // What is copied cannot be copied again: the repair sends it.
    [Fact]
    public void What_was_copied_from_any_byte_is_asked_for_too() =>
        SyncCases.Shifted.CheckFitting(24, sync => new SyncModel(sync) is { NothingInCommon: false, LeavesSize: false }
            && sync.RangesA.IsWhole
            && sync.RangesB.IsWhole
            && IsPutRight(sync, sync.DataFileWithShifts()));

    private static bool IsPutRight(SyncCase sync, byte[] dataFile)
    {
        if (Lying(sync, dataFile) is not { } lying)
        {
            return false;
        }

        (FakeStorage target, FakeStateFile journal, byte[] request) = lying;
        byte[] repair = FourSteps.Data(sync.StorageB, request, sync.HowData, sync.Threads);
        target = AsOnMedium(target);

        ApplyResult result = Apply(target, repair, journal, null, sync.Threads);

        Assert.Equal(ApplyStart.OtherRetired, result.Start);
        Assert.Equal(sync.ContentB, target.Medium.ToArray());
        Assert.Null(journal.Content);
        return true;
    }

    [Fact]
    public void The_same_command_writes_them_again() => SyncCases.Whole.CheckFitting(100, sync =>
    {
        if (Lying(sync, sync.DataFile()) is not { } lying)
        {
            return false;
        }

        FakeStorage target = AsOnMedium(lying.Target);

        Assert.Equal(ApplyStart.Resumed, Apply(target, sync.DataFile(), lying.Journal, null, sync.Threads).Start);

        Assert.Equal(sync.ContentB, target.Medium.ToArray());
        return true;
    });

    // The target is cut before the request is written: the mark of that must not take the place of what is wrong.
    [Fact]
    public void What_is_wrong_stays_known_when_the_run_dies_before_the_request_is_there()
    {
        byte[] a = Bytes(1, 30_000);
        byte[] b = Bytes(2, 20_000);
        byte[] dataFile = FourSteps.DataFile(a, b, 4096);
        FakeStorage target = FakeStorage.File(a).FailAt(new DiskFault(DiskCall.SetLength, 1, StorageError.WriteFailed));
        target.LieBelowCacheAt(5000);
        FakeStateFile journal = new();

        // What is wrong with the target is said first, and what failed after it as well.
        SyncException failure = Assert.Throws<SyncException>(() => { Apply(target, dataFile, journal, new MemoryOutput(), 1); });
        Assert.Equal(SyncError.VerificationFailed, failure.Error);
        Assert.Contains("did not read back as written; ", failure.Message, StringComparison.Ordinal);

        target = AsOnMedium(target);
        Apply(target, dataFile, journal, null, 1);
        Assert.Equal(b, target.Medium.ToArray());
    }

    private static byte[] Bytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    // A run over a medium that returns other bytes than were written to it; null where the case has none to lie about.
    private static (FakeStorage Target, FakeStateFile Journal, byte[] Request)? Lying(SyncCase sync, byte[] dataFile)
    {
        Random random = new(sync.Seed);
        FakeStorage target = sync.StorageA;
        FakeStateFile journal = new();
        bool lies = false;
        foreach (long block in FourSteps.Blocks(dataFile))
        {
            byte[] b = new SyncModel(sync).Of(sync.ContentB, block).ToArray();
            bool byGrowing = block * sync.BlockSize >= sync.ContentA.Length && ZeroBlocks.IsZero(b);
            if (random.Next(3) == 0 && !byGrowing)
            {
                long offset = (block * sync.BlockSize) + random.Next(b.Length);
                target.LieBelowCacheAt(offset);
                lies = true;
            }
        }

        if (!lies)
        {
            return null;
        }

        MemoryOutput repair = new();
        SyncException failure = Assert.Throws<SyncException>(() => { Apply(target, dataFile, journal, repair, sync.Threads); });
        Assert.Equal(SyncError.VerificationFailed, failure.Error);
        Assert.NotNull(journal.Content);
        if (failure.Message.Contains("as they were copied", StringComparison.Ordinal))
        {
            // The redo is still there, and the same command writes it again: nothing is asked for.
            Assert.Null(repair.Content);
            return null;
        }

        return (target, journal, Assert.IsType<byte[]>(repair.Content));
    }

    // The next look at it, with nothing in the cache: the medium has what it returned.
    private static FakeStorage AsOnMedium(FakeStorage target)
    {
        byte[] content = new byte[target.Length];
        target.ReadBelowCache(content, 0);
        return FakeStorage.File(content);
    }

    private static ApplyResult Apply(FakeStorage target, byte[] dataFile, FakeStateFile journal, MemoryOutput? repair, int threads) =>
        ApplyOperation.Run(
            target,
            FourSteps.Patch(dataFile),
            new ApplyPlaces(journal, "file:target", null, repair, Redo: new FakeRedoFile()),
            new ApplySpecification(),
            FourSteps.Threads(threads));

    private sealed class MemoryOutput() : MessageOutput("repair.dtr")
    {
        private readonly MemoryStream _stream = new();

        public byte[]? Content { get; private set; }

        public override Stream Stream => _stream;

        public override void Commit() => Content = _stream.ToArray();

        protected override void Dispose(bool disposing) => _stream.Dispose();
    }
}

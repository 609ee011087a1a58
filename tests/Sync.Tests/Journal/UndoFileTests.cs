using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Collecting;

namespace BinarySync.Sync.Tests.Journal;

/// <summary>The undo file: what the four steps would make of the two sides exchanged.</summary>
public sealed class UndoFileTests
{
    [Fact]
    public void It_is_what_the_four_steps_make_of_the_sides_exchanged() => SyncCases.Whole.Check(120, sync =>
    {
        FakeUndoPlace undo = new();
        Apply(sync.StorageA, sync.DataFile(), undo, sync.Threads);

        byte[] request = FourSteps.Request(FourSteps.Checksums(sync.StorageB, sync.HowB), FourSteps.Checksums(sync.StorageA, sync.HowA));
        byte[] expected = FourSteps.Data(
            sync.StorageA,
            request,
            new DataFileSpecification
            {
                Compression = Compression.DefaultLZ4,
                FrameSize = Math.Min(sync.FrameSize, FormatLimits.DefaultFrameSize),
                Repeats = false,
            });

        Assert.Equal(expected, undo.Content);
    });

    [Fact]
    public void With_ranges_its_operations_are_those_of_the_sides_exchanged() => SyncCases.Ranged.CheckFitting(80, sync =>
    {
        if (new SyncModel(sync).NothingInCommon)
        {
            return false;
        }

        FakeUndoPlace undo = new();
        FakeStorage target = sync.StorageA;
        Apply(target, sync.DataFile(), undo, sync.Threads);
        byte[] request = FourSteps.Request(FourSteps.Checksums(sync.StorageB, sync.HowB), FourSteps.Checksums(sync.StorageA, sync.HowA));
        byte[] expected = FourSteps.Data(
            sync.StorageA,
            request,
            new DataFileSpecification
            {
                Compression = Compression.DefaultLZ4,
                FrameSize = Math.Min(sync.FrameSize, FormatLimits.DefaultFrameSize),
                Repeats = false,
            });

        Assert.Equal(
            FourSteps.Groups(expected).Select(group => group.Payload.ToArray()),
            FourSteps.Groups(undo.Content!).Select(group => group.Payload.ToArray()));
        Apply(target, undo.Content!, null, sync.Threads);
        Assert.Equal(sync.ContentA, target.Medium.ToArray());
        return true;
    });

    [Fact]
    public void A_device_is_taken_back_and_patched_again() => SyncCases.Whole.Check(120, sync =>
    {
        byte[] a = sync.ContentA;
        byte[] b = sync.ContentB;
        byte[] device = new byte[Math.Max(a.Length, b.Length) + 512];
        a.CopyTo(device, 0);
        FakeStorage target = FakeStorage.Device(device);
        FakeUndoPlace undo = new();
        byte[] dataFile = sync.DataFile();
        Apply(target, dataFile, undo, sync.Threads);
        Assert.Equal(b, target.Medium.ToArray()[..b.Length]);
        Apply(target, undo.Content!, null, sync.Threads);
        Assert.Equal(a, target.Medium.ToArray()[..a.Length]);

        // What lies behind the content of a device is left alone, also in A's last block. If that was written by then, it is no longer
        // the zeros that the data file expects there: refused, with the way out, rather than overwritten.
        int rest = Math.Min(b.Length, (a.Length + sync.BlockSize - 1) / sync.BlockSize * sync.BlockSize);
        int from = a.Length / sync.BlockSize * sync.BlockSize;
        bool isNew = rest > from && target.Content.AsSpan(from, rest - from).SequenceEqual(b.AsSpan(from, rest - from));
        bool isRefused = rest > a.Length && !isNew && !ZeroBlocks.IsZero(b.AsSpan(a.Length, rest - a.Length));
        if (isRefused)
        {
            SyncException refused = Assert.Throws<SyncException>(() => Apply(target, dataFile, undo, sync.Threads));
            Assert.Equal(
                (SyncReason.UnrecognizedBlocks, "not-zero", a.Length),
                (refused.Reason, refused.ValueOf<string>("cause"), refused.ValueOf<long>("base_size")));
            target.Write(new byte[device.Length - a.Length], a.Length);
        }

        Apply(target, dataFile, undo, sync.Threads);
        Assert.Equal(b, target.Medium.ToArray()[..b.Length]);
    });

    [Fact]
    public void It_is_kept_by_a_later_run_of_the_same_command()
    {
        (byte[] a, byte[] b) = (Bytes(1, 9000), Bytes(2, 9000));
        byte[] dataFile = FourSteps.DataFile(a, b);
        FakeUndoPlace undo = new();
        FakeStorage target = FakeStorage.File(a);
        Assert.False(Apply(target, dataFile, undo).UndoKept);
        byte[] first = undo.Content!;

        Assert.True(Apply(target, dataFile, undo).UndoKept);

        Assert.Same(first, undo.Content);
    }

    [Fact]
    public void Another_file_in_its_place_is_refused_before_anything_is_written()
    {
        (byte[] a, byte[] b) = (Bytes(1, 9000), Bytes(2, 9000));
        byte[] dataFile = FourSteps.DataFile(a, b);
        byte[] shorter = FourSteps.DataFile(b, [.. a[..4096], .. b[4096..]]);
        foreach (byte[] other in new[] { dataFile, FourSteps.DataFile(b, Bytes(3, 9000)), shorter, a, "no"u8.ToArray(), [] })
        {
            FakeStorage target = FakeStorage.File(a);

            StorageException refused = Assert.Throws<StorageException>(
                () => { Apply(target, dataFile, new FakeUndoPlace { Content = other }); });

            Assert.Equal(StorageError.Exists, refused.Error);
            Assert.Empty(target.Changes);
        }

        FakeStorage untouched = FakeStorage.File(a);
        Assert.Throws<MessageFormatException>(() => { Apply(untouched, dataFile, new FakeUndoPlace { Content = dataFile[..^1] }); });
        Assert.Empty(untouched.Changes);
    }

    [Fact]
    public void It_is_not_made_of_a_target_that_is_partly_patched()
    {
        // It would grow: not even room is reserved before the refusal.
        (byte[] a, byte[] b) = (Bytes(1, 9000), Bytes(2, 20_000));
        byte[] dataFile = FourSteps.DataFile(a, b);
        FakeStorage target = FakeStorage.File([.. b[..4096], .. a[4096..]]);

        foreach (bool dryRun in new[] { true, false })
        {
            ApplyPlaces places = FourSteps.Places(undo: new FakeUndoPlace());
            SyncException refused = Assert.Throws<SyncException>(() =>
                ApplyOperation.Run(
                    target, FourSteps.Patch(dataFile), places, new ApplySpecification { DryRun = dryRun }, new SyncOptions()));
            Assert.Equal((SyncReason.TooLateForUndo, "partly-patched"), (refused.Reason, refused.ValueOf<string>("cause")));
            Assert.DoesNotContain(target.Log, call => call.Changes);
        }

        Apply(target, dataFile, null);
        Assert.Equal(b, target.Medium.ToArray());
        SyncException done = Assert.Throws<SyncException>(() => { Apply(target, dataFile, new FakeUndoPlace()); });
        Assert.Equal((SyncReason.TooLateForUndo, "up-to-date"), (done.Reason, done.ValueOf<string>("cause")));
    }

    [Fact]
    public void Without_room_for_it_nothing_is_written()
    {
        (byte[] a, byte[] b) = (Bytes(1, 9000), Bytes(2, 20_000));
        FakeStorage target = FakeStorage.File(a);
        FakeUndoPlace undo = new() { BeforeCommit = () => throw new StorageException(StorageError.NoSpace, "undo.dtf", "no space", 28) };

        StorageException failure = Assert.Throws<StorageException>(() => { Apply(target, FourSteps.DataFile(a, b), undo); });

        Assert.Equal(StorageError.NoSpace, failure.Error);
        Assert.Equal(StorageContext.UndoFile, failure.Context);
        Assert.Empty(target.Changes);
        Assert.Equal(0, target.ReservedPastEnd);
    }

    private static ApplyResult Apply(FakeStorage target, byte[] dataFile, FakeUndoPlace? undo, int threads = 1) =>
        ApplyOperation.Run(
            target, FourSteps.Patch(dataFile), FourSteps.Places(null, undo), new ApplySpecification(), FourSteps.Threads(threads));

    private static byte[] Bytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;

namespace BinarySync.Sync.Tests;

/// <summary>In which order things happen to a target, seen from its log.</summary>
public sealed class EventOrderTests
{
    private static readonly ApplySpecification[] Ways =
        [
            new(),
            new() { Verify = VerifyMode.None },
            new() { Verify = VerifyMode.Full },
            new() { Sparse = SparseMode.Always, CheckBase = true }];

    [Fact]
    public void Nothing_changes_before_the_whole_data_file_was_verified() => SyncCases.Whole.Check(60, sync =>
    {
        byte[] dataFile = sync.DataFile();
        Random random = new(sync.Seed);

        // In the tail, in the trailer, somewhere; and cut short.
        byte[][] damaged = [
            Flip(dataFile, dataFile.Length - 1),
            Flip(dataFile, dataFile.Length - 20),
            Flip(dataFile, random.Next(dataFile.Length)),
            dataFile[..^1],
            [.. dataFile, 0]];
        foreach (byte[] file in damaged)
        {
            FakeStorage target = sync.StorageA;
            Assert.Throws<MessageFormatException>(() => { sync.Apply(target, file, new ApplySpecification { ForceUnrecognized = true }); });
            Assert.DoesNotContain(target.Log, call => call.Changes);
        }
    });

    [Fact]
    public void Grow_then_write_then_flush_then_read_back_then_cut_then_flush() => SyncCases.Whole.Check(120, sync =>
    {
        ApplySpecification way = Ways[sync.Seed % Ways.Length];
        FakeStorage target = sync.StorageA;
        PatchPlan plan = sync.Apply(target, sync.DataFile(), way).Plan;
        IReadOnlyList<DiskEvent> log = target.Log;

        int lastWrite = LastIndex(log, call => call.ChangesContent && call.Call != DiskCall.SetLength);
        int firstWrite = FirstIndex(log, call => call.ChangesContent && call.Call != DiskCall.SetLength);

        // Before the first change the evidence for the journal is read there.
        int changed = FirstIndex(log, call => call.ChangesContent);
        int firstBelow = changed < 0 ? -1 : log.ToList().FindIndex(changed, call => call.Call == DiskCall.ReadBelowCache);
        int lastBelow = LastIndex(log, call => call.Call == DiskCall.ReadBelowCache);
        int resized = FirstIndex(log, call => call.Call == DiskCall.SetLength);
        int firstFlush = FirstIndex(log, call => call.Call == DiskCall.Flush);
        int lastFlush = LastIndex(log, call => call.Call == DiskCall.Flush);

        Assert.Equal(plan.Sizing.Grows || plan.Sizing.Shrinks ? 1 : 0, log.Count(call => call.Call == DiskCall.SetLength));
        Assert.True(lastFlush > LastIndex(log, call => call.Changes), "a success ends with a flush after the last change");
        Assert.True(firstFlush > lastWrite && (firstBelow < 0 || firstBelow > firstFlush), "what is read back has been flushed");
        if (plan.Sizing.Grows)
        {
            Assert.True(firstWrite < 0 || resized < firstWrite, "grown before anything is written");
            Assert.True(LastIndex(log, call => call.Call == DiskCall.Allocate) < resized, "space is reserved before the length changes");
        }

        if (plan.Sizing.Shrinks)
        {
            Assert.True(resized > firstFlush && resized > lastBelow && resized < lastFlush, "cut when all else is durable and verified");
        }
    });

    [Fact]
    public void Writes_ascend_where_no_frame_spans_operations() => SyncCases.Whole.CheckFitting(40, sync =>
    {
        if (sync.BlockSize < FormatLimits.MinFrameSize)
        {
            return false;
        }

        SyncCase small = sync with { FrameSize = FormatLimits.MinFrameSize };
        foreach (SparseMode sparse in Enum.GetValues<SparseMode>())
        {
            FakeStorage target = small.StorageA;
            small.Apply(target, small.DataFile(), new ApplySpecification { Sparse = sparse });
            AssertAscending(target.Changes.Where(change => change.Call != DiskCall.SetLength));
        }
        return true;
    });

    [Fact]
    public void Data_and_zeros_each_ascend_and_no_byte_is_written_twice() => SyncCases.Whole.Check(60, sync =>
    {
        FakeStorage target = FakeStorage.File(sync.ContentA);
        sync.Apply(target, sync.DataFile(), new ApplySpecification { Sparse = SparseMode.Always });

        DiskEvent[] writes = [.. target.Changes.Where(change => change.Call != DiskCall.SetLength)];
        AssertAscending(writes.Where(change => change.Call == DiskCall.Write));
        AssertAscending(writes.Where(change => change.Call == DiskCall.PunchHole));
        AssertAscending(writes.OrderBy(change => change.Offset));
    });

    [Fact]
    public void Blocks_that_touch_are_written_together()
    {
        // One frame of 16 blocks: 0-5 and 8-9 change to data, 6-7 and 10-13 to zeros; 12 was zeros before.
        byte[] a = Bytes(1, 20 * 4096);
        byte[] b = [.. a];
        Bytes(2, 6 * 4096).CopyTo(b, 0);
        Bytes(3, 2 * 4096).CopyTo(b, 8 * 4096);
        b.AsSpan(6 * 4096, 2 * 4096).Clear();
        b.AsSpan(10 * 4096, 4 * 4096).Clear();
        byte[] dataFile = FourSteps.DataFile(a, b, 4096);
        FakeStorage target = FakeStorage.File(a);

        FourSteps.Apply(target, dataFile, new ApplySpecification { Sparse = SparseMode.Always });

        Assert.Equal(
            [(DiskCall.Write, 0, 6), (DiskCall.PunchHole, 6, 2), (DiskCall.Write, 8, 2), (DiskCall.PunchHole, 10, 4)],
            target.Changes.OrderBy(change => change.Offset).Select(
                change => (change.Call, (int)change.Offset / 4096, (int)change.Length / 4096)));
    }

    [Fact]
    public void Zeros_of_several_old_kinds_and_chunks_become_one_hole()
    {
        // 3 MiB of data become zeros, and after them the file grows by more: the chunks of the pass are not seen in the writes.
        byte[] a = Bytes(1, 3 << 20);
        byte[] b = new byte[4 << 20];
        b[0] = 1;
        FakeStorage target = FakeStorage.File(a);

        FourSteps.Apply(target, FourSteps.DataFile(a, b, 4096), new ApplySpecification { Sparse = SparseMode.Always }, threads: 3);

        DiskEvent punched = Assert.Single(target.Changes, change => change.Call == DiskCall.PunchHole);
        Assert.Equal((4096, (3 << 20) - 4096), (punched.Offset, punched.Length));
    }

    [Fact]
    public void A_run_with_nothing_to_write_still_flushes()
    {
        byte[] a = Bytes(1, 3000);
        byte[] b = Bytes(2, 3000);
        byte[] dataFile = FourSteps.DataFile(a, b);
        FakeStorage target = FakeStorage.File(b);

        FourSteps.Apply(target, dataFile);
        Assert.Single(target.Log, call => call.Call == DiskCall.Flush);
        target.FailAt(new DiskFault(DiskCall.Flush, 1, StorageError.FlushFailed));
        StorageException failure = Assert.Throws<StorageException>(() => { FourSteps.Apply(target, dataFile); });
        Assert.Equal(StorageError.FlushFailed, failure.Error);
    }

    [Fact]
    public void A_cache_that_looks_clean_after_a_failed_flush_is_seen_through_by_reading_back()
    {
        byte[] a = Bytes(1, 3000);
        byte[] b = Bytes(2, 3000);
        byte[] dataFile = FourSteps.DataFile(a, b);
        FakeStorage target = FakeStorage.File(a).FailAt(new DiskFault(DiskCall.Flush, 1, StorageError.FlushFailed));
        Assert.Throws<StorageException>(() => { FourSteps.Apply(target, dataFile); });
        Assert.Equal(b, target.Content);

        SyncException failure = Assert.Throws<SyncException>(() => { FourSteps.Apply(target, dataFile); });

        Assert.Equal((SyncError.VerificationFailed, new BlockRun(0, 6)), (failure.Error, failure.Ranges.Single()));
    }

    [Fact]
    public void Any_call_that_fails_fails_the_run_and_the_next_run_finishes() => SyncCases.Whole.Check(40, sync =>
    {
        ApplySpecification way = Ways[sync.Seed % Ways.Length];
        byte[] dataFile = sync.DataFile();
        FakeStorage clean = sync.StorageA;
        sync.Apply(clean, dataFile, way);
        Random random = new(sync.Seed);
        foreach (IGrouping<DiskCall, DiskEvent> calls in clean.Log.GroupBy(call => call.Call).OrderBy(calls => calls.Key))
        {
            if (calls.Key is DiskCall.ExtentAt or DiskCall.ReadStamp or DiskCall.ReleasePastEnd)
            {
                continue;
            }

            StorageError error = calls.Key switch
            {
                DiskCall.Flush => StorageError.FlushFailed,
                DiskCall.Read or DiskCall.ReadBelowCache => StorageError.ReadFailed,
                _ => random.Next(2) == 0 ? StorageError.NoSpace : StorageError.WriteFailed,
            };
            FakeStorage target = sync.StorageA.FailAt(new DiskFault(calls.Key, 1 + random.Next(calls.Count()), error));

            Exception? failure = Record.Exception(() => { sync.Apply(target, dataFile, way); });
            if (failure is null && error == StorageError.ReadFailed)
            {
                // Blocks that are read together are read one by one where that fails; this time it was a gap, or did not fail again.
                Assert.Equal(sync.ContentB, target.Medium.ToArray());
                continue;
            }

            Assert.Equal(error, Assert.IsType<StorageException>(failure).Error);

            // After a kill the cache is there; after a power cut nothing that was not flushed.
            FakeStorage killed = new(target.Cache.Copy());
            FakeStorage cut = new(target.Medium.Copy());

            // A block that is larger than a frame is written in pieces, and a piece of it is neither old nor new. Only a journal will
            // know it.
            ApplySpecification again = way with { ForceUnrecognized = sync.BlockSize > sync.FrameSize };
            sync.Apply(killed, dataFile, again);
            sync.Apply(cut, dataFile, way);
            Assert.Equal(sync.ContentB, killed.Medium.ToArray());
            Assert.Equal(sync.ContentB, cut.Medium.ToArray());
        }
    });

    [Fact]
    public void No_room_is_found_before_anything_changes()
    {
        byte[] a = Bytes(1, 10_000);
        byte[] b = [.. a[..5000], .. Bytes(2, 50_000)];
        FakeStorage target = new(DiskImage.Of(a)) { FreeSpace = 30_000 };

        StorageException failure = Assert.Throws<StorageException>(() => { FourSteps.Apply(target, FourSteps.DataFile(a, b)); });

        Assert.Equal(StorageError.NoSpace, failure.Error);
        Assert.Empty(target.Changes);
        Assert.Equal(0, target.ReservedPastEnd);
        Assert.Equal(a, target.Content);
    }

    [Fact]
    public void Holes_are_not_read_and_all_else_is() => SyncCases.Whole.Check(80, sync =>
    {
        FakeStorage source = sync.StorageA;
        FourSteps.Checksums(source, sync.HowA, sync.Threads);

        // Read is what has at least one byte outside of holes in its block: each such block once, and nothing else.
        long expected = 0;
        for (int i = 0; i < sync.A.Cells.Count; i++)
        {
            long from = (long)i * sync.BlockSize;
            long end = Math.Min(source.Length, from + sync.BlockSize);
            expected += source.Cache.Holes.CountInside(from, end) < end - from ? Math.Max(0, end - from) : 0;
        }

        Assert.Equal(expected, source.Log.Where(call => call.Call == DiskCall.Read).Sum(call => call.Length));
    });

    [Fact]
    public void A_data_file_is_made_from_the_requested_bytes_and_no_others() => SyncCases.Ranged.CheckFitting(60, sync =>
    {
        if (new SyncModel(sync).NothingInCommon)
        {
            return false;
        }

        byte[] request = FourSteps.Request(FourSteps.Checksums(sync.StorageA, sync.HowA), FourSteps.Checksums(sync.StorageB, sync.HowB));
        FakeStorage master = sync.StorageB;

        // What repeats is compared with what it repeats, which is read again for that.
        byte[] dataFile = FourSteps.Data(master, request, sync.HowData with { Repeats = false }, sync.Threads);

        // What becomes zeros is looked at where the remote has content.
        HashSet<long> requested = [.. FourSteps.Groups(dataFile).SelectMany(group => group.Operations)
            .Where(operation => operation.New == NewKind.Data || operation.Old == OldKind.Hashed).SelectMany(
                operation => FourSteps.Each(operation.Blocks))];
        DiskEvent[] reads = [.. master.Log.Where(call => call.Call == DiskCall.Read)];
        Assert.All(
            reads,
            call =>
                Assert.All(
                    FourSteps.Each(BlockGeometry.Touching(call.Offset, call.Length, sync.BlockSize)),
                    block => Assert.Contains(block, requested)));
        BlockGeometry geometry = new(master.Length, sync.BlockSize);
        Assert.Equal(requested.Sum(block => (long)geometry.LengthOf(block)), reads.Sum(call => call.Length));
        return true;
    });

    [Fact]
    public void Nothing_is_read_of_a_device_behind_the_two_contents() => SyncCases.Whole.Check(40, sync =>
    {
        long end = Math.Max(sync.ContentA.Length, sync.ContentB.Length);
        byte[] device = new byte[end + (4 << 20)];
        sync.ContentA.CopyTo(device, 0);
        FakeStorage target = FakeStorage.Device(device);

        sync.Apply(target, sync.DataFile(), new ApplySpecification { CheckBase = true, Verify = VerifyMode.Full });

        Assert.All(target.Log.Where(call => call.Call is DiskCall.Read or DiskCall.ReadBelowCache), call => Assert.True(call.End <= end));
    });

    private static void AssertAscending(IEnumerable<DiskEvent> changes)
    {
        long end = 0;
        foreach (DiskEvent change in changes)
        {
            Assert.True(change.Offset >= end, $"{change} after {end}");
            end = change.End;
        }
    }

    private static int FirstIndex(IReadOnlyList<DiskEvent> log, Func<DiskEvent, bool> condition) =>
        log.ToList().FindIndex(call => condition(call));

    private static int LastIndex(IReadOnlyList<DiskEvent> log, Func<DiskEvent, bool> condition) =>
        log.ToList().FindLastIndex(call => condition(call));

    private static byte[] Flip(byte[] bytes, int at)
    {
        byte[] flipped = [.. bytes];
        flipped[at] ^= 0x10;
        return flipped;
    }

    private static byte[] Bytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Checksums;

namespace BinarySync.Sync.Tests;

/// <summary>One data file for several remotes of different ages.</summary>
public sealed class MergeTests
{
    [Fact]
    public void Each_remote_becomes_the_master_by_its_own_request() => SyncCases.Whole.Check(100, sync =>
    {
        Fleet fleet = new(sync);

        for (int i = 0; i < fleet.Remotes.Count; i++)
        {
            FakeStorage target = fleet.Target(i);
            ApplyResult result = fleet.Apply(target, i, new ApplySpecification { CheckBase = true, Verify = VerifyMode.Full });
            Assert.Equal(sync.ContentB, target.Content);
            Assert.Equal(fleet.Remotes[i].ContentA.Length, result.Plan.Header.BaseSize);

            // Again, and nothing is written.
            target.ClearLog();
            fleet.Apply(target, i, new ApplySpecification { Verify = VerifyMode.Full });
            Assert.DoesNotContain(target.Log, call => call.Changes);
        }
    });

    [Fact]
    public void Requests_of_the_same_ranges_can_be_merged() => SyncCases.Ranged.CheckFitting(60, sync =>
    {
        if (new SyncModel(sync).NothingInCommon)
        {
            return false;
        }

        // With the same size everywhere the ranges that were compared are the same.
        Fleet fleet = new(sync, sameSize: true);
        for (int i = 0; i < fleet.Remotes.Count; i++)
        {
            FakeStorage target = fleet.Target(i);
            fleet.Apply(target, i, new ApplySpecification { CheckBase = true, Verify = VerifyMode.Full });
            Assert.Equal(new SyncModel(fleet.Remotes[i]).Expected, target.Content);
        }

        return true;
    });

    [Fact]
    public void A_merged_request_has_every_block_that_one_of_them_has_and_no_other() => SyncCases.Whole.Check(60, sync =>
    {
        Fleet fleet = new(sync);
        Assert.Equal(
            fleet.Remotes.SelectMany(remote => FourSteps.Blocks(remote.DataFile())).Distinct().Order(),
            FourSteps.Blocks(fleet.DataFile));
        OperationReader merged = new(new MemoryStream(fleet.Merged), "merged.dtr", MessageKind.DataRequest);
        Assert.Equal(fleet.Remotes.Select(remote => (long)remote.ContentA.Length), merged.Header.Bases!.Select(one => one.Size));
    });

    [Fact]
    public void Undo_takes_each_remote_back_and_is_an_ordinary_data_file() => SyncCases.Whole.Check(50, sync =>
    {
        Fleet fleet = new(sync);
        int i = sync.Seed % fleet.Remotes.Count;
        FakeStorage target = fleet.Target(i);
        FakeUndoPlace undo = new();
        ApplyOperation.Run(target, fleet.Patch(i), FourSteps.Places(undo: undo), new ApplySpecification(), FourSteps.Threads(sync.Threads));
        Assert.Equal(sync.ContentB, target.Content);

        sync.Apply(target, undo.Content!, new ApplySpecification { CheckBase = true, Verify = VerifyMode.Full });

        Assert.Equal(fleet.Remotes[i].ContentA, target.Content);
    });

    [Fact]
    public void A_run_that_dies_anywhere_is_gone_on_with_or_taken_back() => SyncCases.Whole.CheckFitting(30, sync =>
    {
        // A case fits if a run of it died, was gone on with and was taken back.
        bool isTakenBack = false;
        Fleet fleet = new(sync);
        int i = sync.Seed % fleet.Remotes.Count;
        for (int failing = 1; failing < 4; failing++)
        {
            FakeStateFile journal = new();
            FakeUndoPlace undo = new();
            FakeStorage target = fleet.Target(i).FailAt(
                new DiskFault(failing % 2 == 0 ? DiskCall.Flush : DiskCall.Write, failing, StorageError.WriteFailed));
            try
            {
                ApplyOperation.Run(
                    target, fleet.Patch(i), FourSteps.Places(journal, undo), new ApplySpecification(), FourSteps.Threads(sync.Threads));
                continue;
            }
            catch (StorageException)
            {
            }

            // Only what was on the medium is left, and the same command goes on.
            byte[] left = target.Medium.ToArray();
            byte[]? record = journal.Content;
            target = FakeStorage.File(left);
            ApplyResult resumed = ApplyOperation.Run(
                target,
                fleet.Patch(i),
                FourSteps.Places(journal, undo),
                new ApplySpecification { Verify = VerifyMode.Full },
                FourSteps.Threads(sync.Threads));
            Assert.Equal(record is null ? ApplyStart.Fresh : ApplyStart.Resumed, resumed.Start);
            Assert.Equal(sync.ContentB, target.Content);
            if (undo.Content is null || record is null)
            {
                continue;
            }

            target = FakeStorage.File(left);
            ApplyResult back = ApplyOperation.Run(
                target, FourSteps.Patch(undo.Content), FourSteps.Places(new FakeStateFile { Content = record }), new ApplySpecification
                {
                    Verify = VerifyMode.Full,
                }, FourSteps.Threads(sync.Threads));
            Assert.Equal(ApplyStart.TurnedRound, back.Start);
            Assert.Equal(fleet.Remotes[i].ContentA, target.Content);
            isTakenBack = true;
        }

        return isTakenBack;
    });

    [Fact]
    public void Another_request_is_another_session()
    {
        byte[] a = Noise(1, 40_000);
        byte[] c = [.. a[..20_000], .. Noise(5, 20_000)];
        byte[] b = Noise(2, 40_000);
        byte[][] requests = [Request(a, b), Request(c, b)];
        byte[] merged = FourSteps.Data(FakeStorage.File(b), Merge(requests));
        FakeStateFile journal = new();
        FakeStorage target = FakeStorage.File(a).FailAt(new DiskFault(DiskCall.Flush, 1, StorageError.FlushFailed));
        Assert.Throws<StorageException>(() => { Run(0); });

        // The journal is the first request's: with the other one, not all blocks are recognised.
        target = FakeStorage.File(target.Medium.ToArray());
        Assert.Throws<SyncException>(() => { Run(1); });
        Assert.Equal(ApplyStart.Resumed, Run(0).Start);
        Assert.Equal(b, target.Content);

        ApplyResult Run(int which) => ApplyOperation.Run(
            target, new PatchSource(
                new MemoryFile(merged),
                "merged.dtf",
                Own(requests[which])), FourSteps.Places(journal), new ApplySpecification(), FourSteps.Threads(1));
    }

    // The other remote has all that this one has of the blocks that its request speaks of, and more that is not the master's.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Another_remote_s_request_that_fits_is_refused_also_when_a_journal_is_given_up(bool abandons)
    {
        const int BlockSize = FormatLimits.DefaultBlockSize;
        byte[] b = Noise(2, 40_000);
        byte[] a = [.. b];
        a[3 * BlockSize] ^= 1;
        byte[] c = [.. a];
        c[7 * BlockSize] ^= 1;
        byte[][] requests = [Request(a, b), Request(c, b)];
        byte[] merged = FourSteps.Data(FakeStorage.File(b), Merge(requests));
        FakeStateFile journal = new();
        FakeStorage target = FakeStorage.File(c);
        if (abandons)
        {
            target.FailAt(new DiskFault(DiskCall.Flush, 1, StorageError.FlushFailed));
            byte[] other = FourSteps.DataFile(c, Noise(9, 40_000), BlockSize);
            Assert.Throws<StorageException>(() => { Run(other, null, new ApplySpecification()); });
            Assert.NotNull(journal.Content);
            target = FakeStorage.File(c);
        }

        SyncException refused = Assert.Throws<SyncException>(
            () => { Run(merged, Own(requests[0]), new ApplySpecification { AbandonJournal = abandons }); });

        Assert.Equal(SyncReason.NotTheBase, refused.Reason);
        Assert.Equal(c, target.Content);
        Assert.Equal(
            abandons ? ApplyStart.Abandoned : ApplyStart.Fresh,
            Run(merged, Own(requests[1]), new ApplySpecification { AbandonJournal = abandons }).Start);
        Assert.Equal(b, target.Content);

        ApplyResult Run(byte[] dataFile, OwnRequest? own, ApplySpecification how) => ApplyOperation.Run(
            target, new PatchSource(new MemoryFile(dataFile), "merged.dtf", own), FourSteps.Places(journal), how, FourSteps.Threads(1));
    }

    [Fact]
    public void A_group_that_is_too_large_with_old_hashes_is_cut_and_a_frame_shared()
    {
        // 24,000 blocks to zeros, of which the merged request says nothing and the own one 32 bytes each, then data: the group is full in
        // the middle of a frame.
        const int Zeros = 24_000 * 512;
        byte[] a = Noise(1, Zeros + (8 << 20));
        byte[] b = [.. new byte[Zeros], .. Noise(2, 8 << 20)];
        byte[] half = [.. b];
        for (int at = 0; at < b.Length; at += 2048)
        {
            half[at] ^= 1;
        }

        ChecksumSpecification how = new() { BlockSize = 512, Hash = BlockHash.Sha256 };
        byte[][] requests = [Request(a, b, how), Request(half, b, how), Request(new byte[b.Length], b, how)];
        byte[] merged = FourSteps.Data(FakeStorage.File(b), Merge(requests));
        Assert.Contains(FramesOf(requests[0]), frame => frame.Count() > 1);
        foreach ((byte[] old, byte[] request) in new[] { a, half, new byte[b.Length] }.Zip(requests))
        {
            FakeStorage target = FakeStorage.File(old);
            ApplyOperation.Run(
                target,
                Patch(request),
                FourSteps.Places(),
                new ApplySpecification { CheckBase = true, Verify = VerifyMode.Full },
                FourSteps.Threads(3));
            Assert.True(b.AsSpan().SequenceEqual(target.Content));
        }

        PatchSource Patch(byte[] request) => new(new MemoryFile(merged), "merged.dtf", Own(request));

        IEnumerable<IGrouping<long, long>> FramesOf(byte[] request)
        {
            List<long> frames = [];
            IOperationReader reader = Patch(request).Open(skipContent: true);
            OperationGroup group = new();
            while (reader.ReadGroup(group))
            {
                Assert.InRange(group.HashBytes, 0, FormatLimits.MaxGroupHashBytes);
                while (reader.ReadFrame(out _))
                {
                    frames.Add(reader.FramePosition.Number);
                }
            }

            return frames.GroupBy(number => number);
        }
    }

    [Fact]
    public void What_one_remote_could_have_copied_is_data_to_all()
    {
        byte[] a = Noise(1, 40_000);
        byte[] b = Noise(2, 40_000);
        byte[] plain = Request(a, b);
        byte[] copying = Copying(plain);
        byte[] request = Merge([copying, plain]);
        Assert.Equal(Merge([plain, plain]), request);
        FakeStorage target = FakeStorage.File(a);

        ApplyOperation.Run(
            target, new PatchSource(
                new MemoryFile(FourSteps.Data(FakeStorage.File(b), request)),
                "merged.dtf",
                Own(copying)), FourSteps.Places(), new ApplySpecification(), FourSteps.Threads(1));

        Assert.Equal(b, target.Content);
    }

    [Fact]
    public void A_request_that_changes_while_it_is_applied_is_no_success()
    {
        byte[] a = Noise(1, 40_000);
        byte[] b = Noise(2, 40_000);
        byte[] request = Request(a, b, label: "one");
        MemoryStream changing = new([.. request], 0, request.Length, writable: true, publiclyVisible: true);
        byte[] merged = FourSteps.Data(FakeStorage.File(b), Merge([request]));
        FakeStorage target = FakeStorage.File(a);
        target.Before = call =>
        {
            if (call.Call == DiskCall.Write)
            {
                Request(a, b, label: "two").CopyTo(changing.GetBuffer(), 0);
            }
        };

        SyncException refused = Assert.Throws<SyncException>(() => ApplyOperation.Run(
            target, new PatchSource(
                new MemoryFile(merged),
                "merged.dtf",
                new OwnRequest(changing, "own.dtr")), FourSteps.Places(), new ApplySpecification(), FourSteps.Threads(1)));

        Assert.Equal(SyncError.SourceChanged, refused.Error);
    }

    [Fact]
    public void A_request_that_was_not_merged_is_refused_before_anything_is_written()
    {
        byte[] a = Noise(1, 40_000);
        byte[] b = Noise(2, 40_000);
        byte[] stranger = Noise(3, 40_000);
        byte[] merged = FourSteps.Data(FakeStorage.File(b), Merge([Request(a, b)]));

        Refuses(Request(stranger, b), stranger, "other old content");
        Refuses(Request(a, stranger), a, "other content of");
        Refuses(Request(a, [.. b, 1]), a, "a master of another size");
        Refuses(Request(a, b, new ChecksumSpecification { BlockSize = 512 }), a, "another block size");
        Refuses(Request(a, b, new ChecksumSpecification { Hash = BlockHash.Xxh3 }), a, "another hash");
        Refuses(Request(a, b, new ChecksumSpecification { Coverage = BlockCoverage.Of([new BlockRun(1, 2)]) }), a, "other ranges");
        Refuses(Merge([Request(a, b)]), a, "itself merged");

        // With the right roots and the wrong blocks: no writer of ours makes that.
        Refuses(Forged(Request(a, b), Request(a, stranger)), a, "asks for other content of block 0");

        void Refuses(byte[] request, byte[] content, string words)
        {
            FakeStorage target = FakeStorage.File(content);
            SyncException refused = Assert.Throws<SyncException>(() => ApplyOperation.Run(
                target, new PatchSource(
                    new MemoryFile(merged),
                    "merged.dtf",
                    Own(request)), FourSteps.Places(), new ApplySpecification(), FourSteps.Threads(1)));
            Assert.Equal(SyncError.Mismatch, refused.Error);
            Assert.Contains(words, refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(target.Log, call => call.Changes);
        }
    }

    [Fact]
    public void Blocks_that_the_merged_file_does_not_have_are_missed()
    {
        byte[] a = Noise(1, 40_000);
        byte[] b = Noise(2, 40_000);
        byte[] c = [.. b];
        c[9000] ^= 1;
        byte[] small = Request(c, b);

        // Says that it serves a, and has the operations of c only.
        byte[] merged = FourSteps.Data(FakeStorage.File(b), Merge([Forged(Request(a, b), small)]));
        FakeStorage target = FakeStorage.File(a);
        SyncException refused = Assert.Throws<SyncException>(() => ApplyOperation.Run(
            target, new PatchSource(
                new MemoryFile(merged),
                "merged.dtf",
                Own(Request(a, b))), FourSteps.Places(), new ApplySpecification(), FourSteps.Threads(1)));
        Assert.Contains("asks for block 0, which merged.dtf does not have", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(target.Log, call => call.Changes);
    }

    [Fact]
    public void A_merged_data_file_is_not_applied_without_a_request_nor_an_ordinary_one_with_it()
    {
        byte[] a = Noise(1, 40_000);
        byte[] b = Noise(2, 40_000);
        byte[] request = Request(a, b);
        FakeStorage target = FakeStorage.File(a);
        Assert.Equal(
            SyncError.Mismatch,
            Assert.Throws<SyncException>(() => FourSteps.Apply(target, FourSteps.Data(FakeStorage.File(b), Merge([request])))).Error);
        PatchSource patch = new(new MemoryFile(FourSteps.Data(FakeStorage.File(b), request)), "update.dtf", Own(request));
        Assert.Contains(
            "is not merged",
            Assert.Throws<SyncException>(
                () => ApplyOperation.Run(target, patch, FourSteps.Places(), new ApplySpecification(), FourSteps.Threads(1))).Message,
            StringComparison.Ordinal);
        Assert.DoesNotContain(target.Log, call => call.Changes);
    }

    [Fact]
    public void Requests_that_do_not_belong_together_are_not_merged()
    {
        byte[] a = Noise(1, 40_000);
        byte[] b = Noise(2, 40_000);
        byte[] other = [.. b];
        other[100] ^= 1;
        byte[] request = Request(a, b);
        Refuses(Request(a, other), "different target roots: 0.dtr has");
        Refuses(Request(a, [.. b, 1]), "different target sizes: 0.dtr has 40000, 1.dtr has 40001");
        Refuses(Request(a, b, new ChecksumSpecification { BlockSize = 512 }), "different block sizes: 0.dtr has 4096, 1.dtr has 512");
        Refuses(
            Request(a, b, new ChecksumSpecification { Hash = BlockHash.Sha256 }), "different hashes: 0.dtr has xxh128, 1.dtr has sha256");
        Refuses(
            Request(a, b, new ChecksumSpecification { Coverage = BlockCoverage.Of([new BlockRun(1, 2)]) }),
            "different ranges: 0.dtr has whole, 1.dtr has 1-2");
        Refuses(Merge([request]), "is merged already");
        Refuses(Forged(request, Request(a, other)), "0.dtr and 1.dtr disagree on the new content of block 0");

        void Refuses(byte[] second, string words)
        {
            SyncException refused = Assert.Throws<SyncException>(() => Merge([request, second]));
            Assert.Equal(SyncError.Mismatch, refused.Error);
            Assert.Contains(words, $"{refused.Subject} {refused.Message}", StringComparison.Ordinal);
        }
    }

    private static byte[] Merge(IEnumerable<byte[]> requests) => FourSteps.Merge(requests);

    private static OwnRequest Own(byte[] request) => FourSteps.Own(request);

    private static byte[] Request(byte[] a, byte[] b, ChecksumSpecification? how = null, string? label = null) =>
        FourSteps.Request(
            FourSteps.Checksums(FakeStorage.File(a), how ?? new ChecksumSpecification()),
            FourSteps.Checksums(FakeStorage.File(b), how ?? new ChecksumSpecification()),
            label);

    // The same request, with the blocks behind the first copied from there: whether that is so, nobody asks where nothing is copied.
    private static byte[] Copying(byte[] request)
    {
        OperationReader reader = new(new MemoryStream(request), "request", MessageKind.DataRequest);
        using MemoryStream output = new();
        DataRequestWriter writer = new(output, reader.RequestHeader with { IsForward = false });
        OperationGroup group = new();
        while (reader.ReadGroup(group))
        {
            foreach (Operation operation in group.Operations)
            {
                for (int i = 0; i < operation.Blocks.Count; i++)
                {
                    long block = operation.Blocks.First + i;
                    bool copies = block > 0 && reader.Geometry.Target.LengthOf(block) == reader.Header.BlockSize;
                    writer.Add(
                        new BlockRun(block, 1),
                        copies ? NewKind.Copy : operation.New,
                        operation.Old,
                        group.OldHash(operation, i),
                        group.NewHash(operation, i));
                }
            }
        }

        writer.Finish(reader.Trailer.BaseRoot, reader.Trailer.TargetRoot);
        return output.ToArray();
    }

    // Header and roots of one request, the operations of another.
    private static byte[] Forged(byte[] roots, byte[] operations)
    {
        OperationReader identity = new(new MemoryStream(roots), "roots", MessageKind.DataRequest);
        OperationGroup group = new();
        while (identity.ReadGroup(group))
        {
        }

        using MemoryStream output = new();
        DataRequestWriter writer = new(output, identity.RequestHeader);
        OperationReader reader = new(new MemoryStream(operations), "operations", MessageKind.DataRequest);
        while (reader.ReadGroup(group))
        {
            foreach (Operation operation in group.Operations)
            {
                writer.Add(operation.Blocks, operation.New, operation.Old, group.OldHashes(operation), group.NewHashes(operation));
            }
        }

        writer.Finish(identity.Trailer.BaseRoot, identity.Trailer.TargetRoot);
        return output.ToArray();
    }

    private static byte[] Noise(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

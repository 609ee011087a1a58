using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Applying.Verifying;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Requests;

namespace BinarySync.Sync.Tests;

/// <summary>Coarse first, then fine: the same end as one coarse sync, and as much proved.</summary>
public sealed class RefinementTests
{
    private static readonly ApplySpecification Proved = new() { CheckBase = true, Verify = VerifyMode.Full };

    [Fact]
    public void A_refined_sync_makes_a_file_the_master_and_proves_it() => SyncCases.Whole.Check(120, sync =>
    {
        RefinedSync refined = new(sync);
        FakeStorage target = sync.StorageA;

        ApplyResult result = sync.Apply(target, refined.DataFile, Proved);

        Assert.Equal(sync.ContentB, target.Content);
        Assert.False(result.Plan.Sizing.SizeLeft);
        Assert.Equal(sync.ContentB.Length, result.VerifiedBytes);
    });

    [Fact]
    public void A_refined_sync_of_ranges_changes_what_the_coarse_one_would() => SyncCases.Ranged.CheckFitting(120, sync =>
    {
        if (RefinedSync.Model(sync).NothingInCommon)
        {
            return false;
        }

        RefinedSync refined = new(sync);
        FakeStorage target = sync.StorageA;

        ApplyResult result = sync.Apply(target, refined.DataFile, Proved);

        Assert.Equal(refined.Expected, target.Content);
        Assert.Equal(RefinedSync.Model(sync).LeavesSize, result.Plan.Sizing.SizeLeft);
        return true;
    });

    [Fact]
    public void On_a_device_it_is_the_same() => SyncCases.Whole.Check(40, sync =>
    {
        RefinedSync refined = new(sync);
        byte[] device = new byte[Math.Max(sync.ContentA.Length, sync.ContentB.Length) + 3000];
        sync.ContentA.CopyTo(device, 0);
        FakeStorage target = FakeStorage.Device(device);

        sync.Apply(target, refined.DataFile, Proved);

        sync.ContentB.CopyTo(device, 0);
        Assert.Equal(device, target.Content);
    });

    [Fact]
    public void Applied_again_it_writes_nothing_and_proves_as_much() => SyncCases.Whole.Check(40, sync =>
    {
        RefinedSync refined = new(sync);
        FakeStorage target = sync.StorageA;
        sync.Apply(target, refined.DataFile);
        target.ClearLog();

        sync.Apply(target, refined.DataFile, Proved);

        Assert.DoesNotContain(target.Log, call => call.Changes);
    });

    [Fact]
    public void Its_undo_file_goes_back_and_proves_it() => SyncCases.Whole.Check(60, sync =>
    {
        RefinedSync refined = new(sync);
        FakeStorage target = sync.StorageA;
        FakeUndoPlace undo = new();
        ApplyOperation.Run(
            target,
            FourSteps.Patch(refined.DataFile),
            FourSteps.Places(undo: undo),
            new ApplySpecification(),
            FourSteps.Threads(sync.Threads));

        ApplyResult back = sync.Apply(target, undo.Content!, Proved);

        Assert.Equal(sync.ContentA, target.Content);
        Assert.Equal(refined.Coarse.Parent!.Reversed(), back.Plan.Header.Parent);
    });

    [Fact]
    public void A_change_far_from_all_ranges_is_found_by_the_parent_s_roots()
    {
        (byte[] a, byte[] b, byte[] dataFile) = Pair();
        a[100] ^= 1;
        FakeStorage target = FakeStorage.File(a);
        SyncException refused = Assert.Throws<SyncException>(
            () => FourSteps.Apply(target, dataFile, new ApplySpecification { CheckBase = true }));
        Assert.Equal(SyncError.Mismatch, refused.Error);
        Assert.DoesNotContain(target.Log, call => call.Changes);

        // Without the check all that is asked for is written, and only the whole can tell.
        SyncException found = Assert.Throws<SyncException>(
            () => FourSteps.Apply(target, dataFile, new ApplySpecification { Verify = VerifyMode.Full }));
        Assert.Equal(SyncError.VerificationFailed, found.Error);
        b[100] ^= 1;
        Assert.Equal(b, target.Content);
    }

    [Fact]
    public void What_a_partly_patched_target_was_cannot_be_told()
    {
        (byte[] a, byte[] b, byte[] dataFile) = Pair();
        b.AsSpan(40 * 512, 512).CopyTo(a.AsSpan(40 * 512));
        FakeStorage target = FakeStorage.File(a);
        SyncException refused = Assert.Throws<SyncException>(
            () => FourSteps.Apply(target, dataFile, new ApplySpecification { CheckBase = true }));
        Assert.Contains("partly patched", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(target.Log, call => call.Changes);
        FourSteps.Apply(target, dataFile, new ApplySpecification { Verify = VerifyMode.Full });
        Assert.Equal(b, target.Content);
    }

    [Fact]
    public void A_remote_that_changed_since_the_coarse_request_is_refused()
    {
        (byte[] a, byte[] b, byte[] coarse) = CoarsePair();
        RefineResult asked = FourSteps.Refine(coarse, 512);

        // Changed before the fine checksum file: the parent's root knows. Changed after it: so do the blocks.
        byte[] changed = [.. a];
        changed[5] ^= 1;
        byte[] early = DataFile(changed, b, asked);
        FakeStorage target = FakeStorage.File(changed);
        Assert.Equal(
            SyncError.Mismatch,
            Assert.Throws<SyncException>(() => FourSteps.Apply(target, early, new ApplySpecification { CheckBase = true })).Error);

        changed = [.. a];
        changed[40 * 512] ^= 1;
        target = FakeStorage.File(changed);
        Assert.Equal(SyncError.Unrecognized, Assert.Throws<SyncException>(() => FourSteps.Apply(target, DataFile(a, b, asked))).Error);
        Assert.DoesNotContain(target.Log, call => call.Changes);
    }

    [Fact]
    public void Checksum_files_of_different_parents_are_refused()
    {
        (byte[] a, byte[] b, byte[] coarse) = CoarsePair();
        ChecksumSpecification how = FourSteps.HowFor(FourSteps.Refine(coarse, 512).Header);
        ChecksumSpecification other = how with { Parent = how.Parent! with { BaseRoot = new byte[16] } };
        byte[] remote = FourSteps.Checksums(FakeStorage.File(a), how);
        byte[] master = FourSteps.Checksums(FakeStorage.File(b), how);

        Assert.Equal(SyncError.Mismatch, Refused(FourSteps.Checksums(FakeStorage.File(a), other), master).Error);
        Assert.Equal(SyncError.Mismatch, Refused(remote, FourSteps.Checksums(FakeStorage.File(b), how with { Parent = null })).Error);
        Assert.Equal(SyncError.Mismatch, Refused(FourSteps.Checksums(FakeStorage.File(a), how with { Parent = null }), master).Error);

        // The two sides exchanged: their sizes say so.
        Assert.Contains("the remote of the coarse request has", Refused(master, remote).Message, StringComparison.Ordinal);
        Assert.Contains("the master of the coarse request has", Refused(remote, remote).Message, StringComparison.Ordinal);

        static SyncException Refused(byte[] a, byte[] b) => Assert.Throws<SyncException>(() => FourSteps.Request(a, b));
    }

    [Fact]
    public void A_target_of_a_third_size_is_refused_before_it_is_read()
    {
        (byte[] a, _, byte[] coarse) = CoarsePair();
        FakeStorage source = FakeStorage.File([.. a, 1]);
        SyncException refused = Assert.Throws<SyncException>(
            () => FourSteps.Checksums(source, FourSteps.HowFor(FourSteps.Refine(coarse, 512).Header)));
        Assert.Equal(SyncError.Mismatch, refused.Error);
        Assert.DoesNotContain(source.Log, call => call.Call == DiskCall.Read);
    }

    [Fact]
    public void A_refined_request_is_not_refined_again()
    {
        (byte[] a, byte[] b, byte[] coarse) = CoarsePair();
        ChecksumSpecification how = FourSteps.HowFor(FourSteps.Refine(coarse, 1024).Header);
        byte[] fine = FourSteps.Request(FourSteps.Checksums(FakeStorage.File(a), how), FourSteps.Checksums(FakeStorage.File(b), how));
        Assert.Contains("one level", Assert.Throws<SyncException>(() => FourSteps.Refine(fine, 512)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_differs_the_chain_goes_on()
    {
        byte[] a = Noise(50_000);
        ChecksumSpecification coarse = new() { BlockSize = 8192 };
        RefineResult asked = FourSteps.Refine(
            FourSteps.Request(FourSteps.Checksums(FakeStorage.File(a), coarse), FourSteps.Checksums(FakeStorage.File(a), coarse)), 512);
        Assert.True(asked.NothingDiffers);
        FakeStorage target = FakeStorage.File(a);
        ApplyResult result = FourSteps.Apply(target, DataFile(a, a, asked), Proved);
        Assert.Equal((0L, (long)a.Length), (result.Plan.BlocksToWrite, result.VerifiedBytes));
    }

    // A repair is for blocks that the disk lost: what it was made of as a whole, it does not say.
    [Fact]
    public void A_repair_request_has_no_parent()
    {
        (byte[] a, byte[] b, byte[] dataFile) = Pair();
        FakeStorage target = FakeStorage.File(a);
        FourSteps.Apply(target, dataFile, new ApplySpecification { Verify = VerifyMode.None });
        PatchSource patch = FourSteps.Patch(dataFile);
        using PatchWorkspace workspace = new();
        ApplyContext context = new(
            target, patch, FourSteps.Places(), new ApplySpecification(), new ApplyTuning(), workspace, new SyncOptions());
        PatchPlan plan = new PatchPlanner(context).Plan(null, othersStands: false);
        using MemoryStream output = new();
        RepairRequest.Write(target, plan, patch, [new BlockRun(40, 1)], output, new SyncOptions());
        output.Position = 0;
        Assert.Null(new OperationReader(output, "repair.dtr", MessageKind.DataRequest).Header.Parent);
        Assert.Equal(b, target.Content);
    }

    /// <summary>A pair that grows, changed around block 40 of 512 bytes and behind; and what a fine sync of it sends.</summary>
    private static (byte[] A, byte[] B, byte[] DataFile) Pair()
    {
        (byte[] a, byte[] b, byte[] coarse) = CoarsePair();
        return (a, b, DataFile(a, b, FourSteps.Refine(coarse, 512)));
    }

    private static (byte[] A, byte[] B, byte[] Coarse) CoarsePair()
    {
        byte[] a = Noise(100_000);
        byte[] b = Noise(120_000, seed: 8);
        a.CopyTo(b, 0);
        b.AsSpan(40 * 512, 700).Fill(0x77);
        ChecksumSpecification how = new() { BlockSize = 8192 };
        return (a, b, FourSteps.Request(FourSteps.Checksums(FakeStorage.File(a), how), FourSteps.Checksums(FakeStorage.File(b), how)));
    }

    private static byte[] Noise(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] DataFile(byte[] a, byte[] b, RefineResult asked)
    {
        ChecksumSpecification how = FourSteps.HowFor(asked.Header);
        byte[] request = FourSteps.Request(FourSteps.Checksums(FakeStorage.File(a), how), FourSteps.Checksums(FakeStorage.File(b), how));
        return FourSteps.Data(FakeStorage.File(b), request);
    }
}

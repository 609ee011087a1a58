using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Tests;

/// <summary>What is read back from below the cache, after a flush, and compared.</summary>
public sealed class VerificationTests
{
    [Fact]
    public void A_medium_that_lies_is_found_with_the_exact_ranges() => SyncCases.Whole.CheckFitting(100, sync =>
    {
        PatchState state = new(sync);
        Random random = new(sync.Seed);
        FakeStorage target = sync.StorageA;
        List<long> wrong = [];
        foreach (long block in state.Blocks)
        {
            // Zeros that growing has made are not read back: nothing was written there.
            Span<byte> b = state.Model.Of(state.Model.B, block);
            bool byGrowing = block * sync.BlockSize >= state.Model.A.Length && ZeroBlocks.IsZero(b);
            if (random.Next(3) == 0 && !byGrowing)
            {
                target.LieBelowCacheAt((block * sync.BlockSize) + random.Next(b.Length));
                wrong.Add(block);
            }
        }

        VerifyMode mode = random.Next(2) == 0 ? VerifyMode.Written : VerifyMode.Full;
        if (wrong.Count == 0)
        {
            sync.Apply(target, state.DataFile, new ApplySpecification { Verify = mode });
            return false;
        }

        SyncException failure =
            Assert.Throws<SyncException>(() => { sync.Apply(target, state.DataFile, new ApplySpecification { Verify = mode }); });

        Assert.Equal(SyncError.VerificationFailed, failure.Error);
        Assert.Equal(FourSteps.Runs(wrong), failure.Ranges);
        Assert.Equal(Math.Max(state.Model.A.Length, state.Model.B.Length), target.Length);
        return true;
    });

    [Fact]
    public void Without_verification_nothing_is_read_back_and_the_end_is_flushed() => SyncCases.Whole.Check(40, sync =>
    {
        FakeStorage target = sync.StorageA;
        target.LieBelowCacheAt(0);

        ApplyResult result = sync.Apply(target, sync.DataFile(), new ApplySpecification { Verify = VerifyMode.None });

        Assert.Equal(0, result.VerifiedBytes);
        Assert.DoesNotContain(AfterEvidence(target), call => call.Call == DiskCall.ReadBelowCache);
        Assert.Equal(sync.ContentB, target.Medium.ToArray());
    });

    [Fact]
    public void Full_verification_reads_the_whole_of_the_new_content() => SyncCases.Whole.Check(40, sync =>
    {
        FakeStorage target = sync.StorageA;

        ApplyResult result = sync.Apply(
            target, sync.DataFile(), new ApplySpecification { Verify = VerifyMode.Full, Holes = HolePolicy.Read });

        Assert.Equal(sync.ContentB.Length, result.VerifiedBytes);
        Assert.Equal(
            sync.ContentB.Length, AfterEvidence(target).Where(call => call.Call == DiskCall.ReadBelowCache).Sum(call => call.Length));
    });

    // Before the first change, and before the first flush if nothing changes, the evidence for the journal is read below the cache.
    private static IEnumerable<DiskEvent> AfterEvidence(FakeStorage target) =>
        target.Log.SkipWhile(call => !call.ChangesContent && call.Call != DiskCall.Flush);

    [Fact]
    public void A_flipped_byte_outside_the_patch_is_seen_by_full_verification_only()
    {
        byte[] a = new byte[4000];
        new Random(3).NextBytes(a);
        byte[] b = [.. a];
        b[0] ^= 1;
        byte[] dataFile = FourSteps.DataFile(a, b);

        FakeStorage target = FakeStorage.File(a);
        target.LieBelowCacheAt(3999);
        FourSteps.Apply(target, dataFile);
        SyncException failure =
            Assert.Throws<SyncException>(() => { FourSteps.Apply(target, dataFile, new ApplySpecification { Verify = VerifyMode.Full }); });

        Assert.Equal(SyncError.VerificationFailed, failure.Error);
    }
}

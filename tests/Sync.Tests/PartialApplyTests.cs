using BinarySync.Sync.Applying;

namespace BinarySync.Sync.Tests;

/// <summary>Targets on which a part is done already: the same command finishes it.</summary>
public sealed class PartialApplyTests
{
    [Fact]
    public void A_partly_applied_target_is_completed() => SyncCases.Whole.Check(120, sync => Complete(sync, new ApplySpecification()));

    [Fact]
    public void A_partly_applied_range_is_completed() => SyncCases.Ranged.CheckFitting(60, sync =>
    {
        if (new SyncModel(sync).NothingInCommon)
        {
            return false;
        }

        Complete(sync, new ApplySpecification());
        return true;
    });

    [Fact]
    public void Check_base_lets_a_partly_applied_target_go_on() => SyncCases.Whole.Check(80, sync =>
        Complete(sync, new ApplySpecification { CheckBase = true, Verify = VerifyMode.Full }));

    [Fact]
    public void Check_base_sees_a_difference_outside_the_patch_on_a_partly_applied_target() => SyncCases.Whole.CheckFitting(80, sync =>
    {
        PatchState state = new(sync);
        Random random = new(sync.Seed);
        byte[] content = state.With(state.Blocks.Where(_ => random.Next(3) > 0), grown: true);
        long[] outside = [.. FourSteps.Each(new BlockRun(0, (content.Length + sync.BlockSize - 1) / sync.BlockSize)).Except(state.Blocks)];
        if (outside.Length == 0)
        {
            return false;
        }

        state.Model.Of(content, outside[random.Next(outside.Length)])[0] ^= 0x22;
        FakeStorage target = FakeStorage.File(content);
        SyncException refusal =
            Assert.Throws<SyncException>(() => { sync.Apply(target, state.DataFile, new ApplySpecification { CheckBase = true }); });

        Assert.Equal(SyncError.Mismatch, refusal.Error);
        Assert.DoesNotContain(target.Log, call => call.Changes);
        return true;
    });

    [Fact]
    public void Check_base_on_a_target_that_was_cut_looks_at_what_is_left()
    {
        byte[] a = new byte[5000];
        new Random(4).NextBytes(a);
        byte[] b = a[..1024];
        byte[] dataFile = FourSteps.DataFile(a, b);

        FourSteps.Apply(FakeStorage.File(b), dataFile, new ApplySpecification { CheckBase = true });
        b[700] ^= 1;
        SyncException refusal =
            Assert.Throws<SyncException>(
                () => { FourSteps.Apply(FakeStorage.File(b), dataFile, new ApplySpecification { CheckBase = true }); });

        Assert.Equal(SyncError.Mismatch, refusal.Error);
    }

    [Fact]
    public void Only_what_is_not_done_is_written() => SyncCases.Whole.Check(60, sync =>
    {
        PatchState state = new(sync);
        Random random = new(sync.Seed);
        long[] done = [.. state.Blocks.Where(_ => random.Next(2) == 0)];
        FakeStorage target = FakeStorage.File(state.With(done, grown: true));

        sync.Apply(target, state.DataFile);

        HashSet<long> written = [.. target.Changes.Where(change => change.Call != DiskCall.SetLength)
            .SelectMany(change => FourSteps.Each(BlockGeometry.Touching(change.Offset, change.Length, sync.BlockSize)))];
        Assert.Empty(written.Intersect(done));
        Assert.Empty(written.Except(state.Blocks));
    });

    private static void Complete(SyncCase sync, ApplySpecification specification)
    {
        PatchState state = new(sync);
        Random random = new(sync.Seed);
        bool grown = random.Next(2) == 0;
        byte[] before = state.With(state.Blocks.Where(_ => random.Next(2) == 0), grown);
        FakeStorage target = FakeStorage.File(before);

        sync.Apply(target, state.DataFile, specification);

        Assert.Equal(state.Model.After(before), target.Content);
        Assert.Equal(state.Model.Expected, target.Content);
    }
}

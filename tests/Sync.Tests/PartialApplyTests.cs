namespace BinarySync.Sync.Tests;

/// <summary>Targets on which a part is done already: the same command finishes it.</summary>
public sealed class PartialApplyTests
{
    [Fact]
    public void A_partly_applied_target_is_completed() => SyncCases.Whole.Check(120, sync => Complete(sync, new ApplySpecification()));

    [Fact]
    public void A_partly_applied_range_is_completed() => SyncCases.Ranged.Check(60, sync =>
    {
        if (!new SyncModel(sync).NothingInCommon)
        {
            Complete(sync, new ApplySpecification());
        }
    });

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

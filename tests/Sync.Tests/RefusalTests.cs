using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;

namespace BinarySync.Sync.Tests;

/// <summary>Targets that are not the data file's: refused with nothing written, and patched all the same where the user insists.</summary>
public sealed class RefusalTests
{
    [Fact]
    public void Unrecognised_blocks_are_named_exactly_and_nothing_is_written() => SyncCases.Whole.CheckFitting(120, sync =>
    {
        if (Spoil(sync) is not { } spoilt)
        {
            return false;
        }

        FakeStorage target = FakeStorage.File(spoilt.Content);
        SyncException refusal = Assert.Throws<SyncException>(() => { sync.Apply(target, spoilt.State.DataFile); });

        Assert.Equal(SyncError.Unrecognized, refusal.Error);
        Assert.Equal(spoilt.Ranges, refusal.Ranges);
        Assert.DoesNotContain(target.Log, call => call.Changes);
        Assert.Equal(spoilt.Content, target.Content);
        return true;
    });

    [Fact]
    public void Force_overwrites_them() => SyncCases.Whole.CheckFitting(60, sync =>
    {
        if (Spoil(sync) is not { } spoilt)
        {
            return false;
        }

        FakeStorage target = FakeStorage.File(spoilt.Content);
        ApplyResult result = sync.Apply(
            target, spoilt.State.DataFile, new ApplySpecification { ForceUnrecognized = true, Verify = VerifyMode.Full });

        Assert.Equal(sync.ContentB, target.Content);
        Assert.Equal(spoilt.Ranges, result.Plan.Unrecognized.Runs);
        return true;
    });

    [Fact]
    public void A_dry_run_refuses_what_applying_refuses() => SyncCases.Whole.CheckFitting(40, sync =>
    {
        if (Spoil(sync) is not { } spoilt)
        {
            return false;
        }

        FakeStorage target = FakeStorage.File(spoilt.Content);
        SyncException refusal =
            Assert.Throws<SyncException>(() => { sync.Apply(target, spoilt.State.DataFile, new ApplySpecification { DryRun = true }); });

        Assert.Equal(SyncError.Unrecognized, refusal.Error);
        Assert.Equal(spoilt.Ranges, refusal.Ranges);
        return true;
    });

    [Fact]
    public void A_dry_run_changes_nothing_and_says_what_applying_does() => SyncCases.Whole.Check(80, sync =>
    {
        PatchState state = new(sync);
        Random random = new(sync.Seed);
        byte[] before = state.With(state.Blocks.Where(_ => random.Next(3) == 0), grown: random.Next(2) == 0);
        FakeStorage target = FakeStorage.File(before);

        PatchPlan dry = sync.Apply(target, state.DataFile, new ApplySpecification { DryRun = true }).Plan;
        Assert.DoesNotContain(target.Log, call => call.Changes || call.Call == DiskCall.Flush);

        ApplyResult real = sync.Apply(target, state.DataFile);
        Assert.Equal((dry.OldBlocks, dry.NewBlocks, dry.Sizing), (real.Plan.OldBlocks, real.Plan.NewBlocks, real.Plan.Sizing));
        Assert.Equal(dry.Sizing.LengthAfter, target.Length);

        // What growing makes new by its zeros is part of the plan, and of no write.
        long byGrowing = !dry.Sizing.Grows ? 0 : state.Blocks.Count(block =>
        {
            byte[] b = state.Model.Of(state.Model.B, block).ToArray();
            byte[] now = state.Model.Of(before, block).ToArray();
            return now.Length < b.Length && b.AsSpan().StartsWith(now) && ZeroBlocks.IsZero(b.AsSpan(now.Length));
        });
        Assert.Equal(dry.BlocksToWrite, real.Written.DataBlocks + real.Written.ZeroBlocks + byGrowing);
    });

    [Fact]
    public void Check_base_refuses_a_target_that_differs_outside_the_patch() => SyncCases.Whole.CheckFitting(100, sync =>
    {
        if (SpoilOutside(sync) is not var (state, content))
        {
            return false;
        }

        FakeStorage target = FakeStorage.File(content);
        SyncException refusal =
            Assert.Throws<SyncException>(() => { sync.Apply(target, state.DataFile, new ApplySpecification { CheckBase = true }); });

        Assert.Equal(SyncError.Mismatch, refusal.Error);
        Assert.DoesNotContain(target.Log, call => call.Changes);
        return true;
    });

    [Fact]
    public void Verify_full_finds_a_target_that_differs_outside_the_patch() => SyncCases.Whole.CheckFitting(60, sync =>
    {
        if (SpoilOutside(sync) is not var (state, content) || state.Model.B.Length < content.Length)
        {
            return false;
        }

        FakeStorage target = FakeStorage.File(content);
        SyncException refusal =
            Assert.Throws<SyncException>(
                () => { sync.Apply(target, state.DataFile, new ApplySpecification { Verify = VerifyMode.Full }); });

        Assert.Equal(SyncError.VerificationFailed, refusal.Error);
        Assert.Empty(refusal.Ranges);
        return true;
    });

    [Theory]
    [InlineData(4096, false)]
    [InlineData(4096, true)]
    [InlineData(2 << 20, false)]
    [InlineData(2 << 20, true)]
    public void What_lies_behind_A_in_a_grown_target_is_not_overwritten_unless_it_is_zeros(int blockSize, bool isDevice)
    {
        byte[] a = Bytes(1, 1000);
        byte[] b = Bytes(2, 3000);
        byte[] dataFile = FourSteps.DataFile(a, b, blockSize);
        byte[] grown = [.. a, .. new byte[2000]];
        FakeStorage good = isDevice ? FakeStorage.Device(grown) : FakeStorage.File(grown);
        FourSteps.Apply(good, dataFile);
        Assert.Equal(b, good.Content);

        grown[^1] = 1;
        FakeStorage target = isDevice ? FakeStorage.Device(grown) : FakeStorage.File(grown);
        SyncException refusal = Assert.Throws<SyncException>(() => { FourSteps.Apply(target, dataFile); });
        Assert.Equal((SyncError.Unrecognized, new BlockRun(0, 1)), (refusal.Error, refusal.Ranges.Single()));
        Assert.Empty(target.Changes);
    }

    [Theory]
    [InlineData(4096, 0)]
    [InlineData(4096 + 512, 1)]
    [InlineData(0, 0)]
    public void A_target_of_another_size_is_refused(int length, int extra)
    {
        byte[] dataFile = FourSteps.DataFile(new byte[5000], [.. new byte[5999], 1]);
        FakeStorage target = FakeStorage.File(new byte[length + extra]);

        SyncException refusal = Assert.Throws<SyncException>(
            () => { FourSteps.Apply(target, dataFile, new ApplySpecification { ForceUnrecognized = true }); });

        Assert.Equal(SyncError.Mismatch, refusal.Error);
        Assert.DoesNotContain(target.Log, call => call.Changes);
    }

    [Fact]
    public void A_damaged_data_file_is_told_before_a_target_of_another_size()
    {
        byte[] dataFile = FourSteps.DataFile(new byte[5000], [.. new byte[5999], 1]);
        dataFile[^1] ^= 1;

        Assert.Throws<MessageFormatException>(() => { FourSteps.Apply(FakeStorage.File(new byte[7]), dataFile); });
    }

    [Fact]
    public void A_block_that_changes_between_recognising_and_writing_is_not_overwritten()
    {
        byte[] a = Bytes(1, 8 * 512);
        byte[] b = [.. a];
        Bytes(2, 3 * 512).CopyTo(b, 3 * 512);
        byte[] dataFile = FourSteps.DataFile(a, b);
        FakeStorage target = FakeStorage.File(a);
        int stretchReads = 0;
        target.Before = call =>
        {
            if (call.Call == DiskCall.Read && ++stretchReads == 2)
            {
                target.Cache.Write([1, 2, 3], 4 * 512);
            }
        };

        SyncException refusal = Assert.Throws<SyncException>(() => { FourSteps.Apply(target, dataFile, threads: 1); });

        Assert.Equal((SyncError.Unrecognized, new BlockRun(4, 1)), (refusal.Error, refusal.Ranges.Single()));
        Assert.Empty(target.Changes);
    }

    private static (PatchState State, byte[] Content, IReadOnlyList<BlockRun> Ranges)? Spoil(SyncCase sync)
    {
        PatchState state = new(sync);
        Random random = new(sync.Seed);
        byte[] content = state.With(state.Blocks.Where(_ => random.Next(4) == 0), grown: random.Next(2) == 0);
        foreach (long block in state.Blocks)
        {
            Span<byte> bytes = state.Model.Of(content, block);
            if (bytes.Length > 0 && random.Next(3) == 0)
            {
                // First, last or any byte.
                bytes[random.Next(3) switch { 0 => 0, 1 => bytes.Length - 1, _ => random.Next(bytes.Length) }] ^= 0x55;
            }
        }

        // A block that is not there yet is as it was.
        IReadOnlyList<BlockRun> ranges =
            FourSteps.Runs(state.Blocks.Where(block => block * sync.BlockSize < content.Length && !state.IsRecognised(content, block)));
        return ranges.Count == 0 ? null : (state, content, ranges);
    }

    private static (PatchState State, byte[] Content)? SpoilOutside(SyncCase sync)
    {
        PatchState state = new(sync);
        byte[] content = state.Model.A;
        long[] outside = [.. FourSteps.Each(new BlockRun(0, (content.Length + sync.BlockSize - 1) / sync.BlockSize)).Except(state.Blocks)];
        if (outside.Length == 0)
        {
            return null;
        }

        Random random = new(sync.Seed);
        Span<byte> block = state.Model.Of(content, outside[random.Next(outside.Length)]);
        block[random.Next(block.Length)] ^= 0x11;
        return (state, content);
    }

    private static byte[] Bytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

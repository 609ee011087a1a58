using BinarySync.Sync.Checksums;
using BinarySync.Sync.Splitting;

namespace BinarySync.Sync.Tests.Splitting;

/// <summary>A data file in parts (Format.md 4.5).</summary>
public sealed class SplitOperationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(8 << 20)]
    [InlineData(16 << 20)]
    [InlineData(17 << 20)]
    [InlineData(1 << 30)]
    public void Parts_together_have_the_groups_of_the_undivided_file(long splitSize)
    {
        SplitCase pair = SplitCase.Make(30, 34);
        byte[] undivided = FourSteps.Data(FakeStorage.File(pair.B), pair.Request, SplitCase.Specification);
        IReadOnlyList<OperationGroup> groups = FourSteps.Groups(undivided);

        List<byte[]> parts = pair.Parts(splitSize);

        Assert.Equal(
            groups.Select(group => group.Payload.ToArray()), parts.SelectMany(FourSteps.Groups).Select(group => group.Payload.ToArray()));
        int at = 0;
        for (int i = 0; i < parts.Count; i++)
        {
            SetPart place = SplitCase.HeaderOf(parts[i]).Set!;
            Assert.Equal((i + 1, parts.Count, at, splitSize), (place.Part, place.Parts, place.FirstGroup, place.SplitSize));
            long bytes = groups.Skip(at).Take((int)place.GroupCount).Sum(group => group.ContentLength);
            at += (int)place.GroupCount;
            Assert.True(bytes <= splitSize || place.GroupCount == 1);
            Assert.True(at == groups.Count || bytes + groups[at].ContentLength > splitSize);
        }

        Assert.Equal(groups.Count, at);
        Assert.Equal(splitSize == 1 << 30, parts.Count == 1);
    }

    [Fact]
    public void One_part_alone_is_byte_for_byte_that_of_the_whole_run()
    {
        SplitCase pair = SplitCase.Make(20, 34);
        List<byte[]> all = pair.Parts(1);
        Assert.True(all.Count > 3);
        for (int part = 1; part <= all.Count; part++)
        {
            Assert.Equal(all[part - 1], Assert.Single(pair.Parts(1, only: part)));
        }
    }

    [Fact]
    public void A_request_without_groups_is_one_part()
    {
        byte[] part = Assert.Single(SplitCase.Equal().Parts(1));

        SetPart place = SplitCase.HeaderOf(part).Set!;
        Assert.Equal((1, 1, 0L, 0L), (place.Part, place.Parts, place.FirstGroup, place.GroupCount));
        Assert.Empty(FourSteps.Groups(part));
    }

    [Fact]
    public void The_largest_split_size_is_taken_with_which_every_part_fits()
    {
        SplitCase pair = SplitCase.Make(0, 70);
        const long Most = 33 << 20;
        using MemoryStream input = new(pair.Request);
        using SplitPlan plan = SplitOperation.Plan(
            input, "update.dtr", SplitCase.Specification, Most, () => new MemoryStream(), FourSteps.Threads(2));

        Assert.Equal(Most / 64 * 63, plan.Parts[0].Set.SplitSize);
        Assert.All(plan.Parts, part => Assert.True(part.MostBytes <= Most));
        List<byte[]> parts = pair.Write(plan, Most);
        Assert.All(parts.Zip(plan.Parts), pair => Assert.True(pair.First.Length <= pair.Second.MostBytes));
    }

    [Fact]
    public void What_is_stored_as_it_is_stays_below_what_was_counted()
    {
        SplitCase pair = SplitCase.Make(0, 20);
        new Random(7).NextBytes(pair.B);
        ChecksumSpecification how = new() { BlockSize = 512, Hash = BlockHash.Sha256 };
        byte[] request = FourSteps.Request(
            FourSteps.Checksums(FakeStorage.File([]), how), FourSteps.Checksums(FakeStorage.File(pair.B), how));
        using MemoryStream input = new(request);
        using SplitPlan plan = SplitOperation.Plan(
            input, "update.dtr", SplitCase.Specification, 16 << 20, () => new MemoryStream(), FourSteps.Threads(2));

        List<byte[]> parts = pair.Write(plan, 16 << 20);

        Assert.All(parts.Zip(plan.Parts), both => Assert.InRange(both.First.Length, both.Second.MostBytes - 2000, both.Second.MostBytes));
    }

    [Fact]
    public void What_cannot_be_cut_so_short_is_refused()
    {
        SplitCase pair = SplitCase.Make(1, 1);
        using MemoryStream input = new(pair.Request);

        SyncException refusal = Assert.Throws<SyncException>(
            () => SplitOperation.Plan(input, "update.dtr", SplitCase.Specification, 5000, () => new MemoryStream(), FourSteps.Threads(1)));

        Assert.Equal(SyncError.OutOfBounds, refusal.Error);
        Assert.Contains("cannot be cut into parts of at most 5000 bytes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_that_has_become_too_long_is_not_kept()
    {
        SplitCase pair = SplitCase.Make(1, 1);
        using MemoryStream input = new(pair.Request);
        using SplitPlan plan = SplitOperation.Plan(
            input, "update.dtr", SplitCase.Specification, [1], long.MaxValue, () => new MemoryStream(), FourSteps.Threads(1));

        SyncException refusal = Assert.Throws<SyncException>(() => { pair.Write(plan, mostBytes: 500); });

        Assert.Equal(SyncError.OutOfBounds, refusal.Error);
    }

    [Fact]
    public void More_parts_than_a_set_can_have_are_seen()
    {
        OperationGroup group = FourSteps.Groups(SplitCase.Make(0, 1).Parts(1)[0])[0];
        PartCutter cutter = new(splitSize: 1, emptyPart: 0, frameSize: 1 << 20);
        for (int i = 0; i < FormatLimits.MaxParts; i++)
        {
            cutter.Add(group);
        }

        Assert.False(cutter.HasTooMany);
        Assert.Equal(FormatLimits.MaxParts, cutter.Finish(new byte[16])[^1].Set.Part);
        cutter.Add(group);
        Assert.True(cutter.HasTooMany);
    }

    [Fact]
    public void A_master_that_is_not_what_is_asked_for_ends_it_and_names_the_blocks()
    {
        SplitCase pair = SplitCase.Make(0, 30);
        pair.B[(20 << 20) + 5] ^= 1;

        SyncException refusal = Assert.Throws<SyncException>(() => { pair.Parts(1); });

        Assert.Equal(SyncError.SourceChanged, refusal.Error);
        Assert.Equal(new BlockRun((20 << 20) / SplitCase.BlockSize, 1), Assert.Single(refusal.Ranges));
    }

    [Fact]
    public void A_request_that_changes_in_between_is_noticed()
    {
        SplitCase pair = SplitCase.Make(0, 30);
        using MemoryStream input = new();
        input.Write(pair.Request);
        using SplitPlan plan = SplitOperation.Plan(
            input, "update.dtr", SplitCase.Specification, [1], long.MaxValue, () => new MemoryStream(), FourSteps.Threads(1));
        byte[] other = FourSteps.Request(
            FourSteps.Checksums(FakeStorage.File(pair.A), new ChecksumSpecification { BlockSize = SplitCase.BlockSize }),
            FourSteps.Checksums(FakeStorage.File(pair.B), new ChecksumSpecification { BlockSize = SplitCase.BlockSize }),
            label: "x");
        input.SetLength(0);
        input.Write(other);

        SyncException refusal = Assert.Throws<SyncException>(() => { pair.Write(plan, long.MaxValue); });

        Assert.Equal(SyncError.SourceChanged, refusal.Error);
    }
}

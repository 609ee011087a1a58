using BinarySync.Storage;
using BinarySync.Sync.Applying.Planning;

namespace BinarySync.Sync.Tests;

/// <summary>Format.md 9.4: which size the target must have, and which it gets.</summary>
public sealed class TargetSizingTests
{
    private const int BlockSize = 512;
    private static readonly BlockCoverage First = BlockCoverage.Of([new BlockRun(0, 1)]);

    // Regular files: the length now, the length after; null is refused.
    [Theory]
    [InlineData(2000, 2000, 2000, 2000)]
    [InlineData(2000, 2000, 1999, null)]
    [InlineData(2000, 2000, 2001, null)]
    [InlineData(2000, 3000, 2000, 3000)]
    [InlineData(2000, 3000, 3000, 3000)]
    [InlineData(2000, 3000, 2500, null)]
    [InlineData(2000, 3000, 3001, null)]
    [InlineData(3000, 2000, 3000, 2000)]
    [InlineData(3000, 2000, 2000, 2000)]
    [InlineData(3000, 2000, 2500, null)]
    [InlineData(0, 1, 0, 1)]
    [InlineData(1, 0, 1, 0)]
    [InlineData(1, 0, 0, 0)]
    public void A_file_has_A_s_size_or_B_s_and_gets_B_s(int a, int b, int length, int? after)
    {
        TargetSizing? sizing = Decide(StorageKind.RegularFile, length, new SyncGeometry(a, b, BlockSize, BlockCoverage.Whole));
        Assert.Equal(after, (int?)sizing?.LengthAfter);
        if (sizing is not null)
        {
            Assert.Equal(new TargetSizing(length, after!.Value, SizeLeft: false, TailLeftAlone: 0), sizing);
            Assert.Equal((after > length, after < length), (sizing.Grows, sizing.Shrinks));
        }
    }

    // A part of a set that does not complete it: the length now, the length after.
    [Theory]
    [InlineData(2000, 3000, 2000, 3000)]
    [InlineData(2000, 3000, 3000, 3000)]
    [InlineData(3000, 2000, 3000, 3000)]
    [InlineData(3000, 2000, 2000, 2000)]
    [InlineData(3000, 2000, 2500, 3000)]
    [InlineData(2000, 3000, 2500, 3000)]
    [InlineData(2000, 2000, 2000, 2000)]
    public void A_file_that_other_parts_are_still_to_be_applied_to_is_not_cut(int a, int b, int length, int after)
    {
        TargetSizing sizing = TargetSizing.Decide(
            hasFixedLength: false, length, new SyncGeometry(
                a, b, BlockSize, BlockCoverage.Whole), interrupted: true, "target", "part", keepsLarger: true);

        Assert.Equal((after, false), (sizing.LengthAfter, sizing.Shrinks));
    }

    [Theory]
    [InlineData(2000, 3000, 2000)]
    [InlineData(2000, 3000, 3000)]
    [InlineData(3000, 2000, 3000)]
    [InlineData(3000, 2000, 2000)]
    [InlineData(2000, 3000, 2500)]
    public void A_file_whose_tail_is_not_covered_keeps_its_size(int a, int b, int length)
    {
        TargetSizing? sizing = Decide(StorageKind.RegularFile, length, new SyncGeometry(a, b, BlockSize, First));
        Assert.Equal(length == a || length == b ? new TargetSizing(length, length, SizeLeft: true, TailLeftAlone: 0) : null, sizing);
    }

    [Theory]
    [InlineData(2000, 3000, 2999, null)]
    [InlineData(2000, 3000, 3000, 0)]
    [InlineData(2000, 3000, 9000, 6000)]
    [InlineData(3000, 2000, 2000, 0)]
    [InlineData(3000, 2000, 1999, null)]
    [InlineData(3000, 2000, 3000, 1000)]
    [InlineData(2000, 2000, 2512, 512)]
    public void A_device_holds_B_and_keeps_its_length(int a, int b, int length, int? tail)
    {
        TargetSizing? sizing = Decide(StorageKind.BlockDevice, length, new SyncGeometry(a, b, BlockSize, BlockCoverage.Whole));
        Assert.Equal(tail is { } bytes ? new TargetSizing(length, length, SizeLeft: false, bytes) : null, sizing);
    }

    [Theory]
    [InlineData(2000, 3000, 2000, true)]
    [InlineData(3000, 2000, 2000, true)]
    [InlineData(3000, 2000, 1999, false)]
    [InlineData(2000, 3000, 1999, false)]
    public void A_device_whose_tail_is_not_covered_holds_the_smaller_one(int a, int b, int length, bool fits)
    {
        TargetSizing? sizing = Decide(StorageKind.BlockDevice, length, new SyncGeometry(a, b, BlockSize, First));
        Assert.Equal(fits ? new TargetSizing(length, length, SizeLeft: true, TailLeftAlone: 0) : null, sizing);
    }

    private static TargetSizing? Decide(StorageKind kind, long length, SyncGeometry geometry)
    {
        try
        {
            return TargetSizing.Decide(kind == StorageKind.BlockDevice, length, geometry, interrupted: false, "target", "update.dtf");
        }
        catch (SyncException refusal)
        {
            Assert.Equal(SyncError.Mismatch, refusal.Error);
            Assert.Equal(kind == StorageKind.BlockDevice ? SyncReason.DeviceTooSmall : SyncReason.OtherTargetSize, refusal.Reason);
            return null;
        }
    }
}

using BinarySync.Storage;
using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;

namespace BinarySync.Sync.Tests;

/// <summary>Lengths that somebody else changes, room that is not there, and cuts that nobody can have meant.</summary>
public sealed class SizeEvidenceTests
{
    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(1, 0, true)]
    [InlineData(2, 1, false)]
    [InlineData(3, 1, true)]
    [InlineData(1000, 500, false)]
    [InlineData(1000, 499, true)]
    [InlineData(1000, 1000, false)]
    [InlineData(1, 1000, false)]
    [InlineData(1L << 62, (1L << 61) - 1, true)]
    public void Losing_more_than_half_is_much(long from, long to, bool isMuch) =>
        Assert.Equal(isMuch, TargetSizing.ShrinksGreatly(from, to));

    [Fact]
    public void A_file_is_not_cut_to_less_than_half_without_leave_and_a_device_never_is()
    {
        byte[] a = new byte[4096];
        Array.Fill(a, (byte)7);
        byte[] dataFile = FourSteps.DataFile(a, a[..1000]);
        ApplySpecification asks = new() { DemandsLeaveToShrink = true };
        foreach (bool dryRun in (bool[])[true, false])
        {
            FakeStorage target = FakeStorage.File(a);
            SyncException refused = Assert.Throws<SyncException>(() => FourSteps.Apply(target, dataFile, asks with { DryRun = dryRun }));
            Assert.Equal(SyncError.ShrinksGreatly, refused.Error);
            Assert.Empty(target.Changes);
        }

        FourSteps.Apply(FakeStorage.Device(a), dataFile, asks);
        FourSteps.Apply(FakeStorage.File(a[..1000]), dataFile, asks);
        FakeStorage cut = FakeStorage.File(a);
        FourSteps.Apply(cut, dataFile);
        Assert.Equal(a[..1000], cut.Content);
    }

    [Theory]
    [InlineData(4096, 4096)]
    [InlineData(4096, 8192)]
    [InlineData(8192, 4096)]
    public void What_somebody_has_appended_is_no_success(int from, int to)
    {
        byte[] a = new byte[from];
        byte[] b = new byte[to];
        Array.Fill(a, (byte)7);
        Array.Fill(b, (byte)8);
        FakeStorage target = FakeStorage.File(a);
        target.AppendedByOthers = 10;

        StorageException refused = Assert.Throws<StorageException>(() => FourSteps.Apply(target, FourSteps.DataFile(a, b)));

        Assert.Equal(StorageError.LengthChanged, refused.Error);
    }

    [Theory]
    [InlineData(SparseMode.Auto, 4096)]
    [InlineData(SparseMode.Never, 12_288)]
    public void Growth_without_room_is_refused_before_anything_is_done(SparseMode sparse, int needed)
    {
        byte[] a = new byte[4096];
        byte[] b = new byte[16_384];
        Array.Fill(a, (byte)7);
        b.AsSpan(0, 8192).Fill(9);
        byte[] dataFile = FourSteps.DataFile(a, b);
        foreach (bool dryRun in (bool[])[true, false])
        {
            FakeStorage full = new(DiskImage.Of(a)) { Room = needed - 1 };
            StorageException refused = Assert.Throws<StorageException>(
                () => FourSteps.Apply(full, dataFile, new ApplySpecification { Sparse = sparse, DryRun = dryRun }));
            Assert.Equal(StorageError.NoSpace, refused.Error);
            Assert.Empty(full.Changes);
        }

        FakeStorage roomy = new(DiskImage.Of(a)) { Room = needed };
        FourSteps.Apply(roomy, dataFile, new ApplySpecification { Sparse = sparse });
        Assert.Equal(b, roomy.Content);
    }
}

using BinarySync.Storage.Disks;

namespace BinarySync.Storage.Tests;

/// <summary>Real block devices.</summary>
public sealed class BlockDeviceTests : IDisposable
{
    // 8 MiB and three sectors: not a multiple of a page.
    private const int Size = (8 << 20) + (3 * 512);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [RootFact]
    public void A_device_has_its_length_and_is_all_data()
    {
        using LoopDevice device = new(_directory.Sparse("image", Size));
        using IWritableStorage target = StorageAccess.OpenTarget(device.Path, []);

        Assert.Equal((StorageKind.BlockDevice, (long)Size), (target.Kind, target.Length));
        Assert.Equal(new StorageExtent(1000, Size - 1000, IsHole: false), target.ExtentAt(1000));
        Assert.Equal(new SourceStamp(Size, 0, 0), target.ReadStamp());
        Assert.False(target.HasHoles);
        Assert.False(target.TryPunchHole(0, 4096));
        Assert.False(target.TryAllocate(0, 4096));
        target.ReleasePastEnd();
        target.SetLength(Size);
        Assert.Throws<InvalidOperationException>(() => target.SetLength(Size + 512));
    }

    [RootFact]
    public void Bytes_are_written_and_read_back_below_the_cache_up_to_the_last_one()
    {
        string image = _directory.File("image", Size);
        using (LoopDevice device = new(image))
        using (IWritableStorage target = StorageAccess.OpenTarget(device.Path, []))
        {
            byte[] tail = Bytes.Pattern(2000, seed: 77);
            target.Write(tail, Size - 2000);
            target.Write(tail, 333);
            target.Flush();

            byte[] read = new byte[2000];
            target.ReadBelowCache(read, Size - 2000);
            Assert.Equal(tail, read);
            target.ReadBelowCache(read, 333);
            Assert.Equal(tail, read);
            Expect.Error(StorageError.EndReached, () => target.Read(new byte[2], Size - 1));
            Expect.Error(StorageError.EndReached, () => target.ReadBelowCache(new byte[2], Size - 1));
            Assert.Throws<ArgumentOutOfRangeException>(() => target.Write([1], Size));
        }

        Assert.Equal(Bytes.Pattern(2000, seed: 77), File.ReadAllBytes(image)[^2000..]);
    }

    [RootFact]
    public void Zeros_are_asked_for_on_whole_sectors_only()
    {
        string image = _directory.File("image", Size);
        using (LoopDevice device = new(image))
        using (IWritableStorage target = StorageAccess.OpenTarget(device.Path, []))
        {
            Assert.False(target.TryZeroRange(100, 512));
            Assert.False(target.TryZeroRange(512, 100));

            // Beside what is still only in the cache, in the same page.
            target.Write(Bytes.Pattern(Size)[((1 << 20) - 512)..(1 << 20)], (1 << 20) - 512);
            target.Write(Bytes.Pattern(512, seed: 5), (4 << 20) + 512);
            Assert.True(target.TryZeroRange(1 << 20, (3 << 20) + 512));
            Assert.True(target.TryZeroRange(Size - 512, 512));
            target.Flush();
            Assert.Equal(Zeroed(), target.ReadAll());
        }

        Assert.Equal(Zeroed(), File.ReadAllBytes(image));

        // Nothing was discarded: the file below still has all its blocks.
        using IWritableStorage below = Targets.Again(image);
        Assert.False(below.HasHoles);
    }

    [RootFact]
    public void A_device_of_4096_byte_sectors_zeroes_those_only()
    {
        using LoopDevice device = new(_directory.File("image", 1 << 20), "--sector-size", "4096");
        using IWritableStorage target = StorageAccess.OpenTarget(device.Path, []);

        Assert.False(target.TryZeroRange(512, 4096));
        Assert.False(target.TryZeroRange(4096, 512));
        Assert.True(target.TryZeroRange(4096, 4096));
        target.Flush();
        byte[] read = new byte[5000];
        target.ReadBelowCache(read, 4000);
        Assert.Equal(new byte[4096], read[96..4192]);
        Assert.Equal(Bytes.Pattern(1 << 20)[8192..9000], read[4192..]);
    }

    [RootFact]
    public void A_read_only_device_cannot_be_a_target_but_can_be_read()
    {
        using LoopDevice device = new(_directory.File("image", 4096), "--read-only");

        StorageException error = Expect.Error(StorageError.OpenFailed, () => StorageAccess.OpenTarget(device.Path, []));
        Assert.NotEqual(0, error.Errno);
        using IReadableStorage source = StorageAccess.OpenSource(device.Path);
        Assert.Equal(Bytes.Pattern(4096), source.ReadAll());
    }

    [RootFact]
    public void A_dry_run_on_a_device_has_it_exclusively_and_writes_nothing()
    {
        using LoopDevice device = new(_directory.File("image", 4096));
        using IWritableStorage dryRun = StorageAccess.OpenTarget(device.Path, [], readOnly: true);

        Assert.Throws<InvalidOperationException>(() => dryRun.Write([1], 0));
        Assert.Throws<InvalidOperationException>(() => dryRun.TryZeroRange(0, 512));
        Expect.Error(StorageError.InUse, () => StorageAccess.OpenTarget(device.Path, []));
        StorageAccess.OpenSource(device.Path).Dispose();
    }

    private static byte[] Zeroed()
    {
        byte[] bytes = Bytes.Pattern(Size);
        bytes.AsSpan(1 << 20, (3 << 20) + 512).Clear();
        bytes.AsSpan(Size - 512).Clear();
        Bytes.Pattern(512, seed: 5).CopyTo(bytes.AsSpan((4 << 20) + 512));
        return bytes;
    }
}

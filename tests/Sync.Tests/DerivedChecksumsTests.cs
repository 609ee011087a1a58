using BinarySync.Sync.Applying;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Running;
using BinarySync.Sync.Applying.Verifying;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Comparing;
using BinarySync.Sync.Tests.Support;

namespace BinarySync.Sync.Tests;

/// <summary>
/// The checksum file of a patched target, made of the one that it had and the data file, is the one that reading it would give.
/// </summary>
public sealed class DerivedChecksumsTests
{
    [Fact]
    public void It_is_what_reading_the_target_would_give() => SyncCases.Whole.CheckFitting(80, Holds);

    [Fact]
    public void It_is_so_with_ranges() => SyncCases.Ranged.CheckFitting(80, Holds);

    [Fact]
    public void A_checksum_file_of_something_else_is_refused_before_anything_is_written()
    {
        byte[] a = Content(1);
        byte[] b = [.. a];
        b[5000] ^= 1;
        ChecksumSpecification how = new() { BlockSize = 512 };
        byte[] dataFile = FourSteps.DataFile(a, b);
        byte[][] others =
        [
            FourSteps.Checksums(FakeStorage.File(b), how),
            FourSteps.Checksums(FakeStorage.File(Content(2)), how),
            FourSteps.Checksums(FakeStorage.File(a[..^1]), how),
            FourSteps.Checksums(FakeStorage.File(a), how with { BlockSize = 1024 }),
            FourSteps.Checksums(FakeStorage.File(a), how with { Hash = BlockHash.Xxh3 }),
            FourSteps.Checksums(FakeStorage.File(a), how with { Coverage = BlockCoverage.Of([new BlockRun(0, 5)]) }),
        ];
        foreach (byte[] other in others)
        {
            FakeStorage target = FakeStorage.File(a);

            SyncException refused = Assert.Throws<SyncException>(() => Apply(target, dataFile, other, 2));

            Assert.Equal(SyncError.Mismatch, refused.Error);
            Assert.Contains("nothing was written", refused.Message, StringComparison.Ordinal);
            Assert.Empty(target.Changes);
        }
    }

    [Fact]
    public void A_device_that_keeps_its_size_has_none()
    {
        byte[] a = Content(1);
        byte[] dataFile = FourSteps.DataFile(a, a[..^1000]);
        FakeStorage target = FakeStorage.Device(a);

        Assert.Throws<SyncException>(
            () => Apply(target, dataFile, FourSteps.Checksums(FakeStorage.File(a), new ChecksumSpecification { BlockSize = 512 }), 1));

        Assert.Empty(target.Changes);
    }

    [Fact]
    public void A_device_that_is_longer_has_none()
    {
        byte[] a = Content(1);
        byte[] b = [.. a];
        b[700] ^= 1;
        FakeStorage target = FakeStorage.Device([.. a, .. new byte[5000]]);

        Assert.Throws<SyncException>(
            () =>
                Apply(
                    target,
                    FourSteps.DataFile(a, b),
                    FourSteps.Checksums(FakeStorage.File(a), new ChecksumSpecification { BlockSize = 512 }),
                    1));

        Assert.Empty(target.Changes);
    }

    // False where the two sides have nothing in common.
    private static bool Holds(SyncCase sync)
    {
        if (new SyncModel(sync).NothingInCommon)
        {
            return false;
        }

        byte[] old = FourSteps.Checksums(sync.StorageA, sync.HowA, sync.Threads);
        byte[] dataFile = sync.Seed % 2 == 0 ? sync.DataFile() : sync.DataFileWithCopies();
        FakeStorage target = sync.StorageA;

        byte[] first = Apply(target, dataFile, old, sync.Threads);
        byte[] again = Apply(target, dataFile, old, sync.Threads);

        using ChecksumFileReader derived = Read(first);
        using ChecksumFileReader read = Read(
            FourSteps.Checksums(target, sync.HowA with { Coverage = derived.Header.Coverage }, sync.Threads));
        Assert.True(derived.Header.IsDerived);
        Assert.Equal(read.Header, derived.Header with { IsDerived = false });
        Assert.Equal(read.Trailer.Root.ToArray(), derived.Trailer.Root.ToArray());
        Assert.Equal(
            (read.Trailer.Sections, read.Trailer.DataBlocks, read.Trailer.ZeroBlocks), (
                derived.Trailer.Sections, derived.Trailer.DataBlocks, derived.Trailer.ZeroBlocks));
        Assert.Equal(first, again);

        // Nothing that was known is forgotten.
        BlockCoverage known = sync.HowA.Coverage.ClipTo(new BlockGeometry(sync.ContentA.Length, sync.BlockSize).BlockCount);
        Assert.All(known.RunsIn(derived.Geometry.BlockCount), run => Assert.True(derived.Header.Coverage.Contains(run)));
        return true;
    }

    private static byte[] Apply(FakeStorage target, byte[] dataFile, byte[] old, int threads)
    {
        ChecksumSource source = new(new MemoryStream(old), "old.ckf");
        PatchSource patch = FourSteps.Patch(dataFile);
        ApplyResult done = ApplyOperation.Run(
            target, patch, FourSteps.Places() with { OldChecksums = source }, new ApplySpecification(), FourSteps.Threads(threads));
        using MemoryStream output = new();
        DerivedChecksums.Write(source, patch, done.Plan, output);
        return output.ToArray();
    }

    private static ChecksumFileReader Read(byte[] checksums)
    {
        ChecksumFileReader reader = new(new MemoryStream(checksums), "checksums");
        while (reader.ReadRun(out _))
        {
        }

        return reader;
    }

    private static byte[] Content(int seed)
    {
        byte[] content = new byte[20_000];
        new Random(seed).NextBytes(content);
        return content;
    }
}

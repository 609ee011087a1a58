using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Checksums;

namespace BinarySync.Sync.Tests;

/// <summary>A terabyte of zeros costs a few bytes and little time.</summary>
public sealed class HugeZeroRunTests
{
    private const long Tera = 1L << 40;

    [Fact]
    public void A_sparse_source_of_a_terabyte_is_checksummed_without_reading_it()
    {
        FakeStorage source = SparseWithData(Tera, 3 * (Tera / 4));
        byte[] checksums = FourSteps.Checksums(source, new ChecksumSpecification());

        Assert.InRange(checksums.Length, 100, 600);
        Assert.InRange(source.Log.Count, 1, 20);
        Assert.True(FourSteps.Check(source, checksums).IsEqual);
    }

    [Fact]
    public void A_file_grows_by_a_terabyte_of_zeros_in_constant_memory()
    {
        byte[] small = Bytes(10_000);
        FakeStorage remote = FakeStorage.File(small);
        FakeStorage master = SparseWithData(Tera, Tera - 777);
        ChecksumSpecification how = new();
        byte[] request = FourSteps.Request(FourSteps.Checksums(remote, how), FourSteps.Checksums(master, how));
        byte[] dataFile = FourSteps.Data(master, request);
        long before = GC.GetAllocatedBytesForCurrentThread();

        ApplyResult result = FourSteps.Apply(remote, dataFile, threads: 1);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20 << 20);
        Assert.InRange(dataFile.Length, 500, 20_000);
        Assert.Equal(Tera, remote.Length);
        Assert.Equal(1, result.Written.DataBlocks);
        Assert.InRange(remote.Log.Sum(call => call.Call == DiskCall.SetLength ? 0 : call.Length), 1, 100_000);
        byte[] tail = new byte[4096];
        remote.Read(tail, Tera - tail.Length);
        Assert.Equal(Bytes(100), tail[(4096 - 777)..(4096 - 677)]);
    }

    [Fact]
    public void A_terabyte_is_cut_off_without_looking_at_it()
    {
        byte[] small = Bytes(8192);
        ChecksumSpecification how = new();
        FakeStorage remote = SparseWithData(Tera, 0);
        remote.Cache.Write(small, 0);
        byte[] request = FourSteps.Request(FourSteps.Checksums(remote, how), FourSteps.Checksums(FakeStorage.File(small), how));
        byte[] dataFile = FourSteps.Data(FakeStorage.File(small), request);
        remote.ClearLog();

        FourSteps.Apply(remote, dataFile);

        Assert.Equal(small, remote.Content);
        Assert.InRange(remote.Log.Count, 1, 10);
    }

    private static FakeStorage SparseWithData(long length, long dataAt)
    {
        DiskImage image = DiskImage.Sparse(length);
        image.Write(Bytes(100), dataAt);
        return new FakeStorage(image);
    }

    private static byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        new Random(9).NextBytes(bytes);
        return bytes;
    }
}

using BinarySync.Storage;

namespace BinarySync.Sync.Tests.FakeDisk;

/// <summary>The disk that all else stands on behaves as a disk.</summary>
public sealed class FakeStorageTests
{
    [Fact]
    public void What_is_not_flushed_is_not_on_the_medium()
    {
        FakeStorage disk = FakeStorage.File(new byte[10_000]);
        disk.Write([1, 2, 3], 4095);
        disk.SetLength(12_000);
        Assert.Equal((2, 3), (disk.Content[4096], disk.Content[4097]));
        Assert.Equal(new byte[10_000], disk.Medium.ToArray());
        Assert.Equal(2, disk.Pending.Count);

        disk.Flush();
        Assert.Equal(disk.Content, disk.Medium.ToArray());
        Assert.Empty(disk.Pending);
    }

    [Fact]
    public void A_failed_flush_loses_what_was_pending_and_the_next_one_does_not_bring_it_back()
    {
        FakeStorage disk = FakeStorage.File(new byte[10]).FailAt(new DiskFault(DiskCall.Flush, 1, StorageError.FlushFailed));
        disk.Write([9], 0);
        Assert.Throws<StorageException>(disk.Flush);
        disk.Flush();
        Assert.Equal((9, 0), (disk.Content[0], disk.Medium.ToArray()[0]));
    }

    [Fact]
    public void A_write_that_fails_may_be_torn()
    {
        FakeStorage disk = FakeStorage.File(new byte[4]).FailAt(new DiskFault(DiskCall.Write, 2, StorageError.WriteFailed, BytesDone: 1));
        disk.Write([1], 3);
        Assert.Throws<StorageException>(() => disk.Write([7, 7], 0));
        Assert.Equal([7, 0, 0, 1], disk.Content);
    }

    [Fact]
    public void Random_changes_are_those_of_a_plain_array()
    {
        Random random = new(11);
        byte[] expected = new byte[50_000];
        FakeStorage disk = FakeStorage.File(expected);
        for (int i = 0; i < 2000; i++)
        {
            int offset = random.Next(expected.Length);
            int length = random.Next(1, expected.Length - offset + 1);
            switch (random.Next(8))
            {
                case 0:
                    int size = random.Next(1, 60_000);
                    Array.Resize(ref expected, size);
                    disk.SetLength(size);
                    break;
                case 1 or 2:
                    expected.AsSpan(offset, length).Clear();
                    Assert.True(disk.TryPunchHole(offset, length));
                    break;
                case 3:
                    Assert.True(disk.TryAllocate(offset, length));
                    break;
                default:
                    byte[] data = new byte[Math.Min(length, 5000)];
                    random.NextBytes(data);
                    data.CopyTo(expected, offset);
                    disk.Write(data, offset);
                    break;
            }

            if (i % 50 == 0)
            {
                Assert.Equal(expected, disk.Content);
                disk.Flush();
                Assert.Equal(expected, disk.Medium.ToArray());
                for (long at = 0; at < disk.Length;)
                {
                    StorageExtent extent = disk.ExtentAt(at);
                    Assert.True(!extent.IsHole || ZeroBlocks.IsZero(expected.AsSpan((int)at, (int)extent.Length)));
                    at = extent.End;
                }
            }
        }
    }

    [Fact]
    public void It_refuses_what_a_disk_refuses()
    {
        FakeStorage device = FakeStorage.Device(new byte[8192]);
        Assert.Throws<InvalidOperationException>(() => device.SetLength(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.Write([1], 8192));
        Assert.False(device.TryPunchHole(0, 512));
        Assert.False(device.TryZeroRange(1, 512));
        Assert.True(device.TryZeroRange(512, 512));
        Assert.Equal(StorageError.EndReached, Assert.Throws<StorageException>(() => device.Read(new byte[2], 8191)).Error);
        Assert.False(FakeStorage.File(new byte[8192]).TryZeroRange(0, 4096));
    }
}

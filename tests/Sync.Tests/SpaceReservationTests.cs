using BinarySync.Storage;
using BinarySync.Sync.Applying;

namespace BinarySync.Sync.Tests;

public sealed class SpaceReservationTests
{
    private static readonly byte[] Old = Bytes(1, 8 * 512);

    [Fact]
    public void What_lies_past_the_end_is_reserved_and_zeros_there_are_not()
    {
        byte[] b = [.. Old, .. Bytes(2, 512), .. new byte[1024], .. Bytes(3, 700)];
        FakeStorage target = FakeStorage.File(Old);
        FourSteps.Apply(target, FourSteps.DataFile(Old, b));

        Assert.Equal([(8 * 512, 512), (11 * 512, 700)], Reserved(target));
        Assert.Equal([(9L * 512, 11L * 512)], target.Cache.Holes.Ranges);
    }

    [Fact]
    public void Zeros_past_the_end_are_reserved_where_they_shall_be_no_holes()
    {
        byte[] b = [.. Old, .. Bytes(2, 512), .. new byte[1024], .. Bytes(3, 700)];
        FakeStorage target = FakeStorage.File(Old);
        FourSteps.Apply(target, FourSteps.DataFile(Old, b), new ApplySpecification { Sparse = SparseMode.Never });

        Assert.Equal([(8 * 512, 512), (9 * 512, 1024), (11 * 512, 700)], Reserved(target));
    }

    [Fact]
    public void In_a_file_with_holes_data_is_reserved_everywhere()
    {
        byte[] a = [.. Old];
        a.AsSpan(512, 512).Clear();
        DiskImage image = DiskImage.Of(a);
        image.Punch(512, 512);
        byte[] b = [.. a];
        Bytes(2, 1024).CopyTo(b, 0);
        FakeStorage target = new(image);
        FourSteps.Apply(target, FourSteps.DataFile(a, b));

        Assert.Equal([(0, 512), (512, 512)], Reserved(target));
    }

    [Fact]
    public void A_dense_file_of_the_same_size_and_a_device_reserve_nothing()
    {
        byte[] dataFile = FourSteps.DataFile(Old, Bytes(2, Old.Length));
        FakeStorage file = FakeStorage.File(Old);
        FakeStorage device = FakeStorage.Device(Old);
        FourSteps.Apply(file, dataFile);
        FourSteps.Apply(device, dataFile);

        Assert.Empty(Reserved(file));
        Assert.Empty(Reserved(device));
    }

    [Fact]
    public void Where_room_cannot_be_promised_nobody_asks_twice()
    {
        byte[] b = [.. Bytes(5, 512), .. Old.AsSpan(512), .. Bytes(2, 512), .. new byte[512], .. Bytes(3, 512)];
        FakeStorage target = new(DiskImage.Of(Old)) { CanAllocate = false };
        FourSteps.Apply(target, FourSteps.DataFile(Old, b));

        Assert.Single(target.Log, call => call.Call == DiskCall.Allocate);
        Assert.Equal(b, target.Content);
    }

    [Fact]
    public void What_fails_while_room_is_given_back_does_not_hide_why()
    {
        byte[] b = [.. Old, .. Bytes(2, 512), .. new byte[1024], .. Bytes(3, 700)];
        FakeStorage target = FakeStorage.File(Old).FailAt(new DiskFault(DiskCall.Allocate, 2, StorageError.NoSpace));
        bool isReleased = false;
        target.Before = call =>
        {
            if (call.Call == DiskCall.ReleasePastEnd)
            {
                isReleased = true;
                throw new StorageException(StorageError.WriteFailed, "disk", "disk: cannot set the length: Input/output error", errno: 5);
            }
        };

        StorageException failure = Assert.Throws<StorageException>(() => { FourSteps.Apply(target, FourSteps.DataFile(Old, b)); });

        Assert.Equal(StorageError.NoSpace, failure.Error);
        Assert.Contains("no byte of the target was changed", failure.Message, StringComparison.Ordinal);
        Assert.True(isReleased);
    }

    [Fact]
    public void A_full_disk_at_the_last_reservation_gives_back_what_was_reserved_past_the_end()
    {
        byte[] b = [.. Old, .. Bytes(2, 512), .. new byte[1024], .. Bytes(3, 700)];
        FakeStorage target = FakeStorage.File(Old).FailAt(new DiskFault(DiskCall.Allocate, 2, StorageError.NoSpace));

        StorageException failure = Assert.Throws<StorageException>(() => { FourSteps.Apply(target, FourSteps.DataFile(Old, b)); });

        Assert.Equal(StorageError.NoSpace, failure.Error);
        Assert.Contains("no byte of the target was changed", failure.Message, StringComparison.Ordinal);
        Assert.Equal((0, Old.Length), (target.ReservedPastEnd, target.Length));
        Assert.Equal(Old, target.Content);
        Assert.Empty(target.Changes);
    }

    [Fact]
    public void A_disk_that_is_full_all_the_same_fails_while_writing_and_the_run_can_be_repeated()
    {
        byte[] b = [.. Old, .. Bytes(2, 512)];
        byte[] dataFile = FourSteps.DataFile(Old, b);
        FakeStorage target = new FakeStorage(DiskImage.Of(Old))
        {
            CanAllocate = false,
        }.FailAt(new DiskFault(DiskCall.Write, 1, StorageError.NoSpace));

        Assert.Equal(StorageError.NoSpace, Assert.Throws<StorageException>(() => { FourSteps.Apply(target, dataFile); }).Error);
        FourSteps.Apply(target, dataFile);
        Assert.Equal(b, target.Content);
    }

    private static IEnumerable<(int Offset, int Length)> Reserved(FakeStorage target) =>
        target.Log.Where(call => call.Call == DiskCall.Allocate).Select(call => ((int)call.Offset, (int)call.Length));

    private static byte[] Bytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

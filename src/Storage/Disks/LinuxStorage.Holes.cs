using BinarySync.Storage.Native;

namespace BinarySync.Storage.Disks;

internal sealed partial class LinuxStorage
{
    public bool HasHoles
    {
        get
        {
            if (_isDevice)
            {
                return false;
            }

            FileStatus status = Posix.Status(_file, Name);
            return status.AllocatedBytes < status.Size;
        }
    }

    // File systems charge a file for their own blocks too: less than this share of its content, and some blocks.
    private const int ShareOfOwnBytes = 128;
    private const long MostOwnBytes = 64 << 10;

    public HoleClaim? WeighHoles()
    {
        if (_isDevice || Length == 0)
        {
            return null;
        }

        FileStatus before = Posix.Status(_file, Name);
        long holes = 0;
        StorageExtent last = default;
        for (long offset = 0; offset < Length; offset = last.End)
        {
            last = ExtentAt(offset);
            holes += last.IsHole ? last.Length : 0;
        }

        // Content takes whole blocks, so the last one may take more than the file has. No hole smaller than a block can be
        // reported falsely.
        long block = Math.Clamp(before.BlockSize, 512, 4096);
        long end = last.IsHole ? Length : (Length + block - 1) / block * block;
        long allocated = Math.Max(before.AllocatedBytes, Posix.Status(_file, Name).AllocatedBytes);
        long excess = holes - (end - allocated);
        if (holes == 0 || excess <= 0)
        {
            return null;
        }

        bool mayBeItsOwn = excess <= MostOwnBytes + (allocated / ShareOfOwnBytes);
        return mayBeItsOwn && Posix.MappedBytes(_file, end) is { } mapped && holes + mapped <= end
            ? null
            : new HoleClaim(holes, Math.Max(0, end - allocated));
    }

    public StorageExtent ExtentAt(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(offset, Length);
        StorageExtent rest = new(offset, Length - offset, IsHole: false);
        if (_isDevice)
        {
            return rest;
        }

        long data = Posix.SeekData(_file, offset, out int errno);
        if (errno == Errno.NoSuchDeviceOrAddress)
        {
            // No data from here on; or the file was cut and this is past its end. Reading then reports it, while a hole would hide it.
            return Posix.Status(_file, Name).Size >= Length ? rest with { IsHole = true } : rest;
        }

        if (errno != 0)
        {
            return rest;
        }

        if (data > offset)
        {
            return new StorageExtent(offset, Math.Min(data, Length) - offset, IsHole: true);
        }

        // A hole punched between the two calls can be at the offset itself: then all of it is taken as data, and read.
        long hole = Posix.SeekHole(_file, offset, out errno);
        return errno == 0 && hole > offset ? rest with { Length = Math.Min(hole, Length) - offset } : rest;
    }
}

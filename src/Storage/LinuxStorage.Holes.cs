using BinarySync.Storage.Native;

namespace BinarySync.Storage;

internal sealed partial class LinuxStorage
{
    public bool HasHoles
    {
        get
        {
            if (Kind != StorageKind.RegularFile)
            {
                return false;
            }

            FileStatus status = Posix.Status(_file, Name);
            return status.AllocatedBytes < status.Size;
        }
    }

    public StorageExtent ExtentAt(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(offset, Length);
        StorageExtent rest = new(offset, Length - offset, IsHole: false);
        if (Kind != StorageKind.RegularFile)
        {
            return rest;
        }

        long data = Posix.SeekData(_file, offset, out int errno);
        if (errno == Errno.NoSuchDeviceOrAddress)
        {
            // No data from here on, or the file has been cut and this is past its end: reading says so, a hole would hide it.
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

        // A hole punched between the two calls can be at the offset itself: then all is taken as data, and read.
        long hole = Posix.SeekHole(_file, offset, out errno);
        return errno == 0 && hole > offset ? rest with { Length = Math.Min(hole, Length) - offset } : rest;
    }
}

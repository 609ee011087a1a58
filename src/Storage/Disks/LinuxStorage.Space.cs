using BinarySync.Storage.Native;

namespace BinarySync.Storage.Disks;

internal sealed partial class LinuxStorage
{
    private volatile bool _cannotZero;
    private volatile bool _cannotPunch;

    public bool TryZeroRange(long offset, long length)
    {
        DemandWritable();
        DemandInside(offset, length);
        if (!_isDevice || _cannotZero || length == 0 || offset % _sector != 0 || length % _sector != 0)
        {
            return false;
        }

        // On a device "keep size" with "zero range" means that blocks stay allocated. "Punch hole" would discard them.
        int errno = Posix.TryAllocate(_file, AllocationMode.ZeroRange | AllocationMode.KeepSize, offset, length);
        if (errno is Errno.NotSupported or Errno.NotImplemented or Errno.NotATerminal)
        {
            _cannotZero = true;
        }

        return errno == 0 || (IsRefusal(errno) ? false : throw Failure.System(errno, StorageError.WriteFailed, Name, "zero", offset));
    }

    public bool TryPunchHole(long offset, long length)
    {
        DemandWritable();
        DemandInside(offset, length);
        if (_isDevice || _cannotPunch || length == 0)
        {
            return false;
        }

        int errno = Posix.TryAllocate(_file, AllocationMode.PunchHole | AllocationMode.KeepSize, offset, length);
        if (errno is Errno.NotSupported or Errno.NotImplemented)
        {
            _cannotPunch = true;
        }

        return errno == 0
            || (IsRefusal(errno) ? false : throw Failure.System(errno, StorageError.WriteFailed, Name, "punch a hole", offset));
    }

    public bool TryAllocate(long offset, long length)
    {
        DemandWritable();
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (_isDevice)
        {
            return false;
        }

        int errno = length == 0 ? 0 : Posix.TryAllocate(_file, AllocationMode.KeepSize, offset, length);
        return errno == 0
            || (IsRefusal(errno) ? false : throw Failure.System(errno, StorageError.WriteFailed, Name, "reserve space", offset));
    }

    public void DemandRoom(long bytes)
    {
        if (_isDevice || Posix.FreeBytes(_file) is not { } free || bytes <= free)
        {
            return;
        }

        if (_writable)
        {
            // A run that was killed may have reserved this very space.
            ReleasePastEnd();
            free = Posix.FreeBytes(_file) ?? long.MaxValue;
        }

        if (bytes > free)
        {
            throw Failure.NoRoom(Name, bytes, free);
        }
    }

    public void ReleasePastEnd()
    {
        DemandWritable();
        // Cutting the file to its current length gives back the space behind it. If somebody has added to the file, those bytes are theirs
        // and stay.
        if (!_isDevice && Posix.Status(_file, Name).Size == Length)
        {
            Posix.Truncate(_file, Length, Name);
        }
    }

    /// <summary>Errors that mean "not here": nothing was done, and the caller uses the plain way.</summary>
    private static bool IsRefusal(int errno) =>
        errno is Errno.NotSupported or Errno.NotImplemented or Errno.Invalid or Errno.NotATerminal or Errno.NotPermitted;
}

using System.Globalization;
using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Disks;

/// <summary>
/// Writes less than a page to a block device, and changes nothing around it: it writes whole sectors with direct I/O, through a second
/// descriptor of the very same inode. If that cannot be done, the page is dropped first, so that the kernel reads it from the medium before
/// it puts the new bytes into it.
/// </summary>
/// <param name="file">Borrowed; open for writing.</param>
/// <param name="sector">The device's logical sector, bytes.</param>
internal sealed class SectorWriter(SafeFileHandle file, string name, int sector) : IDisposable
{
    private readonly Lock _gate = new();
    private AlignedBuffer? _buffer;
    private SafeFileHandle? _direct;
    private bool _opened;

    /// <summary>Writes less than two pages. Does nothing if the data is empty.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.WriteFailed"/> or <see cref="StorageError.NoSpace"/>.</exception>
    public void Write(ReadOnlySpan<byte> data, long offset)
    {
        if (data.IsEmpty)
        {
            return;
        }

        lock (_gate)
        {
            if (offset % sector != 0 || data.Length % sector != 0 || !TryWriteDirect(data, offset))
            {
                long page = Environment.SystemPageSize;
                long start = offset / page * page;
                Posix.DropCache(file, start, offset + data.Length - start + page);
                Posix.WriteAt(file, data, offset, name);
            }
        }
    }

    public void Dispose()
    {
        _direct?.Dispose();
        _buffer?.Dispose();
    }

    private bool TryWriteDirect(ReadOnlySpan<byte> data, long offset)
    {
        if (!_opened)
        {
            // Through the descriptor, not the path: the path may lead elsewhere by now.
            _opened = true;
            string path = "/proc/self/fd/" + file.DangerousGetHandle().ToString(CultureInfo.InvariantCulture);
            _ = Posix.TryOpen(path, OpenFlags.WriteOnly | OpenFlags.Direct, out _direct);
        }

        if (_direct is null)
        {
            return false;
        }

        _buffer ??= new AlignedBuffer(2 * Environment.SystemPageSize, Environment.SystemPageSize);
        data.CopyTo(_buffer.Span);
        try
        {
            Posix.WriteAt(_direct, _buffer.Span[..data.Length], offset, name);
            return true;
        }
        catch (StorageException refused) when (refused.Errno is Errno.Invalid or Errno.NotSupported)
        {
            _direct.Dispose();
            _direct = null;
            return false;
        }
    }
}

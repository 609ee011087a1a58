using System.Collections.Concurrent;
using System.Globalization;
using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Disks;

/// <summary>
/// Reads the bytes on the medium rather than those in the page cache: with direct I/O through a second descriptor of the very same inode,
/// or else by dropping the cached pages first. Several threads may read at once. Direct I/O needs aligned places and memory: what is not
/// aligned goes through a buffer, one for each thread.
/// </summary>
internal sealed unsafe class UncachedReader : IDisposable
{
    /// <summary>Bytes; direct I/O accepts this alignment wherever the kernel does not say which one it needs.</summary>
    public const int DefaultAlignment = 4096;

    private const int BufferSize = 1 << 20;

    private readonly SafeFileHandle _file;
    private readonly string _name;
    private readonly int _alignment;
    private readonly bool _dropAfter;
    private readonly ConcurrentBag<AlignedBuffer> _buffers = [];
    private readonly Lock _opening = new();
    private SafeFileHandle? _direct;
    private volatile bool _opened;
    private volatile bool _noDirect;

    /// <summary>Reads from the file of an open descriptor.</summary>
    /// <param name="file">Borrowed.</param>
    /// <param name="alignment">Bytes, a power of two; 0: no direct I/O.</param>
    /// <param name="dropAfter">If there is no direct I/O, leave none of the pages read in the page cache.</param>
    public UncachedReader(SafeFileHandle file, string name, long alignment, bool dropAfter = false)
    {
        _file = file;
        _name = name;
        _dropAfter = dropAfter;
        _noDirect = alignment is <= 0 or > BufferSize || !long.IsPow2(alignment);
        _alignment = _noDirect ? DefaultAlignment : (int)alignment;
    }

    /// <summary>True while direct I/O is used (or has not been tried).</summary>
    public bool IsDirect => !_noDirect;

    /// <summary>Fills the whole buffer.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.ReadFailed"/> or <see cref="StorageError.EndReached"/>.</exception>
    public void Read(Span<byte> buffer, long offset)
    {
        int done = 0;
        if (OpenDirect() is { } direct)
        {
            done = ReadAligned(direct, buffer, offset);
            if (done < buffer.Length && !_noDirect)
            {
                AlignedBuffer bounce = _buffers.TryTake(out AlignedBuffer? kept) ? kept : new AlignedBuffer(BufferSize, _alignment);
                try
                {
                    done += ReadDirect(direct, bounce.Span, buffer[done..], offset + done);
                }
                finally
                {
                    _buffers.Add(bounce);
                }
            }
        }

        if (done < buffer.Length)
        {
            ReadDropped(buffer[done..], offset + done);
        }
    }

    public void Dispose()
    {
        _noDirect = true;
        _direct?.Dispose();
        while (_buffers.TryTake(out AlignedBuffer? buffer))
        {
            buffer.Dispose();
        }
    }

    private SafeFileHandle? OpenDirect()
    {
        if (_noDirect)
        {
            return null;
        }

        if (!_opened)
        {
            lock (_opening)
            {
                if (!_opened)
                {
                    // Through the descriptor, not the path: the path may lead elsewhere by now.
                    string path = "/proc/self/fd/" + _file.DangerousGetHandle().ToString(CultureInfo.InvariantCulture);
                    _noDirect = Posix.TryOpen(path, OpenFlags.ReadOnly | OpenFlags.Direct, out _direct) != 0;
                    _opened = true;
                }
            }
        }

        return _noDirect ? null : _direct;
    }

    /// <summary>
    /// Reads whole sectors straight into the caller's memory, if both are aligned. Returns the bytes read; what is left is for
    /// <see cref="ReadDirect"/>, the end of the file and a refusal of direct I/O included.
    /// </summary>
    private int ReadAligned(SafeFileHandle direct, Span<byte> buffer, long offset)
    {
        int whole = buffer.Length & -_alignment;
        fixed (byte* start = buffer)
        {
            if (whole == 0 || ((nint)start & (_alignment - 1)) != 0 || (offset & (_alignment - 1)) != 0)
            {
                return 0;
            }

            int count = Posix.TryReadAt(direct, new Span<byte>(start, whole), offset, out int errno);
            return errno is 0 or Errno.Invalid or Errno.NotSupported
                ? count & -_alignment
                : throw Failure.System(errno, StorageError.ReadFailed, _name, "read", offset);
        }
    }

    /// <summary>Returns the bytes that could be read; fewer than asked for if direct I/O turns out not to work here.</summary>
    private int ReadDirect(SafeFileHandle direct, Span<byte> bounce, Span<byte> buffer, long offset)
    {
        int done = 0;
        while (done < buffer.Length)
        {
            long start = (offset + done) & -(long)_alignment;
            int skip = (int)(offset + done - start);

            // The length is rounded up as well. Past the end the kernel returns less, and a device's end is a whole sector.
            long wanted = Math.Min(bounce.Length, AlignUp((long)skip + buffer.Length - done));
            int count = Posix.TryReadAt(direct, bounce[..(int)wanted], start, out int errno);
            if (errno is Errno.Invalid or Errno.NotSupported)
            {
                _noDirect = true;
                return done;
            }

            if (errno != 0)
            {
                throw Failure.System(errno, StorageError.ReadFailed, _name, "read", offset + done);
            }

            int usable = Math.Min(count - skip, buffer.Length - done);
            if (usable <= 0)
            {
                throw Failure.EndReached(_name, offset + done);
            }

            bounce.Slice(skip, usable).CopyTo(buffer[done..]);
            done += usable;
        }

        return done;
    }

    private void ReadDropped(Span<byte> buffer, long offset)
    {
        // Only whole pages are dropped: include the ones at the edges.
        long page = Environment.SystemPageSize;
        long start = offset / page * page;
        long end = (offset + buffer.Length + page - 1) / page * page;
        Posix.DropCache(_file, start, end - start);

        int count = Posix.ReadAt(_file, buffer, offset, _name);
        if (count < buffer.Length)
        {
            throw Failure.EndReached(_name, offset + count);
        }

        if (_dropAfter)
        {
            Posix.DropCache(_file, start, end - start);
        }
    }

    private long AlignUp(long length) => (length + _alignment - 1) & -(long)_alignment;
}

using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage;

/// <summary>
/// A regular file or block device on Linux, through one descriptor from opening to the end. Holes are in
/// LinuxStorage.Holes.cs, space in LinuxStorage.Space.cs.
/// </summary>
internal sealed partial class LinuxStorage : IWritableStorage
{
    private readonly SafeFileHandle _file;
    private readonly bool _writable;
    private readonly UncachedReader _uncached;
    private readonly int _sector;
    private long _length;
    private StorageException? _flushFailure;

    /// <summary>Takes over an open descriptor.</summary>
    /// <param name="file">Owned from here on.</param>
    public LinuxStorage(string name, SafeFileHandle file, FileStatus status, bool writable)
    {
        Name = name;
        Kind = status.Type == NodeType.BlockDevice ? StorageKind.BlockDevice : StorageKind.RegularFile;
        _file = file;
        _writable = writable;
        _length = Kind == StorageKind.BlockDevice ? Posix.Length(file, name) : status.Size;
        _sector = Kind == StorageKind.BlockDevice ? Posix.LogicalSector(file) : 1;
        _uncached = new UncachedReader(file, name, status.DirectAlignment ?? Math.Max(UncachedReader.DefaultAlignment, _sector));
    }

    public string Name { get; }

    public StorageKind Kind { get; }

    public long Length => Volatile.Read(ref _length);

    public void Read(Span<byte> buffer, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        int count = Posix.ReadAt(_file, buffer, offset, Name);
        if (count < buffer.Length)
        {
            throw Failure.EndReached(Name, offset + count);
        }
    }

    public void ReadBelowCache(Span<byte> buffer, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        _uncached.Read(buffer, offset);
    }

    public SourceStamp ReadStamp()
    {
        if (Kind == StorageKind.BlockDevice)
        {
            return new SourceStamp(Posix.Length(_file, Name), 0, 0);
        }

        FileStatus status = Posix.Status(_file, Name);
        return new SourceStamp(status.Size, status.ModifiedNanoseconds, status.ChangedNanoseconds);
    }

    // A patch grows its target first and then writes inside it: writing past the end is a defect.
    public void Write(ReadOnlySpan<byte> data, long offset)
    {
        DemandWritable();
        DemandInside(offset, data.Length);
        Posix.WriteAt(_file, data, offset, Name);
    }

    public void BeginWriteBack(long offset, long length)
    {
        DemandWritable();
        Posix.BeginWriteBack(_file, offset, length);
    }

    public void SetLength(long length)
    {
        DemandWritable();
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length == Length)
        {
            return;
        }

        if (Kind == StorageKind.BlockDevice)
        {
            throw new InvalidOperationException("The length of a block device is fixed.");
        }

        Posix.Truncate(_file, length, Name);
        Volatile.Write(ref _length, length);
    }

    public void Flush()
    {
        // The kernel tells a descriptor of a failed write-back once. The next fsync would succeed over lost data.
        if (_flushFailure is { } earlier)
        {
            throw Failure.Flush(earlier.Errno, Name);
        }

        try
        {
            Posix.Flush(_file, Name);
        }
        catch (StorageException failure)
        {
            _flushFailure = failure;
            throw;
        }
    }

    public void Dispose()
    {
        _uncached.Dispose();
        _file.Dispose();
    }

    private void DemandWritable()
    {
        if (!_writable)
        {
            throw new InvalidOperationException($"{Name} was opened for reading only.");
        }
    }

    private void DemandInside(long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
    }
}

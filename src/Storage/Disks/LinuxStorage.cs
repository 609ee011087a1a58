using BinarySync.Storage.Files;
using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Disks;

/// <summary>
/// A regular file or block device on Linux, through one descriptor from opening to the end. Holes are in
/// LinuxStorage.Holes.cs, space in LinuxStorage.Space.cs.
/// </summary>
internal sealed partial class LinuxStorage : IWritableStorage
{
    private const long LargestSize = 1L << 62; // no message can name a larger one

    private readonly SafeFileHandle _file;
    private readonly bool _writable;
    private readonly bool _isSource;
    private readonly bool _isDevice;
    private readonly UncachedReader _uncached;
    private readonly DropBehindReader? _dropping;
    private readonly SectorWriter? _edges;
    private readonly bool _keepsPages;
    private readonly int _sector;
    private long _length;
    private readonly StickyFlush _flush = new();

    /// <summary>Takes over an open descriptor.</summary>
    /// <param name="file">Owned from here on.</param>
    /// <param name="cache">Of a source, all reads drop their pages; of a target, only those that say so (<see cref="ReadOnce"/>).</param>
    public LinuxStorage(string name, SafeFileHandle file, FileStatus status, bool writable, bool isSource, CachePolicy cache)
    {
        Name = name;
        _isDevice = status.Type == NodeType.BlockDevice;
        _file = file;
        _writable = writable;
        _length = SizeEvidence.LengthOf(file, status, name);
        if (_length > LargestSize)
        {
            throw Failure.Of(StorageError.FileTooLarge, name, $"has {_length} bytes; the largest possible size is {LargestSize}");
        }

        _sector = _isDevice ? Posix.LogicalSector(file) : 1;
        _isSource = isSource;
        if (_isDevice)
        {
            // The same medium may have been changed under another name, and the pages of this one do not know that. If pages stay (another
            // process has mapped them), or the kernel does not tell, they are not read.
            Posix.DropDeviceCache(file);
            _keepsPages = _length > 0 && Posix.CachedPages(file, 0, _length) != 0;
            _edges = writable ? new SectorWriter(file, name, _sector) : null;
        }

        _dropping = Drops(cache, _isDevice, _length) ? new DropBehindReader(file, name, _length) : null;
        _uncached = new UncachedReader(
            file, name, status.DirectAlignment ?? Math.Max(UncachedReader.DefaultAlignment, _sector), DropsCache);
    }

    public string Name { get; }

    public StorageKind Kind => _isDevice ? StorageKind.BlockDevice : StorageKind.RegularFile;

    public bool HasFixedLength => _isDevice;

    public bool HasTimes => !_isDevice;

    public long Length => Volatile.Read(ref _length);

    /// <summary>True if pages that are read once do not stay in the page cache.</summary>
    public bool DropsCache => _dropping is not null;

    /// <summary>Held as long as this is open, and disposed after it.</summary>
    public IDisposable? Hold { get; init; }

    public void Read(Span<byte> buffer, long offset) => Read(buffer, offset, _isSource ? _dropping : null);

    public void ReadOnce(Span<byte> buffer, long offset) => Read(buffer, offset, _dropping);

    public void Announce(long offset, int length)
    {
        if (_keepsPages || offset < 0 || length <= 0)
        {
            return;
        }

        if (_isSource && _dropping is not null)
        {
            _dropping.Announce(offset, length);
        }
        else
        {
            Posix.BeginRead(_file, offset, length);
        }
    }

    public void ReadBelowCache(Span<byte> buffer, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        _uncached.Read(buffer, offset);
    }

    public SourceStamp ReadStamp()
    {
        if (_isDevice)
        {
            return new SourceStamp(Posix.Length(_file, Name), 0, 0);
        }

        FileStatus status = Posix.Status(_file, Name);
        return new SourceStamp(status.Size, status.ModifiedNanoseconds, status.ChangedNanoseconds);
    }

    // A patch grows its target first and then writes inside it: writing past the end is a bug.
    public void Write(ReadOnlySpan<byte> data, long offset)
    {
        DemandWritable();
        DemandInside(offset, data.Length);
        if (_edges is null)
        {
            Posix.WriteAt(_file, data, offset, Name);
            return;
        }

        // The cache writes whole pages. If only part of a page is written, it would write back the neighbouring bytes as it remembers them.
        long page = Environment.SystemPageSize;
        int head = (int)Math.Min(data.Length, -offset & (page - 1));
        int tail = offset + data.Length == Length ? 0 : (int)Math.Min(data.Length - head, (offset + data.Length) & (page - 1));
        _edges.Write(data[..head], offset);
        Posix.WriteAt(_file, data[head..^tail], offset + head, Name);
        _edges.Write(data[^tail..], offset + data.Length - tail);
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

        if (_isDevice)
        {
            throw new InvalidOperationException("The length of a block device is fixed.");
        }

        DemandLength();
        Posix.Truncate(_file, length, Name);
        Volatile.Write(ref _length, length);
    }

    public void DemandLength()
    {
        if (!_isDevice && Posix.Status(_file, Name).Size is var now && now != Length)
        {
            throw Failure.LengthChanged(Name, Length, now);
        }
    }

    public void Flush() => _flush.Run(Name, () => Posix.Flush(_file, Name));

    public void Dispose()
    {
        _dropping?.Dispose();
        _uncached.Dispose();
        _edges?.Dispose();
        _file.Dispose();
        Hold?.Dispose();
    }

    private static bool Drops(CachePolicy cache, bool isDevice, long length) => cache switch
    {
        CachePolicy.Auto => isDevice || length > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2,
        _ => cache == CachePolicy.Drop,
    };

    private void Read(Span<byte> buffer, long offset, DropBehindReader? dropping)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (_keepsPages)
        {
            _uncached.Read(buffer, offset);
            return;
        }

        int count = dropping?.Read(buffer, offset) ?? Posix.ReadAt(_file, buffer, offset, Name);
        if (count < buffer.Length)
        {
            throw Failure.EndReached(Name, offset + count);
        }
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

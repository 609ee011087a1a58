using System.Collections.Concurrent;
using BinarySync.Storage;

namespace BinarySync.Sync.Tests.FakeDisk;

/// <summary>
/// A file or device in memory, with two layers: what is written reaches the cache, and the medium only with a flush. Every call is logged
/// and may be made to fail. Its rules are those of the real storage: nothing is written past the end, a device is not resized, holes are
/// a file's.
/// </summary>
/// <remarks>For a crash model: <see cref="Medium"/> and <see cref="Pending"/> are all that a power cut has to choose from.</remarks>
public sealed class FakeStorage : IWritableStorage
{
    private readonly object _gate = new();
    private readonly List<DiskEvent> _log = [];
    private readonly List<DiskChange> _pending = [];
    private readonly List<DiskFault> _faults = [];
    private readonly Dictionary<DiskCall, int> _counts = [];
    private readonly HashSet<long> _lies = [];
    private readonly List<(long From, long End, bool Mends)> _spoilt = [];
    private readonly ByteRanges _reservedPastEnd = new();
    private long _modified = 1;
    private bool _isDisposed;

    /// <summary>Takes over an image; cache and medium are equal at first.</summary>
    public FakeStorage(DiskImage image, StorageKind kind = StorageKind.RegularFile)
    {
        Cache = image;
        Medium = image.Copy();
        Kind = kind;
        Birth = kind == StorageKind.RegularFile ? new FileBirth(1, 1) : null;
    }

    public static FakeStorage File(ReadOnlySpan<byte> content) => new(DiskImage.Of(content));

    public static FakeStorage Device(ReadOnlySpan<byte> content) => new(DiskImage.Of(content), StorageKind.BlockDevice);

    /// <summary>What a reader sees: survives a kill.</summary>
    public DiskImage Cache { get; }

    /// <summary>What was flushed: survives a power cut.</summary>
    public DiskImage Medium { get; }

    /// <summary>Changes since the last flush, in order.</summary>
    public IReadOnlyList<DiskChange> Pending => _pending;

    /// <summary>Called before each call, outside of any lock: another process that meddles.</summary>
    public Action<DiskEvent>? Before { get; set; }

    /// <summary>Whether ranges of a device can be zeroed; asked for whole sectors.</summary>
    public bool CanZeroRange { get; init; } = true;

    public int Sector { get; init; } = 512;

    public bool CanPunch { get; init; } = true;

    public bool CanAllocate { get; init; } = true;

    /// <summary>Bytes that can still be allocated.</summary>
    public long FreeSpace { get; init; } = long.MaxValue;

    /// <summary>What speaks against its holes.</summary>
    public HoleClaim? DoubtedHoles { get; init; }

    /// <summary>Bytes that another process has appended, unknown to who has it open.</summary>
    public long AppendedByOthers { get; set; }

    /// <summary>Bytes that the file system says it has room for.</summary>
    public long Room { get; init; } = long.MaxValue;

    public string Name { get; init; } = "target";

    public StorageKind Kind { get; }

    public bool HasFixedLength => Kind == StorageKind.BlockDevice;

    public bool HasTimes => !HasFixedLength;

    /// <summary>Which file it is, the same one unless a test says otherwise; null if nothing tells.</summary>
    public FileBirth? Birth { get; init; }

    public long Length
    {
        get
        {
            lock (_gate)
            {
                return Cache.Length;
            }
        }
    }

    public bool HasHoles
    {
        get
        {
            lock (_gate)
            {
                return !HasFixedLength && !Cache.Holes.IsEmpty;
            }
        }
    }

    /// <summary>A copy of the log.</summary>
    public IReadOnlyList<DiskEvent> Log
    {
        get
        {
            lock (_gate)
            {
                return [.. _log];
            }
        }
    }

    /// <summary>The logged calls that changed bytes or the length.</summary>
    public IReadOnlyList<DiskEvent> Changes => [.. Log.Where(call => call.ChangesContent && call.Done)];

    public byte[] Content => Cache.ToArray();

    public void ClearLog() => _log.Clear();

    /// <summary>Makes a call fail.</summary>
    public FakeStorage FailAt(DiskFault fault)
    {
        _faults.Add(fault with { Number = fault.Number + _counts.GetValueOrDefault(fault.Call) });
        return this;
    }

    /// <summary>The byte at this offset is another one when it is read from below the cache.</summary>
    public void LieBelowCacheAt(long offset) => _lies.Add(offset);

    /// <summary>Makes the medium not give these bytes, until they are written; or for ever.</summary>
    public void Spoil(long offset, long length, bool mendsByWriting = true) => _spoilt.Add((offset, offset + length, mendsByWriting));

    /// <summary>As if another process had written: mtime moves on.</summary>
    public void Touch() => _modified++;

    /// <summary>The stretches that were announced, in order. They are no calls of the log: no byte moves.</summary>
    public ConcurrentQueue<(long Offset, long Length)> Announced { get; } = new();

    public void Announce(long offset, int length) => Announced.Enqueue((offset, length));

    public void Read(Span<byte> buffer, long offset) => ReadFrom(DiskCall.Read, Cache, buffer, offset);

    public void ReadBelowCache(Span<byte> buffer, long offset) => ReadFrom(DiskCall.ReadBelowCache, Medium, buffer, offset);

    public StorageExtent ExtentAt(long offset)
    {
        Meddle(DiskCall.ExtentAt, offset, 0);
        lock (_gate)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(offset, Cache.Length);
            Note(DiskCall.ExtentAt, offset, 0, done: true);
            (long end, bool isHole) = !HasFixedLength ? Cache.Holes.StretchAt(offset, Cache.Length) : (Cache.Length, false);
            return new StorageExtent(offset, end - offset, isHole);
        }
    }

    public HoleClaim? WeighHoles() => DoubtedHoles;

    public void DemandLength()
    {
        if (AppendedByOthers != 0)
        {
            throw new StorageException(StorageError.LengthChanged, Name, "another length");
        }
    }

    public void DemandRoom(long bytes)
    {
        if (bytes > Room)
        {
            throw new StorageException(StorageError.NoSpace, Name, $"{bytes} needed");
        }
    }

    public SourceStamp ReadStamp()
    {
        Meddle(DiskCall.ReadStamp, 0, 0);
        lock (_gate)
        {
            Note(DiskCall.ReadStamp, 0, 0, done: true);
            return HasTimes ? new SourceStamp(Cache.Length, _modified, _modified) : new SourceStamp(Cache.Length, 0, 0);
        }
    }

    public FileBirth? ReadBirth() => Birth;

    public void Write(ReadOnlySpan<byte> data, long offset)
    {
        Meddle(DiskCall.Write, offset, data.Length);
        lock (_gate)
        {
            DemandInside(offset, data.Length);
            DiskFault? fault = NextFault(DiskCall.Write);
            byte[] written = data[..Math.Min(data.Length, fault?.BytesDone ?? data.Length)].ToArray();
            if (written.Length > 0)
            {
                Change(new WriteChange(offset, written));
            }

            Note(DiskCall.Write, offset, data.Length, fault is null);
            Throw(fault, offset);
        }
    }

    public bool TryZeroRange(long offset, long length) => Try(
        DiskCall.ZeroRange,
        offset,
        length,
        HasFixedLength && CanZeroRange && length > 0 && offset % Sector == 0 && length % Sector == 0,
        new ZeroChange(offset, length));

    public bool TryPunchHole(long offset, long length) => Try(
        DiskCall.PunchHole, offset, length, !HasFixedLength && CanPunch && length > 0, new PunchChange(offset, length));

    public bool TryAllocate(long offset, long length)
    {
        Meddle(DiskCall.Allocate, offset, length);
        lock (_gate)
        {
            DiskFault? fault = NextFault(DiskCall.Allocate);
            bool can = !HasFixedLength && CanAllocate;
            if (fault is null && can)
            {
                long past = Math.Max(offset, Cache.Length);
                long needed = Cache.Holes.CountInside(offset, offset + length)
                    + Math.Max(0, offset + length - past) - _reservedPastEnd.CountInside(past, offset + length);
                if (needed > FreeSpace - _reservedPastEnd.TotalLength)
                {
                    fault = new DiskFault(DiskCall.Allocate, 0, StorageError.NoSpace);
                }
                else
                {
                    Change(new AllocateChange(offset, length));
                    _reservedPastEnd.Add(past, offset + length);
                }
            }

            Note(DiskCall.Allocate, offset, length, fault is null && can);
            Throw(fault, offset);
            return can;
        }
    }

    /// <summary>What <see cref="TryAllocate"/> reserved past the end.</summary>
    public long ReservedPastEnd => _reservedPastEnd.TotalLength;

    public void ReleasePastEnd()
    {
        Meddle(DiskCall.ReleasePastEnd, 0, 0);
        lock (_gate)
        {
            _reservedPastEnd.Remove(Cache.Length, long.MaxValue);
            Note(DiskCall.ReleasePastEnd, 0, 0, done: true);
        }
    }

    public void SetLength(long length)
    {
        Meddle(DiskCall.SetLength, 0, length);
        lock (_gate)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length);
            if (HasFixedLength && length == Cache.Length)
            {
                return;
            }

            if (HasFixedLength)
            {
                throw new InvalidOperationException("the length of a device is fixed");
            }

            if (length != Cache.Length)
            {
                DemandLength();
            }

            DiskFault? fault = NextFault(DiskCall.SetLength);
            if (fault is null)
            {
                // What was reserved past the end is no hole when the file has grown over it.
                long before = Cache.Length;
                Change(new LengthChange(length));
                foreach ((long offset, long end) in _reservedPastEnd.Ranges.ToArray())
                {
                    if (offset < length && length > before)
                    {
                        Change(new AllocateChange(offset, Math.Min(end, length) - offset));
                    }
                }

                _reservedPastEnd.Remove(0, length);
            }

            Note(DiskCall.SetLength, 0, length, fault is null);
            Throw(fault, 0);
        }
    }

    public void Flush()
    {
        Meddle(DiskCall.Flush, 0, 0);
        lock (_gate)
        {
            DiskFault? fault = NextFault(DiskCall.Flush);
            if (fault is null)
            {
                _pending.ForEach(change => change.ApplyTo(Medium));
            }

            // A flush that failed leaves a cache that looks clean: what it held is not written by the next one either.
            _pending.Clear();
            Note(DiskCall.Flush, 0, 0, fault is null);
            Throw(fault, 0);
        }
    }

    public void Dispose() => _isDisposed = true;

    private void ReadFrom(DiskCall call, DiskImage image, Span<byte> buffer, long offset)
    {
        Meddle(call, offset, buffer.Length);
        lock (_gate)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            DiskFault? fault = NextFault(call);
            Note(call, offset, buffer.Length, fault is null);
            Throw(fault, offset);
            long readEnd = offset + buffer.Length;
            if (_spoilt.Exists(bad => bad.From < readEnd && bad.End > offset))
            {
                throw new StorageException(StorageError.ReadFailed, Name, $"{Name}: cannot read: a bad sector", 5, offset);
            }

            // The length is one, whatever of it is durable; what was never written there reads as zeros.
            if (buffer.Length > Cache.Length - offset)
            {
                throw new StorageException(StorageError.EndReached, Name, "ended", 0, Cache.Length);
            }

            int there = (int)Math.Clamp(image.Length - offset, 0, buffer.Length);
            image.Read(buffer[..there], offset);
            buffer[there..].Clear();
            if (call == DiskCall.ReadBelowCache)
            {
                foreach (long lie in _lies)
                {
                    if (lie >= offset && lie < offset + buffer.Length)
                    {
                        buffer[(int)(lie - offset)] ^= 0x40;
                    }
                }
            }
        }
    }

    private bool Try(DiskCall call, long offset, long length, bool can, DiskChange change)
    {
        Meddle(call, offset, length);
        lock (_gate)
        {
            DemandInside(offset, length);
            DiskFault? fault = NextFault(call);
            if (fault is null && can)
            {
                Change(change);
            }

            Note(call, offset, length, fault is null && can);
            Throw(fault, offset);
            return can;
        }
    }

    private void Meddle(DiskCall call, long offset, long length)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Before?.Invoke(new DiskEvent(call, offset, length, Done: false));
    }

    private void Change(DiskChange change)
    {
        (long from, long end) = change switch
        {
            WriteChange write => (write.Offset, write.Offset + write.Data.Length),
            PunchChange punch => (punch.Offset, punch.Offset + punch.Length),
            ZeroChange zero => (zero.Offset, zero.Offset + zero.Length),
            _ => (0L, 0L),
        };
        _spoilt.RemoveAll(bad => bad.Mends && bad.From >= from && bad.End <= end);
        change.ApplyTo(Cache);
        _pending.Add(change);
    }

    private void Note(DiskCall call, long offset, long length, bool done)
    {
        _log.Add(new DiskEvent(call, offset, length, done));
    }

    private DiskFault? NextFault(DiskCall call)
    {
        int number = _counts.GetValueOrDefault(call) + 1;
        _counts[call] = number;
        return _faults.Find(fault => fault.Call == call && fault.Number == number);
    }

    private void Throw(DiskFault? fault, long offset)
    {
        if (fault is not null)
        {
            throw new StorageException(fault.Error, Name, $"injected at call {fault.Number} of {fault.Call}", 5, offset);
        }
    }

    private void DemandInside(long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Cache.Length - offset);
    }
}

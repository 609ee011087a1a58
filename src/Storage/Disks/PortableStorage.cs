using BinarySync.Storage.Files;
using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Disks;

/// <summary>
/// Regular files through the base class library, for systems other than Linux: no devices, no holes, no reserving of space.
/// </summary>
internal sealed class PortableStorage : IWritableStorage
{
    private readonly SafeFileHandle _file;
    private readonly bool _writable;
    private readonly StickyFlush _flush = new();

    private PortableStorage(string name, SafeFileHandle file, bool writable)
    {
        Name = name;
        _file = file;
        _writable = writable;
        Length = RandomAccess.GetLength(file);
        Span<byte> one = stackalloc byte[1];
        if (RandomAccess.Read(file, one, Length) > 0 && RandomAccess.GetLength(file) <= Length)
        {
            throw SizeEvidence.Untrue(name, Length);
        }
    }

    public string Name { get; }

    public StorageKind Kind => StorageKind.RegularFile;

    public bool HasFixedLength => false;

    public bool HasTimes => true;

    public long Length { get; private set; }

    public bool HasHoles => false;

    public static PortableStorage OpenSource(string path) =>
        new(path, Open(path, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), writable: false);

    public static PortableStorage OpenTarget(string path, IReadOnlyList<string> messageFiles, bool readOnly)
    {
        foreach (string message in messageFiles)
        {
            if (FileIdentity.IsSameFile(path, message))
            {
                throw Failure.Of(StorageError.InUse, path, $"{message} is the target itself");
            }
        }

        return new(path, Open(path, readOnly ? FileAccess.Read : FileAccess.ReadWrite, FileShare.None), writable: !readOnly);
    }

    public void Read(Span<byte> buffer, long offset)
    {
        int done = 0;
        while (done < buffer.Length)
        {
            int count = ReadOnce(buffer[done..], offset + done);
            if (count == 0)
            {
                throw Failure.EndReached(Name, offset + done);
            }

            done += count;
        }
    }

    /// <summary>Reads plainly: these systems have no way to bypass the cache that works on every file.</summary>
    public void ReadBelowCache(Span<byte> buffer, long offset) => Read(buffer, offset);

    public StorageExtent ExtentAt(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(offset, Length);
        return new StorageExtent(offset, Length - offset, IsHole: false);
    }

    public SourceStamp ReadStamp()
    {
        long ticks = File.GetLastWriteTimeUtc(_file).Ticks - DateTime.UnixEpoch.Ticks;
        return new SourceStamp(RandomAccess.GetLength(_file), ticks * TimeSpan.NanosecondsPerTick, 0);
    }

    public void Write(ReadOnlySpan<byte> data, long offset)
    {
        DemandWritable();
        DemandInside(offset, data.Length);
        try
        {
            RandomAccess.Write(_file, data, offset);
        }
        catch (Exception error) when (PortableFailure.IsSystem(error))
        {
            throw PortableFailure.From(error, StorageError.WriteFailed, Name, "write", offset);
        }
    }

    public bool TryZeroRange(long offset, long length) => Refuse(offset, length);

    public bool TryPunchHole(long offset, long length) => Refuse(offset, length);

    public bool TryAllocate(long offset, long length) => false;

    public void ReleasePastEnd()
    {
    }

    public void SetLength(long length)
    {
        DemandWritable();
        DemandLength();
        try
        {
            RandomAccess.SetLength(_file, length);
        }
        catch (Exception error) when (PortableFailure.IsSystem(error))
        {
            throw PortableFailure.From(error, StorageError.WriteFailed, Name, "set the length", length);
        }

        Length = length;
    }

    public void DemandLength()
    {
        if (RandomAccess.GetLength(_file) is var now && now != Length)
        {
            throw Failure.LengthChanged(Name, Length, now);
        }
    }

    public void Flush() => _flush.Run(Name, () => PortableFlush.Flush(_file, Name));

    public void Dispose() => _file.Dispose();

    private int ReadOnce(Span<byte> buffer, long offset)
    {
        try
        {
            return RandomAccess.Read(_file, buffer, offset);
        }
        catch (Exception error) when (PortableFailure.IsSystem(error))
        {
            throw PortableFailure.From(error, StorageError.ReadFailed, Name, "read", offset);
        }
    }

    // A call that is a bug on Linux is a bug here too.
    private bool Refuse(long offset, long length)
    {
        DemandWritable();
        DemandInside(offset, length);
        return false;
    }

    private void DemandInside(long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
    }

    private void DemandWritable()
    {
        if (!_writable)
        {
            throw new InvalidOperationException($"{Name} was opened for reading only.");
        }
    }

    /// <summary>Refuses what is no file by its name.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.NotAFileOrBlockDevice"/>.</exception>
    public static void DemandFile(string path)
    {
        if (OperatingSystem.IsWindows() && WindowsNames.IsDevice(Path.GetFullPath(path)))
        {
            throw Failure.Of(
                StorageError.NotAFileOrBlockDevice, path, "is a device; on Windows, only regular files can be read and patched so far");
        }
    }

    private static SafeFileHandle Open(string path, FileAccess access, FileShare share)
    {
        DemandFile(path);
        if (Directory.Exists(path))
        {
            throw Failure.Of(StorageError.IsDirectory, path, "is a directory");
        }

        try
        {
            return File.OpenHandle(path, FileMode.Open, access, share);
        }
        catch (Exception error) when (PortableFailure.IsSystem(error))
        {
            throw PortableFailure.From(error, StorageError.OpenFailed, path, "open");
        }
    }
}

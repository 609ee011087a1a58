using BinarySync.Storage.Files;
using BinarySync.Storage.Messages;
using BinarySync.Storage.Native;
using BinarySync.Storage.Streams;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.State;

/// <summary>A redo file on a file system. docs/Design.md, "What makes a change durable", says what makes it durable.</summary>
public sealed class RedoFile : IRedoFile
{
    private const uint OwnerOnly = 0x180; // rw-------: the content of a disk is nobody else's business
    private const string JournalEnd = "journal";
    private const string RedoEnd = "redo";

    // Bytes after which the kernel is told to begin writing: the flush waits for less then.
    private const long WriteBackLength = 8 << 20;

    private readonly string _directory;
    private SafeFileHandle? _file;
    private SeekableStream? _stream;
    private bool _isOurs;
    private bool _nameIsDurable;
    private long _sent;
    private StorageException? _flushFailure;

    private RedoFile(string path)
    {
        Name = path;
        _directory = FileIdentity.DirectoryOf(path);
    }

    public string Name { get; }

    /// <summary>The redo file of a journal, beside it. Nothing is opened or made yet.</summary>
    public static RedoFile Of(StateFile journal)
    {
        string name = journal.Name;
        return new RedoFile((name.EndsWith(JournalEnd, StringComparison.Ordinal) ? name[..^JournalEnd.Length] : name + ".") + RedoEnd);
    }

    public void Create()
    {
        Close();
        StateTrust.DemandDirectory(_directory, Name);
        OutputPlace.Remove(Name);
        if (Posix.IsSupported)
        {
            int flags = OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow;
            int errno = Posix.TryOpen(Name, flags, out _file, OwnerOnly);
            if (errno != 0)
            {
                throw errno is Errno.NoEntry or Errno.NotADirectory
                    ? Failure.Of(StorageError.DirectoryMissing, Name, $"there is no directory {_directory}", errno)
                    : Failure.System(errno, StorageError.OpenFailed, Name, "create");
            }

            StateTrust.DemandFile(_file!, Name);
        }
        else
        {
            Portably(() => _file = File.OpenHandle(Name, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read));
        }

        _stream = new SeekableStream(_file!, Name, writable: true);
        _isOurs = true;
        _nameIsDurable = false;
        _sent = 0;
    }

    public void Write(ReadOnlySpan<byte> content, long offset)
    {
        SeekableStream stream = OfThisRun();
        stream.Position = offset;
        stream.Write(content);


        // The next redo begins in front again.
        _sent = Math.Min(_sent, offset);
        if (Posix.IsSupported && stream.Position - _sent >= WriteBackLength)
        {
            Posix.BeginWriteBack(_file!, _sent, stream.Position - _sent);
            _sent = stream.Position;
        }
    }

    public void Flush()
    {
        OfThisRun();
        if (_flushFailure is { } earlier)
        {
            throw Failure.Flush(earlier.Errno, Name);
        }

        try
        {
            PortableFlush.Flush(_file!, Name);
            if (!_nameIsDurable && Posix.IsSupported)
            {
                Posix.FlushDirectory(_directory, Name);
            }

            _nameIsDurable = true;
        }
        catch (StorageException failure)
        {
            _flushFailure = failure;
            throw;
        }
    }

    public int Read(Span<byte> buffer, long offset)
    {
        if (_stream is null && !OpenExisting())
        {
            return 0;
        }

        _stream!.Position = offset;
        return _stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
    }

    public void Remove()
    {
        Close();
        if (!Posix.IsSupported)
        {
            OutputPlace.Remove(Name);
            return;
        }

        int errno = Posix.TryUnlink(Name);
        if (errno is not (0 or Errno.NoEntry or Errno.NotADirectory))
        {
            throw Failure.System(errno, StorageError.WriteFailed, Name, "remove");
        }

        // The name may come back after a power cut. That does no harm: no journal speaks of it then, and the next redo takes its place.
    }

    public void Dispose() => Close();

    private SeekableStream OfThisRun() =>
        _isOurs ? _stream! : throw new InvalidOperationException("Only what this object has created is written.");

    private bool OpenExisting()
    {
        if (!Posix.IsSupported)
        {
            if (!File.Exists(Name))
            {
                return false;
            }

            Portably(() => _file = File.OpenHandle(Name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        }
        else
        {
            int errno = Posix.TryOpen(Name, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking, out _file);
            if (errno == Errno.NoEntry)
            {
                return false;
            }

            if (errno != 0)
            {
                throw Failure.System(errno, StorageError.OpenFailed, Name, "open");
            }

            FileStatus status = Posix.Status(_file!, Name);
            if (status.Type != NodeType.RegularFile)
            {
                Close();
                throw Failure.Of(StorageError.OpenFailed, Name, $"is {status.Noun}, not a regular file");
            }

            StateTrust.DemandDirectory(_directory, Name);
            StateTrust.DemandFile(_file!, Name);
        }

        _stream = new SeekableStream(_file!, Name, writable: false);
        return true;
    }

    private void Close()
    {
        _stream?.Dispose();
        _file?.Dispose();
        (_stream, _file, _isOurs, _flushFailure) = (null, null, false, null);
    }

    private void Portably(Action open)
    {
        try
        {
            open();
        }
        catch (Exception error) when (PortableFailure.IsSystem(error))
        {
            throw PortableFailure.From(error, StorageError.OpenFailed, Name, "open");
        }
    }
}

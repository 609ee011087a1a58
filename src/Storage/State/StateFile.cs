using System.Text;
using BinarySync.Storage.Files;
using BinarySync.Storage.Messages;
using BinarySync.Storage.Native;
using BinarySync.Storage.Streams;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.State;

/// <summary>A state file on a file system. docs/Design.md, "What makes a change durable", says what makes it durable.</summary>
public sealed class StateFile : IStateFile
{
    /// <summary>Bytes; a file that holds more is not ours.</summary>
    public const int LargestContent = 64 * 1024;

    private const int LongestName = 255; // bytes, on every file system that matters
    private const uint OwnerOnly = 0x180; // rw-------
    private const string NewSuffix = ".new";

    private readonly string _directory;
    private readonly string _temporary;
    private readonly Action _makeDirectory;
    private SeekableStream? _content;
    private SafeFileHandle? _file;
    private readonly StickyFlush _flush = new();

    /// <summary>Nothing is opened or made yet.</summary>
    /// <param name="path">In a directory that exists when the file is first written.</param>
    public StateFile(string path)
        : this(path, () => { })
    {
    }

    /// <summary>As the other, in a directory that may have to be made.</summary>
    /// <param name="makeDirectory">Called before each <see cref="Replace"/>: makes sure that the directory is there, durably.</param>
    internal StateFile(string path, Action makeDirectory)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Name = path;
        _directory = FileIdentity.DirectoryOf(path);
        _temporary = Path.Combine(_directory, TemporaryName(Path.GetFileName(path)));
        _makeDirectory = makeDirectory;
    }

    public string Name { get; }

    /// <summary>The directory in which this file would lie, if nobody else could write there; null if it lies in its usual place.</summary>
    public string? SharedPlace { get; init; }

    /// <summary>Checks the place before it is relied on.</summary>
    internal Action PlaceDemand { private get; init; } = () => { };

    /// <summary>Makes sure, before hours of reading, that the file can be kept where it is to lie.</summary>
    /// <exception cref="StorageException">
    /// <see cref="StorageError.OpenFailed"/>: it cannot be written there, or would be lost with the power.
    /// </exception>
    public void DemandPlace() => PlaceDemand();

    public byte[]? Read() => !Exists() ? null : Posix.IsSupported ? ReadHere() : ReadPortably();

    public void Replace(ReadOnlySpan<byte> content)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, LargestContent);
        _makeDirectory();
        StateTrust.DemandDirectory(_directory, Name);
        _ = Exists(); // renaming over a device node or link would put a file in its place
        OutputPlace.Remove(_temporary);
        SafeFileHandle file = Create();
        SeekableStream stream = new(file, Name, writable: true);
        try
        {
            // A file that would not be believed when it is read is refused before it is used: a server may give root's files to somebody
            // else, and the file system of a stick may give all files to all.
            StateTrust.DemandFile(file, Name);
            stream.Write(content);
            PortableFlush.Flush(file, Name);
            Rename();
        }
        catch
        {
            // The old content is still there, and can still be overwritten.
            stream.Dispose();
            OutputPlace.Remove(_temporary);
            throw;
        }

        Close();
        try
        {
            // FAT and similar file systems keep the length in the directory entry, and the rename has made that anew.
            PortableFlush.Flush(file, Name);
            FlushDirectory();
        }
        catch
        {
            // The name may lead to either content after a crash: nothing written to this one would be durable.
            stream.Dispose();
            throw;
        }

        (_content, _file) = (stream, file);
    }

    public void Overwrite(ReadOnlySpan<byte> content, long offset)
    {
        _flush.Demand(Name);

        SeekableStream stream = _content ?? throw new InvalidOperationException("Only what this object has put there is overwritten.");
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, stream.Length - content.Length);
        stream.Position = offset;
        stream.Write(content);
        _flush.Run(Name, () => PortableFlush.Flush(_file!, Name));
    }

    public void Remove()
    {
        Close();
        OutputPlace.Remove(_temporary);
        if (!Posix.IsSupported)
        {
            if (Exists())
            {
                Portably(StorageError.WriteFailed, "remove", () => File.Delete(Name));
            }

            return;
        }

        int errno = Posix.TryUnlink(Name);
        if (errno is not (0 or Errno.NoEntry))
        {
            throw Failure.System(errno, StorageError.WriteFailed, Name, "remove");
        }

        // Also if there was no file: an earlier run may have removed it and died before this.
        if (errno == 0 || FileIdentity.IsDirectory(_directory))
        {
            FlushDirectory();
        }
    }

    public void Dispose() => Close();

    private static string TemporaryName(string name) =>
        Encoding.UTF8.GetByteCount(name) + NewSuffix.Length <= LongestName ? name + NewSuffix : HashText.Of(name) + NewSuffix;

    private void Close()
    {
        _content?.Dispose();
        (_content, _file) = (null, null);
        _flush.Clear();
    }

    /// <summary>Checks before anything is opened: opening a pipe would wait, opening a tape would rewind it.</summary>
    private bool Exists()
    {
        if (!Posix.IsSupported)
        {
            return !Directory.Exists(Name) ? File.Exists(Name) : throw Failure.Of(StorageError.OpenFailed, Name, "is a directory");
        }

        int errno = Posix.TryStatus(Name, out FileStatus status, followLinks: false);
        if (errno is not (0 or Errno.NoEntry))
        {
            throw Failure.System(errno, StorageError.OpenFailed, Name, "open");
        }

        if (errno == 0)
        {
            DemandRegular(status);
        }

        return errno == 0;
    }

    private void DemandRegular(FileStatus status)
    {
        if (status.Type != NodeType.RegularFile)
        {
            throw Failure.Of(StorageError.OpenFailed, Name, $"is {status.Noun}, not a regular file");
        }
    }

    private byte[]? ReadHere()
    {
        int errno = Posix.TryOpen(Name, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking, out SafeFileHandle? file);
        if (errno != 0)
        {
            return errno == Errno.NoEntry ? null : throw Failure.System(errno, StorageError.OpenFailed, Name, "open");
        }

        using (file)
        {
            FileStatus status = Posix.Status(file!, Name);
            DemandRegular(status);
            StateTrust.DemandDirectory(_directory, Name);
            StateTrust.DemandFile(file!, Name);
            return ReadAll(file!, status.Size);
        }
    }

    private byte[]? ReadPortably()
    {
        byte[]? content = null;
        Portably(StorageError.OpenFailed, "open", () =>
        {
            using SafeFileHandle file = File.OpenHandle(Name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            content = ReadAll(file, RandomAccess.GetLength(file));
        });
        return content;
    }

    private byte[] ReadAll(SafeFileHandle file, long length)
    {
        if (length > LargestContent)
        {
            throw Failure.Of(StorageError.OpenFailed, Name, $"has {length} bytes: not written by this program");
        }

        using SeekableStream stream = new(file, Name, writable: false);
        byte[] content = new byte[length];
        return content[..stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)];
    }

    private SafeFileHandle Create()
    {
        if (Posix.IsSupported)
        {
            int flags = OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow;
            int errno = Posix.TryOpen(_temporary, flags, out SafeFileHandle? file, OwnerOnly);
            return errno switch
            {
                0 => file!,
                Errno.NoEntry or Errno.NotADirectory => throw DirectoryMissing(errno),
                _ => throw Failure.System(errno, StorageError.OpenFailed, Name, "create"),
            };
        }

        if (!Directory.Exists(_directory))
        {
            throw DirectoryMissing(errno: 0);
        }

        SafeFileHandle? made = null;
        Portably(StorageError.OpenFailed, "create", () =>
            made = File.OpenHandle(_temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete));
        return made!;
    }

    private StorageException DirectoryMissing(int errno) =>
        Failure.Of(StorageError.DirectoryMissing, Name, $"there is no directory {_directory}", errno);

    private void Rename()
    {
        if (Posix.IsSupported)
        {
            int errno = Posix.TryReplace(_temporary, Name);
            if (errno != 0)
            {
                throw Failure.System(errno, StorageError.WriteFailed, Name, "rename the new file");
            }
        }
        else
        {
            Close(); // Windows does not replace an open file
            Portably(StorageError.WriteFailed, "rename the new file", () => File.Move(_temporary, Name, overwrite: true));
        }
    }

    private void FlushDirectory()
    {
        if (Posix.IsSupported)
        {
            Posix.FlushDirectory(_directory, Name);
        }
    }

    private void Portably(StorageError otherwise, string action, Action step)
    {
        try
        {
            step();
        }
        catch (Exception error) when (PortableFailure.IsSystem(error))
        {
            throw PortableFailure.From(error, otherwise, Name, action);
        }
    }
}

using BinarySync.Storage.Native;
using BinarySync.Storage.Streams;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Messages;

/// <summary>Opens a message file for reading, wherever it comes from.</summary>
public static class MessageInput
{
    /// <summary>
    /// A regular file gives a stream that can seek; a pipe, /dev/fd/N or a block device gives one that only goes forward. Unbuffered. For a
    /// named pipe, waits until it has a writer.
    /// </summary>
    /// <param name="path">The file, pipe or device.</param>
    /// <param name="cancellation">Ends the waiting for a pipe's writer.</param>
    /// <exception cref="StorageException">
    /// <see cref="StorageError.NotFound"/>, <see cref="StorageError.IsDirectory"/>, <see cref="StorageError.NotAFileOrBlockDevice"/> for
    /// a character device, <see cref="StorageError.OpenFailed"/>; when it is read, <see cref="StorageError.ReadFailed"/>.
    /// </exception>
    public static Stream Open(string path, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!Posix.IsSupported)
        {
            return OpenPortably(path, cancellation);
        }

        // Opening a named pipe waits for its writer, and nothing could end that. Opened without waiting, the first read waits, and that can
        // be cancelled.
        bool exists = Posix.TryStatus(path, out FileStatus before) == 0;
        if (StandardDescriptors.IsNotGiven(path))
        {
            throw Failure.Of(StorageError.OpenFailed, path, StandardStreams.Closed, Errno.BadDescriptor);
        }

        bool waits = exists && before.Type == NodeType.Pipe && cancellation.CanBeCanceled;
        RefuseCharacterDevice(before, path); // opening one may wait for ever, or have an effect
        SafeFileHandle file = Posix.Open(path, OpenFlags.ReadOnly | (waits ? OpenFlags.NonBlocking : 0));
        try
        {
            FileStatus status = Posix.Status(file, path);
            RefuseCharacterDevice(status, path);
            switch (status.Type)
            {
                case NodeType.Directory: // these open well, and fail when they are read
                    throw Failure.Of(StorageError.IsDirectory, path, "is a directory");
                case NodeType.RegularFile:
                    Posix.AdviseSequential(file);
                    return new SeekableStream(file, path, writable: false);
                default:
                    return new ForwardReader(file, path, cancellation);
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads the beginning of a regular file, for hints, and returns the number of bytes read; 0 for anything else, or if it cannot be
    /// read. Never throws, never waits.
    /// </summary>
    public static int Peek(string path, Span<byte> start)
    {
        if (!Posix.IsSupported || Posix.TryStatus(path, out FileStatus status) != 0 || status.Type != NodeType.RegularFile
            || Posix.TryOpen(path, OpenFlags.ReadOnly | OpenFlags.NonBlocking, out SafeFileHandle? file) != 0)
        {
            return 0;
        }

        using (file)
        {
            return Posix.TryReadAt(file!, start, 0, out _);
        }
    }

    /// <summary>True if something has this name, whatever it is.</summary>
    public static bool Exists(string path) => Posix.IsSupported ? Posix.TryStatus(path, out _) == 0 : Path.Exists(path);

    /// <summary>A terminal, /dev/zero or the like holds no message, and most of them never end.</summary>
    internal static void RefuseCharacterDevice(in FileStatus status, string name)
    {
        if (status.Type == NodeType.CharacterDevice)
        {
            throw Failure.Of(
                StorageError.NotAFileOrBlockDevice,
                name,
                "is a character device (a terminal, /dev/zero or the like): a message is a file or a pipe");
        }
    }

    private static Stream OpenPortably(string path, CancellationToken cancellation)
    {
        if (Directory.Exists(path))
        {
            throw Failure.Of(StorageError.IsDirectory, path, "is a directory");
        }

        try
        {
            SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.SequentialScan);
            return CanSeek(file) ? new SeekableStream(file, path, writable: false) : new ForwardReader(file, path, cancellation);
        }
        catch (Exception error) when (PortableFailure.IsSystem(error))
        {
            throw PortableFailure.From(error, StorageError.OpenFailed, path, "open");
        }
    }

    private static bool CanSeek(SafeFileHandle file)
    {
        try
        {
            return RandomAccess.GetLength(file) >= 0;
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }
}

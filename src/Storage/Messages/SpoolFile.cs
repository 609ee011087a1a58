using System.Globalization;
using BinarySync.Storage.Files;
using BinarySync.Storage.Native;
using BinarySync.Storage.Streams;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Messages;

/// <summary>Space on a disk for data that must not outlive the run: a file without a name.</summary>
public static class SpoolFile
{
    private const uint OwnerOnly = 0x180; // rw-------: the content of a disk is nobody else's business

    /// <summary>An empty file that can be written, sought and read, and disappears when it is closed or the process ends.</summary>
    /// <exception cref="StorageException">
    /// <see cref="StorageError.DirectoryMissing"/>, <see cref="StorageError.OpenFailed"/>, <see cref="StorageError.NoSpace"/>; when
    /// it is written, <see cref="StorageError.NoSpace"/> or <see cref="StorageError.WriteFailed"/>.
    /// </exception>
    public static Stream Create(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (!FileIdentity.IsDirectory(directory))
        {
            throw Failure.Of(StorageError.DirectoryMissing, directory, "there is no such directory");
        }

        SafeFileHandle file = Posix.IsSupported ? CreateNameless(directory) ?? CreateAndUnlink(directory) : CreatePortably(directory);
        return new SeekableStream(file, directory, writable: true);
    }

    /// <summary>Null if the file system has no nameless files.</summary>
    internal static SafeFileHandle? CreateNameless(string directory)
    {
        int flags = OpenFlags.ReadWrite | OpenFlags.Temporary | OpenFlags.Exclusive; // exclusive: it never gets a name
        int errno = Posix.TryOpen(directory, flags, out SafeFileHandle? file, OwnerOnly);
        return errno == 0 || Posix.IsWithoutNameless(errno)
            ? file
            : throw Failure.System(errno, StorageError.OpenFailed, directory, "create a file");
    }

    internal static SafeFileHandle CreateAndUnlink(string directory)
    {
        for (int attempt = 0; ; attempt++)
        {
            string path = NameIn(directory, attempt);
            int flags = OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive;
            int errno = Posix.TryOpen(path, flags, out SafeFileHandle? file, OwnerOnly);
            if (errno == 0)
            {
                Posix.Unlink(path);
                return file!;
            }

            if (errno != Errno.Exists)
            {
                throw Failure.System(errno, StorageError.OpenFailed, directory, "create a file");
            }
        }
    }

    private static SafeFileHandle CreatePortably(string directory)
    {
        try
        {
            string path = NameIn(directory, Environment.TickCount);
            return File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        }
        catch (Exception error) when (PortableFailure.IsSystem(error))
        {
            throw PortableFailure.From(error, StorageError.OpenFailed, directory, "create a file");
        }
    }

    private static string NameIn(string directory, int attempt) =>
        Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $".binarysync-spool-{Environment.ProcessId}-{attempt}"));
}

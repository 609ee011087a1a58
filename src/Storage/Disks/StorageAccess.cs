using BinarySync.Storage.Native;
using BinarySync.Storage.Usage;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Disks;

/// <summary>Turns a path into a storage. Regular files everywhere, block devices on Linux.</summary>
public static class StorageAccess
{
    /// <summary>Opens a file or block device for reading, without any lock.</summary>
    /// <param name="cache">What becomes of the page cache behind its readers.</param>
    /// <exception cref="StorageException">
    /// <see cref="StorageError.NotFound"/>, <see cref="StorageError.IsDirectory"/>,
    /// <see cref="StorageError.NotAFileOrBlockDevice"/>, <see cref="StorageError.OpenFailed"/>,
    /// <see cref="StorageError.NoMedium"/>, <see cref="StorageError.SizeUntrue"/>.
    /// </exception>
    public static IReadableStorage OpenSource(string path, CachePolicy cache = CachePolicy.Keep)
    {
        if (!Posix.IsSupported)
        {
            return PortableStorage.OpenSource(path);
        }

        FileStatus expected = Examine(path);
        (SafeFileHandle file, FileStatus status) = Open(path, expected, OpenFlags.ReadOnly);
        return Finish(file, () =>
        {
            // What was written under another name of the same medium, and not yet written out, is waited for.
            SharedMedium.WriteBack(SharedMedium.Names(new KernelView(), status));
            Posix.AdviseSequential(file);
            return new LinuxStorage(path, file, status, writable: false, isSource: true, cache);
        });
    }

    /// <summary>
    /// Opens a file or block device to be patched in place, after making sure that nothing else uses it: a device is opened
    /// exclusively and must not be mounted, swapped on or held (nor its partitions); a file must not be locked, swapped on or
    /// under a loop device, and stays locked until it is disposed.
    /// </summary>
    /// <param name="messageFiles">
    /// Paths of the files of this run, existing or to be made: none of them may be the target or lie on it.
    /// </param>
    /// <param name="readOnly">For a dry run: the same guards, but the storage refuses to be written.</param>
    /// <param name="cache">What becomes of the page cache behind a pass that says that it reads once (<see cref="IReadableStorage.ReadOnce"/>).</param>
    /// <param name="unguarded">
    /// True: opens it although something could not be looked at (<see cref="DeviceUsage.UnseenOfTarget"/>). A user that is seen is refused all the same.
    /// </param>
    /// <exception cref="StorageException">
    /// As <see cref="OpenSource"/>, and <see cref="StorageError.InUse"/>, <see cref="StorageError.Unguarded"/>.
    /// </exception>
    public static IWritableStorage OpenTarget(
        string path, IReadOnlyList<string> messageFiles, bool readOnly = false, CachePolicy cache = CachePolicy.Keep, bool unguarded = false)
    {
        ArgumentNullException.ThrowIfNull(messageFiles);
        if (!Posix.IsSupported)
        {
            return PortableStorage.OpenTarget(path, messageFiles, readOnly);
        }

        FileStatus expected = Examine(path);
        int flags = readOnly ? OpenFlags.ReadOnly : OpenFlags.ReadWrite;
        if (expected.Type == NodeType.BlockDevice)
        {
            flags |= OpenFlags.Exclusive; // on a device: not while it is mounted or held
        }

        // A message that is the target is said to be just that, not "busy".
        TargetGuard guard = new(path, expected);
        guard.DemandNoneOf(messageFiles);
        (SafeFileHandle file, FileStatus status) = guard.Explain(() => Open(path, expected, flags));
        return Finish(file, () =>
        {
            TargetHold hold = guard.DemandUnused(file, readOnly, unguarded);
            try
            {
                if (!readOnly && status.Type == NodeType.BlockDevice && Posix.IsReadOnly(file))
                {
                    throw Failure.Of(StorageError.OpenFailed, path, "is a read-only device", Errno.ReadOnly);
                }

                return new LinuxStorage(path, file, status, writable: !readOnly, isSource: false, cache) { Hold = hold };
            }
            catch
            {
                hold.Dispose();
                throw;
            }
        });
    }

    /// <summary>
    /// Looks before anything is opened: opening a pipe would wait, opening a tape would rewind it.
    /// </summary>
    internal static FileStatus Examine(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        int errno = Posix.TryStatus(path, out FileStatus status);
        if (errno != 0)
        {
            throw Failure.Open(errno, path);
        }

        return status.Type switch
        {
            NodeType.RegularFile or NodeType.BlockDevice => status,
            NodeType.Directory => throw Failure.Of(StorageError.IsDirectory, path, "is a directory"),
            _ => throw Failure.Of(
                StorageError.NotAFileOrBlockDevice, path, $"is {status.Noun}, not a regular file or block device"),
        };
    }

    private static (SafeFileHandle File, FileStatus Status) Open(string path, FileStatus expected, int flags)
    {
        SafeFileHandle file = Posix.Open(path, flags);
        return Finish(file, () =>
        {
            FileStatus status = Posix.Status(file, path);
            return status.Type == expected.Type && status.IsSameNode(expected)
                ? (file, status)
                : throw Failure.Of(StorageError.OpenFailed, path, "became another file while it was opened");
        });
    }

    /// <summary>What follows opening; the descriptor is closed where that fails.</summary>
    private static T Finish<T>(SafeFileHandle file, Func<T> next)
    {
        try
        {
            return next();
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}

using System.Text;
using BinarySync.Storage.Native;
using BinarySync.Storage.Usage;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Disks;

/// <summary>Regular files and block devices on Linux, by their paths.</summary>
internal sealed class LinuxPaths : StorageScheme
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public override IReadableStorage OpenSource(string name, CachePolicy cache)
    {
        FileStatus expected = Examine(name);
        (SafeFileHandle file, FileStatus status) = Open(name, expected, OpenFlags.ReadOnly);
        return Finish(file, () =>
        {
            // Waits for bytes that were written under another name of the same medium and are not yet written out.
            SharedMedium.WriteBack(SharedMedium.Names(new KernelView(), status));
            Posix.AdviseSequential(file);
            return new LinuxStorage(name, file, status, writable: false, isSource: true, cache);
        });
    }

    public override IWritableStorage OpenTarget(
        string name, IReadOnlyList<string> messageFiles, bool readOnly, CachePolicy cache, bool unguarded)
    {
        FileStatus expected = Examine(name);
        int flags = readOnly ? OpenFlags.ReadOnly : OpenFlags.ReadWrite;
        if (expected.Type == NodeType.BlockDevice)
        {
            flags |= OpenFlags.Exclusive; // on a device: not while it is mounted or held
        }

        // If a message is the target itself, the error says so, and not "busy".
        TargetGuard guard = new(name, expected);
        guard.DemandNoneOf(messageFiles);
        (SafeFileHandle file, FileStatus status) = guard.Explain(() => Open(name, expected, flags));
        return Finish(file, () =>
        {
            TargetHold hold = guard.DemandUnused(file, readOnly, unguarded);
            try
            {
                if (!readOnly && status.Type == NodeType.BlockDevice && Posix.IsReadOnly(file))
                {
                    // A drive without a medium may also be read-only. The useful thing to say is that it is empty.
                    _ = SizeEvidence.LengthOf(file, status, name);
                    throw Failure.Of(StorageError.OpenFailed, name, "is a read-only device", Errno.ReadOnly);
                }

                return new LinuxStorage(name, file, status, writable: !readOnly, isSource: false, cache) { Hold = hold };
            }
            catch
            {
                hold.Dispose();
                throw;
            }
        });
    }

    /// <summary>The real path of a regular file; what the kernel knows of a block device.</summary>
    public override string Identify(string name)
    {
        FileStatus status = Examine(name);
        return status.Type == NodeType.BlockDevice ? DeviceName.Of(status.Node, new KernelView()) : IdentifyFile(name);
    }

    /// <summary>A file beside a device node would not survive a restart.</summary>
    public override bool NeedsStateDirectory(string name) =>
        Posix.TryStatus(name, out FileStatus status) == 0 && status.Type == NodeType.BlockDevice;

    private static string IdentifyFile(string path)
    {
        int errno = Posix.TryRealPath(path, out byte[] resolved);
        if (errno != 0)
        {
            throw Failure.Open(errno, path);
        }

        try
        {
            return "file:" + _strict.GetString(resolved);
        }
        catch (DecoderFallbackException)
        {
            return "file:sha256:" + HashText.Of(resolved);
        }
    }

    /// <summary>Checks before anything is opened: opening a pipe would wait, opening a tape would rewind it.</summary>
    private static FileStatus Examine(string path)
    {
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

    /// <summary>The steps after opening; the descriptor is closed if one of them fails.</summary>
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

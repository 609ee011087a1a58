using BinarySync.Storage.Files;
using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Usage;

/// <summary>Refuses a target that something uses, and names the user.</summary>
internal sealed class TargetGuard(string path, FileStatus target)
{
    private const int MostNamed = 4;

    private readonly KernelView _kernel = new();
    private readonly UsageFinder _finder = new(new KernelView());

    /// <summary>Opens, and if the kernel finds it busy, says what uses it.</summary>
    public T Explain<T>(Func<T> open)
    {
        try
        {
            return open();
        }
        catch (StorageException busy) when (busy.Error == StorageError.InUse)
        {
            IReadOnlyList<string> uses = Uses();
            throw uses.Count > 0
                ? Used(uses, busy.Errno)
                : Held("opened exclusively by another process, perhaps another apply", busy.Errno);
        }
    }

    /// <summary>
    /// Looks for users, and locks a regular file, or the file below a loop device. Then no other name of the target remembers old content.
    /// </summary>
    /// <param name="unguarded">
    /// Takes a target although something could not be checked. If a user is seen, the target is refused all the same.
    /// </param>
    /// <returns>The locks and names to be held as long as the target is open.</returns>
    public TargetHold DemandUnused(SafeFileHandle file, bool readOnly, bool unguarded)
    {
        // Checked even if the kernel let us in: an exclusive open does not see a loop device over a disk, for example.
        IReadOnlyList<string> uses = Uses();
        if (uses.Count > 0)
        {
            throw Used(uses);
        }

        if (target.Type == NodeType.RegularFile
            && !(readOnly ? Posix.TryLockForReading(file) : Posix.TryLockForWriting(file)))
        {
            throw Held("locked by another process" + LockHolder.Of(_kernel, target));
        }

        IReadOnlyList<LoopLayer> layers = target.Type == NodeType.BlockDevice ? LoopLayer.Below(_kernel, target.Node) : [];
        LoopLocks locks = new(_kernel, layers, readOnly);
        try
        {
            if (locks.TryTake() is { } refused)
            {
                throw Held(refused);
            }

            IReadOnlyList<UnseenTable> unseen = [.. _finder.Unseen(target), .. locks.Unseen];
            if (!unguarded && unseen.Count > 0)
            {
                throw Failure.Unguarded(path, unseen);
            }

            IReadOnlyList<BlockDevice> names = SharedMedium.Names(_kernel, target);
            SharedMedium.Drop(names);
            return new TargetHold(locks.Held, readOnly ? [] : names);
        }
        catch
        {
            locks.Dispose();
            throw;
        }
    }

    /// <summary>No file of this run may be the target, or lie on the target device.</summary>
    public void DemandNoneOf(IReadOnlyList<string> messageFiles)
    {
        FileStatus? backing = target.Type == NodeType.BlockDevice ? _finder.BackingOf(target.Node) : null;
        foreach (string message in messageFiles)
        {
            bool exists = Posix.TryStatus(message, out FileStatus status) == 0;
            if (!exists && !TryStatusAbove(message, out status))
            {
                continue;
            }

            if (exists && IsTarget(status))
            {
                throw Failure.Of(StorageError.InUse, path, $"{message} is the target itself");
            }

            if (exists && backing is { } below && status.IsSameNode(below))
            {
                throw Failure.Of(StorageError.InUse, path, $"this loop device is on top of {message}");
            }

            if (status.Type is NodeType.RegularFile or NodeType.Directory && _finder.LiesOn(status, target))
            {
                string what = target.Type == NodeType.BlockDevice ? "device" : "file";
                throw Failure.Of(StorageError.InUse, path, $"{message} is on the {what} that would be patched");
            }
        }
    }

    /// <summary>A file still to be made will lie where its directory lies, and a missing directory where the one above it lies.</summary>
    private static bool TryStatusAbove(string path, out FileStatus status)
    {
        string directory = FileIdentity.DirectoryOf(path);
        while (Posix.TryStatus(directory, out status) != 0)
        {
            string above = FileIdentity.DirectoryOf(directory);
            if (above == directory)
            {
                return false;
            }

            directory = above;
        }

        return true;
    }

    private bool IsTarget(FileStatus status) =>
        status.IsSameNode(target)
        || (status.Type == NodeType.BlockDevice
            && target.Type == NodeType.BlockDevice
            && (status.Node == target.Node || _finder.IsRelated(status.Node, target.Node)));

    private IReadOnlyList<string> Uses() =>
        target.Type == NodeType.BlockDevice ? _finder.UsesOfDevice(target.Node) : _finder.UsesOfFile(target);

    private StorageException Held(string how, int errno = 0) => Failure.InUse(path, how, errno, StorageContext.HeldOpen);

    private StorageException Used(IReadOnlyList<string> uses, int errno = 0) =>
        Failure.InUse(path, Join(uses), errno, StorageContext.UsedBySystem);

    private static string Join(IReadOnlyList<string> uses) =>
        string.Join(", ", uses.Take(MostNamed)) + (uses.Count > MostNamed ? $" and {uses.Count - MostNamed} more" : "");
}

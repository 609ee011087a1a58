using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Usage;

/// <summary>
/// Locks the layers below a target that is, or is built on, a loop device: another program may have that file or device as its own target,
/// under its own name.
/// </summary>
/// <param name="kernel">Tells who holds a lock.</param>
/// <param name="layers">From the top down.</param>
/// <param name="readOnly">For a dry run: nothing is locked against readers.</param>
internal sealed class LoopLocks(KernelView kernel, IReadOnlyList<LoopLayer> layers, bool readOnly) : IDisposable
{
    private readonly List<SafeFileHandle> _held = [];
    private readonly List<UnseenTable> _unseen = [];

    /// <summary>Descriptors that hold the locks; the caller that takes them closes them.</summary>
    public IReadOnlyList<SafeFileHandle> Held => _held;

    /// <summary>Layers that could not be locked, because they could not be opened under the name that the kernel tells.</summary>
    public IReadOnlyList<UnseenTable> Unseen => _unseen;

    /// <summary>Takes all locks.</summary>
    /// <returns>Null, or why one lock could not be had, as the end of a sentence.</returns>
    public string? TryTake()
    {
        foreach (LoopLayer layer in layers)
        {
            if (TryTake(layer) is { } refused)
            {
                return refused;
            }
        }

        return null;
    }

    public void Dispose()
    {
        foreach (SafeFileHandle handle in _held)
        {
            handle.Dispose();
        }
    }

    private string? TryTake(LoopLayer layer)
    {
        string name = layer.Loop.Name;
        string path = layer.Loop.BackingFile ?? "";
        if (layer.Backing is not { } backing || Posix.TryStatus(path, out FileStatus status) != 0 || !IsSame(status, backing))
        {
            _unseen.Add(new UnseenTable(UsageTable.LoopLock, name, $"does not lead to what is below it ({path})"));
            return null;
        }

        bool isDevice = backing.Type == NodeType.BlockDevice;
        if (isDevice && layer.IsMapped)
        {
            return null; // the mapping holds it exclusively, through the loop device only: that device is checked as a user of this one
        }

        int errno = isDevice
            ? Posix.TryOpen(path, OpenFlags.ReadOnly | OpenFlags.Exclusive, out SafeFileHandle? file)
            : OpenFile(path, out file);
        if (errno == Errno.Busy)
        {
            return $"{path}, which is below {name}, is mounted, held, or opened exclusively by another process";
        }

        if (errno != 0)
        {
            _unseen.Add(new UnseenTable(UsageTable.LoopLock, name, $"has a file below it that cannot be opened ({path})"));
            return null;
        }

        _held.Add(file!);
        if (!IsSame(Posix.Status(file!, path), backing))
        {
            return $"{path}, which is below {name}, became another file while it was opened";
        }

        return isDevice || TryLock(file!, layer)
            ? null
            : $"{path}, which is below {name}, is locked by another process{LockHolder.Of(kernel, Posix.Status(file!, path))}";
    }

    // Several mappings may share one loop device: each takes a shared lock, which keeps off programs that want the file exclusively.
    private bool TryLock(SafeFileHandle file, LoopLayer layer) => readOnly || layer.IsMapped
        ? Posix.TryLockForReading(file, layer.Start, layer.Length, allowsReaders: layer.IsMapped)
        : Posix.TryLockForWriting(file, layer.Start, layer.Length);

    // A lock against readers needs a descriptor that may write.
    private int OpenFile(string path, out SafeFileHandle? file)
    {
        file = null;
        return !readOnly && Posix.TryOpen(path, OpenFlags.ReadWrite, out file) == 0 ? 0 : Posix.TryOpen(path, OpenFlags.ReadOnly, out file);
    }

    private static bool IsSame(FileStatus one, FileStatus other) => one.Type == other.Type
        && (one.Type == NodeType.BlockDevice ? one.Node == other.Node : one.IsSameNode(other));
}

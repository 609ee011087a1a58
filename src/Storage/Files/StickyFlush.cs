using BinarySync.Storage.Native;

namespace BinarySync.Storage.Files;

/// <summary>
/// Flushes, and fails for ever once a flush has failed: the kernel tells a descriptor of a failed write-back only once, and the next fsync
/// would succeed over lost data.
/// </summary>
internal sealed class StickyFlush
{
    private StorageException? _failure;

    /// <summary>Flushes, unless it has failed before.</summary>
    /// <param name="name">The name of the file that is flushed.</param>
    /// <param name="flush">Flushes it.</param>
    /// <exception cref="StorageException"><see cref="StorageError.FlushFailed"/>.</exception>
    public void Run(string name, Action flush)
    {
        Demand(name);
        try
        {
            flush();
        }
        catch (StorageException failure)
        {
            _failure = failure;
            throw;
        }
    }

    /// <summary>Demands that no flush has failed.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.FlushFailed"/>.</exception>
    public void Demand(string name)
    {
        if (_failure is { } earlier)
        {
            throw Failure.Flush(earlier.Errno, name);
        }
    }

    /// <summary>Begins anew, with another descriptor.</summary>
    public void Clear() => _failure = null;
}

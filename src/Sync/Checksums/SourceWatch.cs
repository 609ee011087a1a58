using BinarySync.Storage;

namespace BinarySync.Sync.Checksums;

/// <summary>
/// Detects whether a source changed while it was read: compares size, mtime and ctime of a regular file before and after.
/// </summary>
internal readonly struct SourceWatch
{
    private readonly IReadableStorage _source;
    private readonly SourceStamp _before;
    private readonly bool _live;

    /// <summary>Takes the first stamp.</summary>
    /// <param name="source">The source, just opened.</param>
    /// <param name="live">True if the user said that it may change.</param>
    public SourceWatch(IReadableStorage source, bool live)
    {
        _source = source;
        _live = live;
        _before = source.ReadStamp();
    }

    /// <summary>Takes the second stamp and compares.</summary>
    /// <exception cref="SyncException"><see cref="SyncError.SourceChanged"/>.</exception>
    public void ThrowIfChanged()
    {
        if (!_live && _source.ReadStamp() != _before)
        {
            throw new SyncException(SyncReason.SourceChanged, _source.Name, "changed while it was read");
        }
    }
}

using BinarySync.Storage.Streams;

namespace BinarySync.Storage.Messages;

/// <summary>
/// A file that appears under its name only when it is complete and flushed. Until then it has no name. If the file system has no such
/// files, it is a hidden file in the same directory.
/// </summary>
public sealed class OutputFile : MessageOutput
{
    private readonly OutputDraft _draft;
    private readonly BufferedWriter _writer;
    private bool _committed;

    private OutputFile(OutputPlace place, OutputDraft draft)
        : base(place.Name)
    {
        _draft = draft;
        _writer = new BufferedWriter(draft.File, place.Name);
    }

    public override Stream Stream => _writer;

    /// <summary>Begins a file, after making sure that its name can be taken.</summary>
    /// <param name="replace">
    /// True: an existing regular file is replaced by <see cref="Commit"/>.
    /// </param>
    /// <param name="rights">Who may read and write it; null: as the umask says.</param>
    /// <exception cref="StorageException">
    /// <see cref="StorageError.IsLink"/>, whatever <paramref name="replace"/>: the user who made the link may have no right to write its
    /// target; <see cref="StorageError.Exists"/> (also a device or pipe, whatever <paramref name="replace"/>),
    /// <see cref="StorageError.DirectoryMissing"/>, <see cref="StorageError.IsDirectory"/>, <see cref="StorageError.OpenFailed"/>,
    /// <see cref="StorageError.NoSpace"/>.
    /// </exception>
    public static OutputFile Create(string path, bool replace, OutputRights? rights = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        OutputPlace place = OutputPlace.Find(path, replace, rights);
        return new OutputFile(place, OutputDraft.Create(place));
    }

    /// <summary>
    /// Makes sure that a name can be taken, and makes nothing: for a caller with many outputs that refuses them as a whole.
    /// </summary>
    /// <exception cref="StorageException">As <see cref="Create"/>.</exception>
    public static void DemandName(string path, bool replace)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _ = OutputPlace.Find(path, replace);
    }

    public override void Commit()
    {
        if (_committed)
        {
            throw new InvalidOperationException("An output is committed once.");
        }

        // Set whatever happens next: after a failed flush, another one would succeed over lost data.
        _committed = true;
        _writer.Flush();
        _draft.Publish();
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing || _draft.File.IsClosed)
        {
            return;
        }

        _writer.Dispose();
        _draft.File.Dispose();
        _draft.Abandon();
    }
}

namespace BinarySync.Storage;

/// <summary>
/// A small file whose every change is durable when the call returns: what a run must still know after a power cut. One process uses it at a
/// time.
/// </summary>
public interface IStateFile : IDisposable
{
    /// <summary>The path, for messages.</summary>
    string Name { get; }

    /// <summary>All of the file; null if there is none.</summary>
    /// <exception cref="StorageException">
    /// <see cref="StorageError.ReadFailed"/>; <see cref="StorageError.OpenFailed"/>, also if this is no state file: larger than one can be,
    /// a symbolic link, a directory; <see cref="StorageError.Untrusted"/> if somebody else could have written it.
    /// </exception>
    byte[]? Read();

    /// <summary>
    /// Creates the file, or replaces all of its content: after a crash the file has the old content or the new one, whole.
    /// </summary>
    /// <exception cref="StorageException">
    /// <see cref="StorageError.NoSpace"/>, <see cref="StorageError.DirectoryMissing"/>, <see cref="StorageError.OpenFailed"/>,
    /// <see cref="StorageError.WriteFailed"/>; <see cref="StorageError.Untrusted"/>: it would not be believed when it is read;
    /// <see cref="StorageError.FlushFailed"/>: either content may be there.
    /// </exception>
    void Replace(ReadOnlySpan<byte> content);

    /// <summary>
    /// Writes inside the content that <see cref="Replace"/> of this object has made, without taking more space (a file system that copies
    /// on write may need some all the same). A crash may leave any part of these bytes written, and changes no others.
    /// </summary>
    /// <exception cref="StorageException">
    /// <see cref="StorageError.WriteFailed"/>, <see cref="StorageError.NoSpace"/>; <see cref="StorageError.FlushFailed"/>, from then on
    /// until the next <see cref="Replace"/>.
    /// </exception>
    void Overwrite(ReadOnlySpan<byte> content, long offset);

    /// <summary>Removes the file, if there is one.</summary>
    /// <exception cref="StorageException">
    /// <see cref="StorageError.WriteFailed"/> or <see cref="StorageError.FlushFailed"/>: it may still be there.
    /// </exception>
    void Remove();
}

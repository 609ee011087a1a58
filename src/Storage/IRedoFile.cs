namespace BinarySync.Storage;

/// <summary>
/// A file for content that must survive while its source is overwritten. It is beside the journal, which says whether its content counts.
/// One process uses it at a time.
/// </summary>
public interface IRedoFile : IDisposable
{
    /// <summary>The path, for messages.</summary>
    string Name { get; }

    /// <summary>
    /// Begins a new, empty file in place of an existing one. Its name becomes durable with the first <see cref="Flush"/>.
    /// </summary>
    /// <exception cref="StorageException">
    /// <see cref="StorageError.DirectoryMissing"/>, <see cref="StorageError.OpenFailed"/>, <see cref="StorageError.Untrusted"/>.
    /// </exception>
    void Create();

    /// <summary>Writes, and grows the file if needed. Not durable before <see cref="Flush"/>.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.NoSpace"/>, <see cref="StorageError.WriteFailed"/>.</exception>
    void Write(ReadOnlySpan<byte> content, long offset);

    /// <summary>Returns only when all written bytes and the file's name are durable.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.FlushFailed"/>.</exception>
    void Flush();

    /// <summary>Reads from the file that was created, or that an earlier run has left.</summary>
    /// <returns>Bytes read: fewer than asked for at the end, or if there is no file.</returns>
    /// <exception cref="StorageException">
    /// <see cref="StorageError.ReadFailed"/>, <see cref="StorageError.OpenFailed"/>, <see cref="StorageError.Untrusted"/>.
    /// </exception>
    int Read(Span<byte> buffer, long offset);

    /// <summary>Removes the file, if there is one.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.WriteFailed"/>.</exception>
    void Remove();
}

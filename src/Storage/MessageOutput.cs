namespace BinarySync.Storage;

/// <summary>A place to which a message file is written. Nothing counts before <see cref="Commit"/> has returned.</summary>
public abstract class MessageOutput : IDisposable
{
    protected MessageOutput(string name) => Name = name;

    /// <summary>The path as the user gave it, or "standard output".</summary>
    public string Name { get; }

    /// <summary>
    /// Buffered, forward only; <see cref="Stream.Position"/> counts the bytes accepted. Its errors are
    /// <see cref="StorageException"/>: <see cref="StorageError.WriteFailed"/>, <see cref="StorageError.NoSpace"/>,
    /// <see cref="StorageError.FileTooLarge"/>, and they name <see cref="Name"/>.
    /// </summary>
    public abstract Stream Stream { get; }

    /// <summary>Writes out the buffer, makes all durable and, for a file, gives it its name. At most once.</summary>
    /// <exception cref="StorageException">
    /// As the stream; <see cref="StorageError.FlushFailed"/>; <see cref="StorageError.Exists"/> if another process was faster.
    /// </exception>
    public abstract void Commit();

    /// <summary>Without a <see cref="Commit"/> before it, leaves nothing of a file behind.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}

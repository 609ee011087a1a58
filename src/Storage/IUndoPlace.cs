using BinarySync.Storage.Messages;

namespace BinarySync.Storage;

/// <summary>Where an undo file is kept, or will be.</summary>
public interface IUndoPlace
{
    /// <summary>The path, for messages.</summary>
    string Name { get; }

    /// <summary>What is there already, seekable and read-only; null where there is none.</summary>
    /// <exception cref="StorageException">
    /// As <see cref="MessageInput.Open"/>; <see cref="StorageError.Exists"/> where something else than a regular file has the name;
    /// <see cref="StorageError.Untrusted"/> where somebody else could have written it.
    /// </exception>
    Stream? OpenExisting(CancellationToken cancellation);

    /// <summary>Room on the same file system for data that does not outlive the run.</summary>
    /// <exception cref="StorageException">As <see cref="SpoolFile.Create"/>.</exception>
    Stream CreateSpool();

    /// <summary>Begins the undo file. What exists is not replaced.</summary>
    /// <exception cref="StorageException">As <see cref="OutputFile.Create"/>.</exception>
    MessageOutput Create();
}

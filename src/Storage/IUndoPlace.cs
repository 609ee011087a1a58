using BinarySync.Storage.Messages;

namespace BinarySync.Storage;

/// <summary>Where an undo file is kept, or will be.</summary>
public interface IUndoPlace
{
    /// <summary>The path, for messages.</summary>
    string Name { get; }

    /// <summary>The file that is there already, seekable and read-only; null if there is none.</summary>
    /// <exception cref="StorageException">
    /// As <see cref="MessageInput.Open"/>; <see cref="StorageError.Exists"/> if something other than a regular file has the name;
    /// <see cref="StorageError.Untrusted"/> if somebody else could have written it.
    /// </exception>
    Stream? OpenExisting(CancellationToken cancellation);

    /// <summary>Space on the same file system for data that does not outlive the run.</summary>
    /// <exception cref="StorageException">As <see cref="SpoolFile.Create"/>.</exception>
    Stream CreateSpool();

    /// <summary>Begins the undo file. An existing file is not replaced.</summary>
    /// <exception cref="StorageException">As <see cref="OutputFile.Create"/>.</exception>
    MessageOutput Create();
}

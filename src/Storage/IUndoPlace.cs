namespace BinarySync.Storage;

/// <summary>Where an undo file is written, and found again by a later run.</summary>
public interface IUndoPlace
{
    /// <summary>The path, for messages.</summary>
    string Name { get; }

    /// <summary>The file that stands there, to be read and sought; null where there is none.</summary>
    /// <exception cref="StorageException">It cannot be opened.</exception>
    Stream? OpenExisting(CancellationToken cancellation);

    /// <summary>Room beside it that nobody sees and that is gone with the run.</summary>
    /// <exception cref="StorageException">There is no such room.</exception>
    Stream CreateSpool();

    /// <summary>Begins the file. It must not exist.</summary>
    /// <exception cref="StorageException">It cannot be created.</exception>
    MessageOutput Create();
}

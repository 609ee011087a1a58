using BinarySync.Storage.Native;

namespace BinarySync.Storage;

/// <summary>The path of an undo file.</summary>
public sealed class UndoPlace(string path) : IUndoPlace
{
    public string Name { get; } = path;

    public Stream? OpenExisting(CancellationToken cancellation)
    {
        if (!Posix.IsSupported)
        {
            return File.Exists(Name) ? MessageInput.Open(Name, cancellation) : null;
        }

        // A pipe would be waited for; and what is there is either an undo file or in the way.
        int errno = Posix.TryStatus(Name, out FileStatus status);
        return errno switch
        {
            Errno.NoEntry => null,
            not 0 => throw Failure.Open(errno, Name),
            _ when status.Type is NodeType.RegularFile or NodeType.Directory => MessageInput.Open(Name, cancellation),
            _ => throw Failure.Of(StorageError.Exists, Name, $"is {status.Noun}, which is not replaced by a file"),
        };
    }

    public Stream CreateSpool() => SpoolFile.Create(FileIdentity.DirectoryOf(Name));

    public MessageOutput Create() => OutputFile.Create(Name, replace: false);
}

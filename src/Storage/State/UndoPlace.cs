using BinarySync.Storage.Files;
using BinarySync.Storage.Messages;
using BinarySync.Storage.Native;
using BinarySync.Storage.Streams;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.State;

/// <summary>The path of an undo file.</summary>
/// <param name="rights">Who may read it; null: as the umask says. Nobody else may write it.</param>
public sealed class UndoPlace(string path, OutputRights? rights = null) : IUndoPlace
{
    public string Name { get; } = path;

    public Stream? OpenExisting(CancellationToken cancellation)
    {
        if (!Posix.IsSupported)
        {
            return File.Exists(Name) ? MessageInput.Open(Name, cancellation) : null;
        }

        // Opening a pipe would wait. And an existing file is either an undo file or in the way.
        int errno = Posix.TryStatus(Name, out FileStatus status, followLinks: false);
        return errno switch
        {
            Errno.NoEntry => null,
            not 0 => throw Failure.Open(errno, Name),
            _ when status.Type == NodeType.RegularFile => OpenDurably(),
            _ when status.Type == NodeType.SymbolicLink => throw OutputPlace.IsLink(Name, new FileInfo(Name).LinkTarget),
            _ when status.Type == NodeType.Directory => throw Failure.Of(StorageError.IsDirectory, Name, "is a directory"),
            _ => throw Failure.Of(StorageError.Exists, Name, $"is {status.Noun}, which is not replaced by a file"),
        };
    }

    public Stream CreateSpool() => SpoolFile.Create(FileIdentity.DirectoryOf(Name));

    public MessageOutput Create() => OutputFile.Create(Name, replace: false, (rights ?? OutputRights.ByUmask).ForOwnUse());

    // The undo file will be believed to lead back, so it must be ours. Its content was durable before it got its name. A run that died then
    // may not have made the name durable, nor the length if that is in the directory (FAT).
    private SeekableStream OpenDurably()
    {
        int errno = Posix.TryOpen(Name, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking, out SafeFileHandle? file);
        if (errno != 0)
        {
            throw Failure.Open(errno, Name);
        }

        try
        {
            if (Posix.Status(file!, Name).Type != NodeType.RegularFile)
            {
                throw Failure.Of(StorageError.OpenFailed, Name, "became another file while it was opened");
            }

            StateTrust.DemandFile(file!, Name);
            PortableFlush.Flush(file!, Name);
            Posix.FlushDirectory(FileIdentity.DirectoryOf(Name), Name);
            Posix.AdviseSequential(file!);
            return new SeekableStream(file!, Name, writable: false);
        }
        catch
        {
            file!.Dispose();
            throw;
        }
    }
}

using System.Text;
using BinarySync.Storage.Native;

namespace BinarySync.Storage;

/// <summary>The name an output will have: whether it can be had, and how it is taken.</summary>
/// <param name="Name">The path as the user gave it.</param>
/// <param name="Path">The path that will be written: where the user's leads through symbolic links, their end.</param>
/// <param name="Replace">True where an existing file may be replaced.</param>
internal sealed record OutputPlace(string Name, string Path, bool Replace)
{
    private const int LongestName = 255; // bytes, on every file system that matters

    public string Directory => FileIdentity.DirectoryOf(Path);

    /// <summary>Resolves a name and makes sure that it can be had.</summary>
    /// <exception cref="StorageException">The name cannot be had: see <see cref="OutputFile.Create"/>.</exception>
    public static OutputPlace Find(string name, bool replace)
    {
        if (System.IO.Path.GetFileName(name).Length == 0 || FileIdentity.IsDirectory(name))
        {
            throw Failure.Of(StorageError.IsDirectory, name, "is a directory");
        }

        OutputPlace place = new(name, Resolve(name, replace), replace);
        place.DemandDirectory();
        place.DemandFree();
        return place;
    }

    /// <summary>A hidden name in the same directory, for this process.</summary>
    public string TemporaryPath(int attempt)
    {
        string name = System.IO.Path.GetFileName(Path);
        string suffix = $".partial-{Environment.ProcessId}{(attempt == 0 ? "" : $"-{attempt}")}";
        bool fits = Encoding.UTF8.GetByteCount(name) + suffix.Length + 1 <= LongestName;
        return System.IO.Path.Combine(Directory, fits ? "." + name + suffix : ".binarysync" + suffix);
    }

    /// <summary>Gives a complete file its name.</summary>
    public void Take(string temporary)
    {
        if (Posix.IsSupported)
        {
            int errno = Replace ? Posix.TryReplace(temporary, Path) : Posix.TryRenameNew(temporary, Path);
            if (errno != 0)
            {
                throw NotTaken(errno, "rename");
            }

            return;
        }

        try
        {
            File.Move(temporary, Path, Replace);
        }
        catch (Exception error) when (PortableFailure.IsSystem(error))
        {
            throw !Replace && File.Exists(Path)
                ? Failure.Of(StorageError.Exists, Name, "exists already")
                : PortableFailure.From(error, StorageError.WriteFailed, Name, "rename the finished file");
        }
    }

    /// <summary>Why a name could not be taken.</summary>
    /// <param name="action">"rename" or "name".</param>
    public StorageException NotTaken(int errno, string action) => errno == Errno.Exists
        ? Failure.Of(StorageError.Exists, Name, "exists already", errno)
        : Failure.System(errno, StorageError.WriteFailed, Name, action + " the finished file");

    /// <summary>Makes the name durable.</summary>
    public void FlushDirectory()
    {
        if (Posix.IsSupported)
        {
            Posix.FlushDirectory(Directory, Name);
        }
    }

    public static void Remove(string temporary)
    {
        if (Posix.IsSupported)
        {
            Posix.Unlink(temporary);
            return;
        }

        try
        {
            File.Delete(temporary);
        }
        catch (Exception error) when (PortableFailure.IsSystem(error))
        {
            // Another error is already on its way, or nothing is: a leftover hidden file is not worth one.
        }
    }

    private static string Resolve(string name, bool replace)
    {
        // Without the name of the working directory, which may have none.
        if (Posix.IsSupported && (Posix.TryStatus(name, out FileStatus status, followLinks: false) != 0 || status.Type != NodeType.SymbolicLink))
        {
            return name;
        }

        FileInfo file = new(name);
        if (file.LinkTarget is null)
        {
            return name;
        }

        if (!replace)
        {
            throw Failure.Of(StorageError.Exists, name, "exists already (a symbolic link)");
        }

        try
        {
            return file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? name;
        }
        catch (Exception error) when (PortableFailure.IsSystem(error))
        {
            throw PortableFailure.From(error, StorageError.OpenFailed, name, "follow the symbolic link");
        }
    }

    private void DemandDirectory()
    {
        if (Posix.IsSupported)
        {
            int errno = Posix.TryStatus(Directory, out FileStatus status);
            if (errno == 0 && status.Type == NodeType.Directory)
            {
                return;
            }

            if (errno is not (0 or Errno.NoEntry or Errno.NotADirectory))
            {
                throw Failure.System(errno, StorageError.OpenFailed, Name, "create");
            }
        }
        else if (System.IO.Directory.Exists(Directory))
        {
            return;
        }

        throw Failure.Of(StorageError.DirectoryMissing, Name, $"there is no directory {Directory}");
    }

    private void DemandFree()
    {
        if (Exists() && !Replace)
        {
            throw Failure.Of(StorageError.Exists, Name, "exists already");
        }
    }

    private bool Exists()
    {
        if (!Posix.IsSupported)
        {
            return File.Exists(Path);
        }

        // Renaming over a device node or pipe would put a file in its place: never, whatever was asked for.
        int errno = Posix.TryStatus(Path, out FileStatus status, followLinks: false);
        return errno switch
        {
            0 when status.Type == NodeType.RegularFile => true,
            0 => throw new StorageException(StorageError.Exists, Name, $"{Name}: is {status.Noun}, which is not replaced by a file", hint: "name another output"),
            Errno.NoEntry => false,
            _ => throw Failure.System(errno, StorageError.OpenFailed, Name, "create"),
        };
    }
}

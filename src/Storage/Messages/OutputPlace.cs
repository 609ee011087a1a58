using System.Text;
using BinarySync.Storage.Files;
using BinarySync.Storage.Native;

namespace BinarySync.Storage.Messages;

/// <summary>The name that an output will have: whether it can be taken, and how.</summary>
/// <param name="Name">The path as the user gave it. Its last name is no symbolic link.</param>
/// <param name="Replace">True if an existing file may be replaced.</param>
/// <param name="Rights">Who may read and write it.</param>
internal sealed record OutputPlace(string Name, bool Replace, OutputRights Rights)
{
    private const int LongestName = 255; // bytes, on every file system that matters
    private const int LongestNumbers = 16; // of a process and an attempt
    private const string Partial = ".partial-";

    public string Directory => FileIdentity.DirectoryOf(Name);

    /// <summary>Resolves a name and makes sure that it can be taken.</summary>
    /// <exception cref="StorageException">The name cannot be taken: see <see cref="OutputFile.Create"/>.</exception>
    public static OutputPlace Find(string name, bool replace, OutputRights? rights = null)
    {
        DemandNoLink(name);
        if (Path.GetFileName(name).Length == 0 || FileIdentity.IsDirectory(name))
        {
            throw Failure.Of(StorageError.IsDirectory, name, "is a directory");
        }

        OutputPlace place = new(name, replace, rights ?? OutputRights.ByUmask);
        place.DemandDirectory();
        place.DemandFree();
        return place;
    }

    /// <summary>A hidden name in the same directory, for this process.</summary>
    public string TemporaryPath(int attempt)
    {
        string suffix = $"{Environment.ProcessId}{(attempt == 0 ? "" : $"-{attempt}")}";
        return Path.Combine(Directory, TemporaryPrefix + suffix);
    }

    /// <summary>The beginning of the hidden names in the directory; the number of the process follows.</summary>
    public string TemporaryPrefix
    {
        get
        {
            string name = Path.GetFileName(Name);
            bool fits = Encoding.UTF8.GetByteCount(name) + Partial.Length + LongestNumbers + 1 <= LongestName;
            return (fits ? "." + name : ".binarysync") + Partial;
        }
    }

    /// <summary>Gives a complete file its name.</summary>
    public void Take(string temporary)
    {
        if (Posix.IsSupported)
        {
            int errno = Replace ? Posix.TryReplace(temporary, Name) : Posix.TryRenameNew(temporary, Name);
            if (errno != 0)
            {
                throw NotTaken(errno, "rename");
            }

            return;
        }

        try
        {
            File.Move(temporary, Name, Replace);
        }
        catch (Exception error) when (PortableFailure.IsSystem(error))
        {
            throw !Replace && File.Exists(Name)
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

    /// <summary>The error for an output whose name is a symbolic link.</summary>
    public static StorageException IsLink(string name, string? target) =>
        Failure.Of(StorageError.IsLink, name, $"is a symbolic link to {target}, and an output does not follow links");

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
            // Another error is already on its way, or none is: a leftover hidden file is not worth one.
        }
    }

    // In a directory that many can write, the kernel follows no link that somebody else has made there. A link resolved here would escape
    // that check.
    private static void DemandNoLink(string name)
    {
        // Does not use the name of the working directory, which may have none.
        if (Posix.IsSupported
            && (Posix.TryStatus(name, out FileStatus status, followLinks: false) != 0 || status.Type != NodeType.SymbolicLink))
        {
            return;
        }

        if (new FileInfo(name).LinkTarget is { } target)
        {
            throw IsLink(name, target);
        }
    }

    private void DemandDirectory()
    {
        if (Posix.IsSupported)
        {
            int errno = Posix.TryStatus(Directory, out FileStatus status);
            if (errno == 0 && status.Type == NodeType.Directory)
            {
                DemandChangeable(status.Marks);
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

    // In a directory to which names can only be added, no file can be replaced.
    private void DemandChangeable(FileMarks directory)
    {
        if (directory.HasFlag(FileMarks.Immutable) || (directory.HasFlag(FileMarks.AppendOnly) && Replace && Exists()))
        {
            throw Failure.Marked(
                Directory, directory, $"{Name}: cannot be {(Exists() ? "replaced" : "created")}: the directory {Directory}");
        }
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
            return File.Exists(Name);
        }

        // Renaming over a device node or pipe would put a file in its place. That is never done, whatever the options.
        int errno = Posix.TryStatus(Name, out FileStatus status, followLinks: false);
        return errno switch
        {
            0 when status.Type == NodeType.RegularFile && Replace && status.Marks != FileMarks.None =>
                throw Failure.Marked(Name, status.Marks, $"{Name}: cannot be replaced: it"),
            0 when status.Type == NodeType.RegularFile => true,
            0 =>
                throw new StorageException(StorageError.Exists, Name, $"{Name}: is {status.Noun}, which is not replaced by a file")
                {
                    Context = StorageContext.OutputNotReplaced,
                },
            Errno.NoEntry => false,
            _ => throw Failure.System(errno, StorageError.OpenFailed, Name, "create"),
        };
    }
}

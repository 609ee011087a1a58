using System.Text;
using BinarySync.Storage.Native;

namespace BinarySync.Storage;

/// <summary>The policy of <see cref="StateDirectory"/>.</summary>
/// <param name="directory">The state directory, an absolute path; need not exist.</param>
/// <param name="parentMode">Permissions of directories above it that have to be made. It is itself the owner's only.</param>
internal sealed class StatePlaces(string directory, uint parentMode)
{
    public const uint OwnerOnly = 0x1C0; // rwx------
    public const uint EveryoneMayLook = 0x1ED; // rwxr-xr-x

    private const int LongestName = 255; // bytes, on every file system that matters
    private const string Suffix = ".binarysync-";

    public StateFile JournalOf(string target, string? given, bool readOnly) => Of(target, "journal", given, readOnly);

    /// <summary>Which parts of a set are applied to a target: beside its journal.</summary>
    public StateFile SetNoteOf(string target, string? given, bool readOnly) => Of(target, "set", given, readOnly);

    private StateFile Of(string target, string kind, string? given, bool readOnly)
    {
        string identity = TargetIdentity.Of(target);
        if (given is not null)
        {
            if (!FileIdentity.IsDirectory(given))
            {
                throw Failure.Of(StorageError.DirectoryMissing, given, "there is no such directory");
            }

            DemandWritable(given, readOnly, hint: null);
            return new StateFile(Path.Combine(given, NameFor(identity, kind)));
        }

        if (!StateDirectory.IsDevice(target))
        {
            // As the user wrote it, where that is the file itself and no link to it.
            string real = FileIdentity.RealPath(target);
            string path = Beside(IsItself(target, real) ? target : real, Suffix + kind);
            DemandWritable(FileIdentity.DirectoryOf(path), readOnly, "--journal DIR names a directory that can be written");
            return new StateFile(path);
        }

        if (!readOnly)
        {
            DemandLasting();
        }

        DemandWritable(NearestExisting(directory), readOnly, "--journal DIR names a directory that can be written", directory);
        return new StateFile(Path.Combine(directory, NameFor(identity, kind)), Make);
    }

    public string SpoolDirectoryFor(string target, string? given)
    {
        if (given is not null)
        {
            return given;
        }

        if (!StateDirectory.IsDevice(target))
        {
            return FileIdentity.DirectoryOf(FileIdentity.RealPath(target));
        }

        Make();
        return directory;
    }

    // The working directory by its bytes; it may have no name at all.
    private static bool IsItself(string target, string real)
    {
        string here = FileIdentity.RealPath(".");
        return Path.IsPathRooted(here) && real == Path.GetFullPath(target, here);
    }

    private static string NameFor(string identity, string kind) => $"{HashText.Of(identity)}.{kind}";

    private static string Beside(string file, string suffix)
    {
        string name = Path.GetFileName(file);
        bool fits = Encoding.UTF8.GetByteCount(name) + suffix.Length <= LongestName;
        return Path.Combine(Path.GetDirectoryName(file) ?? string.Empty, (fits ? name : HashText.Of(name)) + suffix);
    }

    private static string NearestExisting(string path)
    {
        while (!FileIdentity.IsDirectory(path) && Path.GetDirectoryName(path) is { Length: > 0 } parent)
        {
            path = parent;
        }

        return path;
    }

    /// <summary>Said now, and not when hours of reading are done.</summary>
    /// <param name="place">Must be there.</param>
    /// <param name="readOnly">Then nothing is demanded.</param>
    /// <param name="hint">What to do else.</param>
    /// <param name="wanted">What is to be made there, which the message names; null for the place itself.</param>
    private static void DemandWritable(string place, bool readOnly, string? hint, string? wanted = null)
    {
        int errno = readOnly || !Posix.IsSupported ? 0 : Posix.TryWriteAccess(place);
        if (errno != 0)
        {
            StorageException cause = Failure.System(errno, StorageError.OpenFailed, wanted ?? place, "keep a journal there");
            throw new StorageException(cause.Error, cause.Path, cause.Message, cause.Errno, hint: hint);
        }
    }

    private void DemandLasting()
    {
        if (Posix.IsSupported && Posix.VolatileFileSystemAt(NearestExisting(directory)) is { } kind)
        {
            throw new StorageException(
                StorageError.OpenFailed,
                directory,
                $"{directory}: a journal there would be lost with the power ({kind})",
                hint: "--journal DIR names a directory on a disk");
        }
    }

    private void Make()
    {
        if (Posix.IsSupported)
        {
            MakeParents(FileIdentity.DirectoryOf(directory));

            // Flushed even where it is there already: an earlier run may have made it and died before this.
            MakeOne(directory, OwnerOnly);
            return;
        }

        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception error) when (PortableFailure.IsSystem(error))
        {
            throw PortableFailure.From(error, StorageError.OpenFailed, directory, "create");
        }
    }

    private void MakeParents(string path)
    {
        if (!FileIdentity.IsDirectory(path))
        {
            MakeParents(FileIdentity.DirectoryOf(path));
            MakeOne(path, parentMode);
        }
    }

    private static void MakeOne(string path, uint mode)
    {
        int errno = Posix.TryCreateDirectory(path, mode);
        if (errno != 0 && !(errno == Errno.Exists && FileIdentity.IsDirectory(path)))
        {
            throw Failure.System(errno, StorageError.OpenFailed, path, "create");
        }

        Posix.FlushDirectory(FileIdentity.DirectoryOf(path), path);
    }
}

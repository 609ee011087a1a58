using System.Text;
using BinarySync.Storage.Disks;
using BinarySync.Storage.Files;
using BinarySync.Storage.Native;
using BinarySync.Storage.Usage;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.State;

/// <summary>The policy of <see cref="StateDirectory"/>.</summary>
/// <param name="directory">The state directory, an absolute path; need not exist.</param>
/// <param name="parentMode">
/// Permissions of directories above it that have to be made. The state directory itself is its owner's only.
/// </param>
internal sealed class StatePlaces(string directory, uint parentMode)
{
    public const uint OwnerOnly = 0x1C0; // rwx------
    public const uint EveryoneMayLook = 0x1ED; // rwxr-xr-x

    private const int LongestName = 255; // bytes, on every file system that matters
    private const string Suffix = ".binarysync-";

    private const string Journal = "journal";
    private const string SetNote = "set";

    public StateFile JournalOf(string target, string? given, bool readOnly) => Of(target, Journal, given, readOnly);

    /// <summary>Which parts of a set are applied to a target: beside its journal.</summary>
    public StateFile SetNoteOf(string target, string? given, bool readOnly) => Of(target, SetNote, given, readOnly);

    /// <summary>
    /// Journals that a run on the same target may have left under another name: beside another name of the file, a loop device over it or
    /// the file below it, and in the usual place if another directory is given. Opens nothing yet.
    /// </summary>
    public IReadOnlyList<OtherJournal> OtherJournalsOf(string target, string? given)
    {
        List<OtherJournal> found = [];
        string own = Find(target, Journal, given).Name;
        if (given is not null)
        {
            Add(() => Find(target, Journal, null).Name, BirthOf(target), isByName: true);
        }

        if (!StorageSchemes.Known.OfTarget(target).NeedsStateDirectory(target))
        {
            string real = FileIdentity.RealPath(target);
            Add(() => Path.Combine(directory, NameFor(TargetIdentity.Fit(DeviceName.OfLoopOver(real)), Journal)), null, isByName: true);
            AddNeighbours(real);
        }
        else if (DeviceName.FileUnder(target) is { } backing)
        {
            Add(() => Find(backing, Journal, null).Name, BirthOf(backing), isByName: true);
            AddNeighbours(backing);
        }

        return found;

        // Other names of the file, also those that it had before: the journal tells whose it is.
        void AddNeighbours(string file)
        {
            string place = FileIdentity.DirectoryOf(file);
            if (BirthOf(file) is not { } birth || StateTrust.IsSharedDirectory(place))
            {
                return;
            }

            foreach (string name in NamesIn(place).Where(name => name.EndsWith(Suffix + Journal, StringComparison.Ordinal)))
            {
                Add(() => Path.Combine(place, name), birth, isByName: false);
            }
        }

        // A place that is not trusted, or cannot be looked at, has no journal that would be believed.
        void Add(Func<string> find, FileBirth? birth, bool isByName)
        {
            try
            {
                string path = find();
                bool isKnown = FileIdentity.IsSameFile(path, own) || found.Any(other => FileIdentity.IsSameFile(path, other.File.Name));
                if (!isKnown && Lies(path))
                {
                    found.Add(new OtherJournal(new StateFile(path), birth, isByName));
                }
            }
            catch (StorageException)
            {
            }
        }
    }

    // A directory may be one in which names can be used, but not listed.
    private static IReadOnlyList<string> NamesIn(string place)
    {
        try
        {
            return DirectoryNames.Of(place);
        }
        catch (StorageException)
        {
            return [];
        }
    }

    private static FileBirth? BirthOf(string path)
    {
        if (!Posix.IsSupported || Posix.TryOpen(path, OpenFlags.ReadOnly | OpenFlags.NonBlocking, out SafeFileHandle? file) != 0)
        {
            return null;
        }

        using (file)
        {
            return Posix.TryBirth(file!);
        }
    }

    private StateFile Of(string target, string kind, string? given, bool readOnly)
    {
        StateFile file = Find(target, kind, given);
        if (!readOnly)
        {
            file.DemandPlace();
        }

        return file;
    }

    private StateFile Find(string target, string kind, string? given)
    {
        string identity = TargetIdentity.Of(target);
        if (given is not null)
        {
            if (!FileIdentity.IsDirectory(given))
            {
                throw Failure.Of(StorageError.DirectoryMissing, given, "there is no such directory");
            }

            string path = Path.Combine(given, NameFor(identity, kind));
            StateTrust.DemandDirectory(given, path);
            return new StateFile(path) { PlaceDemand = () => DemandWritable(given, StorageContext.None) };
        }

        return StorageSchemes.Known.OfTarget(target).NeedsStateDirectory(target)
            ? Kept(identity, kind, mayBeLost: false, sharedPlace: null)
            : OfFile(target, identity, kind);
    }

    /// <summary>
    /// Beside the file; but if others may put files into its directory, where they would be believed, then where the state of devices is. A
    /// state file stays where it is until it is removed, whatever becomes of the directory.
    /// </summary>
    private StateFile OfFile(string target, string identity, string kind)
    {
        // As the user wrote it, if that is the file itself and no link to it.
        string real = FileIdentity.RealPath(target);
        string file = IsItself(target, real) ? target : real;
        string path = Beside(file, Suffix + kind);
        string place = FileIdentity.DirectoryOf(path);
        bool isShared = StateTrust.IsSharedDirectory(place);
        if (isShared && Lies(path))
        {
            StateTrust.DemandDirectory(place, path);
        }

        if (isShared || IsKeptElsewhere(file, identity))
        {
            bool isVolatile = Posix.IsSupported && Posix.VolatileFileSystemAt(place) is not null;
            return Kept(identity, kind, mayBeLost: isVolatile, sharedPlace: isShared ? place : null);
        }

        return new StateFile(path) { PlaceDemand = () => DemandWritable(place, StorageContext.UsualStatePlace) };
    }

    private bool IsKeptElsewhere(string file, string identity) =>
        !Lies(Beside(file, Suffix + Journal))
        && (Lies(Path.Combine(directory, NameFor(identity, Journal))) || Lies(Path.Combine(directory, NameFor(identity, SetNote))));

    // Also true for a link that leads nowhere. Does not use the name of the working directory, which may have none.
    private static bool Lies(string path) =>
        Posix.IsSupported ? Posix.TryStatus(path, out _, followLinks: false) == 0 : File.Exists(path);

    /// <summary>In the state directory.</summary>
    /// <param name="mayBeLost">True if the target would be lost in a power cut, too.</param>
    private StateFile Kept(string identity, string kind, bool mayBeLost, string? sharedPlace)
    {
        DemandTrusted();
        return new StateFile(Path.Combine(directory, NameFor(identity, kind)), Make)
        {
            SharedPlace = sharedPlace,
            PlaceDemand = () =>
            {
                if (!mayBeLost)
                {
                    DemandLasting();
                }

                DemandWritable(NearestExisting(directory), StorageContext.UsualStatePlace, directory);
            },
        };
    }

    private void DemandTrusted()
    {
        StateTrust.DemandParents(directory);
        if (Directory.Exists(directory))
        {
            StateTrust.DemandDirectory(directory, directory);
        }
    }

    public string SpoolDirectoryFor(string target, string? given)
    {
        if (given is not null)
        {
            return given;
        }

        if (!StorageSchemes.Known.OfTarget(target).NeedsStateDirectory(target))
        {
            // Any directory will do: the file has no name there.
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

    /// <summary>Reported now, and not after hours of reading.</summary>
    /// <param name="place">Must exist.</param>
    /// <param name="context">Whether the user has chosen the place.</param>
    /// <param name="wanted">The directory to be made there, which the message names; null for the place itself.</param>
    private static void DemandWritable(string place, StorageContext context, string? wanted = null)
    {
        int errno = !Posix.IsSupported ? 0 : Posix.TryWriteAccess(place);
        if (errno != 0)
        {
            throw Failure.System(errno, StorageError.OpenFailed, wanted ?? place, "keep a journal there").With(context);
        }
    }

    private void DemandLasting()
    {
        if (Posix.IsSupported && Posix.VolatileFileSystemAt(NearestExisting(directory)) is { } kind)
        {
            throw new StorageException(
                StorageError.OpenFailed,
                directory,
                $"{directory}: a journal there would be lost in a power cut ({kind})")
            {
                Context = StorageContext.UsualStatePlace,
            };
        }
    }

    private void Make()
    {
        if (Posix.IsSupported)
        {
            MakeParents(FileIdentity.DirectoryOf(directory));

            // Flushed even if it exists already: an earlier run may have made it and died before this.
            MakeOne(directory, OwnerOnly);
            DemandTrusted();
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

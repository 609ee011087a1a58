using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage;

/// <summary>A draft that has no name at all: a process that is killed leaves nothing of it.</summary>
internal sealed class NamelessDraft : OutputDraft
{
    private NamelessDraft(OutputPlace place, SafeFileHandle file)
        : base(place, file)
    {
    }

    /// <summary>Null where the file system or the system does not have it.</summary>
    public static NamelessDraft? TryCreate(OutputPlace place)
    {
        if (!Posix.IsSupported)
        {
            return null;
        }

        int errno = Posix.TryCreateNameless(place.Directory, Permissions, out SafeFileHandle? file);
        return errno != 0 ? throw Failure.System(errno, StorageError.OpenFailed, place.Name, "create")
            : file is null ? null
            : new NamelessDraft(place, file);
    }

    public override void Publish()
    {
        PortableFlush.Flush(File, Place.Name);
        string given = TakeName();
        try
        {
            // Nobody promises that the first flush was more than one of the content: btrfs logs no file that has no name. The flush of the directory
            // makes up for that where it was tried, but nobody promises that either.
            PortableFlush.Flush(File, Place.Name);
            if (given != Place.Path)
            {
                Place.Take(given);
            }
        }
        catch
        {
            OutputPlace.Remove(given);
            throw;
        }

        Place.FlushDirectory();
    }

    public override void Abandon()
    {
        // What has no name is gone when it is closed.
    }

    /// <summary>Its own name; or a hidden one, where it is to replace a file: a link cannot do that, a rename can.</summary>
    private string TakeName()
    {
        int errno = Posix.TryName(File, Place.Path);
        string given = Place.Path;
        for (int attempt = 0; errno == Errno.Exists && Place.Replace; attempt++)
        {
            given = Place.TemporaryPath(attempt);
            errno = Posix.TryName(File, given);
        }

        return errno == 0 ? given : throw Place.NotTaken(errno, "name");
    }
}

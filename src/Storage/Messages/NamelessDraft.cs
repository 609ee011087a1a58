using BinarySync.Storage.Files;
using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Messages;

/// <summary>A draft that has no name at all: if the process is killed, nothing of it remains.</summary>
internal sealed class NamelessDraft : OutputDraft
{
    private const int CopyLength = 1 << 20;

    private NamelessDraft(OutputPlace place, SafeFileHandle file)
        : base(place, file)
    {
    }

    /// <summary>Null if the file system or the system does not support it.</summary>
    public static NamelessDraft? TryCreate(OutputPlace place)
    {
        if (!Posix.IsSupported)
        {
            return null;
        }

        int errno = Posix.TryCreateNameless(place.Directory, OwnerOnly, out SafeFileHandle? file);
        if (errno != 0)
        {
            throw Failure.System(errno, StorageError.OpenFailed, place.Name, "create");
        }

        if (file is not null)
        {
            // For the moment in which it has a hidden name.
            _ = Posix.TryHold(file);
        }

        return file is null ? null : new NamelessDraft(place, file);
    }

    public override void Publish()
    {
        Place.Rights.Give(File, Place);
        PortableFlush.Flush(File, Place.Name);
        (int errno, string given) = TakeName();
        if (Posix.IsWithoutNaming(errno))
        {
            PublishCopy();
            return;
        }

        if (errno != 0)
        {
            throw Place.NotTaken(errno, "name");
        }

        try
        {
            // No document promises that the first flush covers more than the content: btrfs logs no file that has no name. The flush of the
            // directory makes up for that on the systems tried, but that is not promised either.
            PortableFlush.Flush(File, Place.Name);
            if (given != Place.Name)
            {
                Place.Take(given);
            }
        }
        catch
        {
            OutputPlace.Remove(given);
            throw;
        }

        if (given != Place.Name)
        {
            PortableFlush.Flush(File, Place.Name);
        }

        Place.FlushDirectory();
    }

    public override void Abandon()
    {
        // A file without a name disappears when it is closed.
    }

    /// <summary>Takes its own name; or a hidden one if it replaces a file: a link cannot do that, a rename can.</summary>
    private (int Errno, string Given) TakeName()
    {
        int errno = Posix.TryName(File, Place.Name);
        string given = Place.Name;
        for (int attempt = 0; errno == Errno.Exists && Place.Replace; attempt++)
        {
            given = Place.TemporaryPath(attempt);
            errno = Posix.TryName(File, given);
        }

        return (errno, given);
    }

    // Naming was possible when the draft was made, as far as that can be checked. The draft holds hours of reading by now: a copy under a
    // hidden name can be renamed.
    private void PublishCopy()
    {
        HiddenDraft copy = HiddenDraft.Create(Place);
        using SafeFileHandle file = copy.File;
        try
        {
            byte[] buffer = new byte[CopyLength];
            int count;
            for (long offset = 0; (count = Posix.ReadAt(File, buffer, offset, Place.Name)) > 0; offset += count)
            {
                Posix.WriteAt(file, buffer.AsSpan(0, count), offset, Place.Name);
            }

            copy.Publish();
        }
        catch
        {
            copy.Abandon();
            throw;
        }
    }
}

using BinarySync.Storage.Files;
using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage.Messages;

/// <summary>A draft under a hidden name, in the directory in which it will have its own.</summary>
internal sealed class HiddenDraft : OutputDraft
{
    private readonly string _temporary;
    private bool _named;

    private HiddenDraft(OutputPlace place, string temporary, SafeFileHandle file)
        : base(place, file) => _temporary = temporary;

    public static new HiddenDraft Create(OutputPlace place)
    {
        for (int attempt = 0; ; attempt++)
        {
            string temporary = place.TemporaryPath(attempt);
            if (TryCreate(temporary, place.Name) is not { } file)
            {
                continue;
            }

            if (IsHeld(temporary, file))
            {
                return new HiddenDraft(place, temporary, file);
            }

            file.Dispose();
        }
    }

    public override void Publish()
    {
        Place.Rights.Give(File, Place);
        PortableFlush.Flush(File, Place.Name);
        Place.Take(_temporary);
        _named = true;

        // FAT and similar file systems keep the length in the directory entry, and the rename has made that anew.
        PortableFlush.Flush(File, Place.Name);
        Place.FlushDirectory();
    }

    public override void Abandon()
    {
        if (!_named)
        {
            OutputPlace.Remove(_temporary);
        }
    }

    // Another process that looks for drafts of dead processes may have come before the lock.
    private static bool IsHeld(string temporary, SafeFileHandle file)
    {
        if (!Posix.IsSupported)
        {
            return true;
        }

        _ = Posix.TryHold(file);
        int errno = Posix.TryStatus(temporary, out FileStatus named, followLinks: false);
        return errno != 0 ? errno != Errno.NoEntry : named.IsSameNode(Posix.Status(file, temporary));
    }

    /// <summary>Null if the name is taken.</summary>
    private static SafeFileHandle? TryCreate(string temporary, string path)
    {
        if (Posix.IsSupported)
        {
            int flags = OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow;
            int errno = Posix.TryOpen(temporary, flags, out SafeFileHandle? file, OwnerOnly);
            return errno is 0 or Errno.Exists ? file : throw Failure.System(errno, StorageError.OpenFailed, path, "create");
        }

        try
        {
            return System.IO.File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete);
        }
        catch (Exception error) when (PortableFailure.IsSystem(error))
        {
            return System.IO.File.Exists(temporary) ? null : throw PortableFailure.From(error, StorageError.OpenFailed, path, "create");
        }
    }
}

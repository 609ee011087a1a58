using BinarySync.Storage.Native;
using Microsoft.Win32.SafeHandles;

namespace BinarySync.Storage;

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
            if (TryCreate(temporary, place.Name) is { } file)
            {
                return new HiddenDraft(place, temporary, file);
            }
        }
    }

    public override void Publish()
    {
        PortableFlush.Flush(File, Place.Name);
        Place.Take(_temporary);
        _named = true;
        Place.FlushDirectory();
    }

    public override void Abandon()
    {
        if (!_named)
        {
            OutputPlace.Remove(_temporary);
        }
    }

    /// <summary>Null where the name is taken.</summary>
    private static SafeFileHandle? TryCreate(string temporary, string path)
    {
        if (Posix.IsSupported)
        {
            int flags = OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive;
            int errno = Posix.TryOpen(temporary, flags, out SafeFileHandle? file, Permissions);
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

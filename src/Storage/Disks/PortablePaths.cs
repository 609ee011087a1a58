using BinarySync.Storage.Files;
using BinarySync.Storage.Native;

namespace BinarySync.Storage.Disks;

/// <summary>Regular files on systems other than Linux, by their paths.</summary>
internal sealed class PortablePaths : StorageScheme
{
    public override IReadableStorage OpenSource(string name, CachePolicy cache) => PortableStorage.OpenSource(name);

    public override IWritableStorage OpenTarget(
        string name, IReadOnlyList<string> messageFiles, bool readOnly, CachePolicy cache, bool unguarded) =>
        PortableStorage.OpenTarget(name, messageFiles, readOnly);

    public override string Identify(string name)
    {
        PortableStorage.DemandFile(name);
        return File.Exists(name)
            ? "file:" + FileIdentity.RealPath(name)
            : throw Failure.Of(StorageError.NotFound, name, "there is no such file");
    }

    public override bool NeedsStateDirectory(string name) => false;
}

using BinarySync.Storage.Native;

namespace BinarySync.Storage.Disks;

internal sealed partial class LinuxStorage
{
    public FileBirth? ReadBirth() => Kind == StorageKind.RegularFile ? Posix.TryBirth(_file) : null;
}

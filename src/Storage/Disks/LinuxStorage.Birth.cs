using BinarySync.Storage.Native;

namespace BinarySync.Storage.Disks;

internal sealed partial class LinuxStorage
{
    public FileBirth? ReadBirth() => !_isDevice ? Posix.TryBirth(_file) : null;
}

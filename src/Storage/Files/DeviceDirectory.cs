using BinarySync.Storage.Native;

namespace BinarySync.Storage.Files;

/// <summary>The directory of device nodes. A regular file in it is nearly always a name that was mistyped.</summary>
public static class DeviceDirectory
{
    private const string Name = "/dev";
    private const string SharedMemory = "/dev/shm";

    /// <summary>True for a regular file in it, and for a name that is free.</summary>
    /// <returns>False for a path in a file system that is mounted below it, as for shared memory. Never throws.</returns>
    public static bool HoldsFile(string path)
    {
        if (!Posix.IsSupported || (Posix.TryStatus(path, out FileStatus file) == 0 && file.Type != NodeType.RegularFile))
        {
            return false;
        }

        // Follows links: the target of the last name decides where the file lies.
        string directory = FileIdentity.DirectoryOf(FileIdentity.RealPath(path));
        string real = FileIdentity.RealPath(directory);
        return IsBelow(real, Name)
            && !IsBelow(real, SharedMemory)
            && Posix.TryStatus(Name, out FileStatus devices) == 0
            && Posix.TryStatus(real, out FileStatus place) == 0
            && place.Device == devices.Device;
    }

    private static bool IsBelow(string path, string directory) =>
        path.StartsWith(directory, StringComparison.Ordinal) && (path.Length == directory.Length || path[directory.Length] == '/');
}

using BinarySync.Storage.Native;

namespace BinarySync.Storage;

/// <summary>Directories in which a run keeps what it must not lose, or must not lose sight of.</summary>
public static class StateDirectory
{
    /// <summary>True where the path is a block device. Never throws.</summary>
    public static bool IsDevice(string path) =>
        Posix.IsSupported && Posix.TryStatus(path, out FileStatus status) == 0 && status.Type == NodeType.BlockDevice;

    /// <summary>The directory in which a file really stands, links resolved.</summary>
    public static string Beside(string path) => Path.GetDirectoryName(FileIdentity.RealPath(path)) ?? ".";

    /// <summary>Creates the directory, readable by its owner only, if there is none.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.OpenFailed"/>.</exception>
    public static void Create(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
            }
            else
            {
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception error) when (PortableFailure.IsSystem(error))
        {
            throw PortableFailure.From(error, StorageError.OpenFailed, path, "create");
        }
    }
}

using BinarySync.Storage.Native;

namespace BinarySync.Storage.Files;

/// <summary>What is in a directory.</summary>
public static class DirectoryNames
{
    /// <summary>The names in a directory, in any order: of files, directories and all else.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.OpenFailed"/>: it cannot be read.</exception>
    public static IReadOnlyList<string> Of(string directory)
    {
        if (Posix.IsSupported)
        {
            int errno = Posix.TryList(directory, out List<string> names);
            return errno == 0 ? names : throw Failure.System(errno, StorageError.OpenFailed, directory, "list");
        }

        try
        {
            return [.. Directory.EnumerateFileSystemEntries(directory).Select(path => Path.GetFileName(path))];
        }
        catch (Exception error) when (PortableFailure.IsSystem(error))
        {
            throw PortableFailure.From(error, StorageError.OpenFailed, directory, "list");
        }
    }
}

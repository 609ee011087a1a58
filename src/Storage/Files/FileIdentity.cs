using BinarySync.Storage.Native;

namespace BinarySync.Storage.Files;

/// <summary>Whether two paths are one file.</summary>
public static class FileIdentity
{
    /// <summary>True if both exist and lead to the same file, through links and different spellings. Never throws.</summary>
    public static bool IsSameFile(string one, string other)
    {
        if (Posix.IsSupported)
        {
            return Posix.TryStatus(one, out FileStatus first) == 0
                && Posix.TryStatus(other, out FileStatus second) == 0
                && first.IsSameNode(second);
        }

        return File.Exists(one) && File.Exists(other) && string.Equals(RealPath(one), RealPath(other), PathComparison);
    }

    /// <summary>The target of the last name of a path, all links resolved; null if it is no symbolic link. Never throws.</summary>
    public static string? LinkedTo(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget is null ? null : RealPath(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null; // opening it reports the error
        }
    }

    /// <summary>Bytes of a regular file; null if there is none. Never throws.</summary>
    public static long? LengthOf(string path)
    {
        if (Posix.IsSupported)
        {
            return Posix.TryStatus(path, out FileStatus status) == 0 && status.Type == NodeType.RegularFile ? status.Size : null;
        }

        FileInfo file = new(path);
        return file.Exists ? file.Length : null;
    }

    /// <summary>
    /// True if two paths are one file, or would be one if it were made. Never needs the name of the working directory. Never throws.
    /// </summary>
    public static bool IsSamePlace(string one, string other) => Posix.IsSupported
        ? IsSameFile(one, other) || (Path.GetFileName(one) == Path.GetFileName(other) && IsSameFile(DirectoryOf(one), DirectoryOf(other)))
        : string.Equals(Path.GetFullPath(one), Path.GetFullPath(other), PathComparison);

    /// <summary>True if there is a directory, through links too. Never throws.</summary>
    public static bool IsDirectory(string path) => Posix.IsSupported
        ? Posix.TryStatus(path, out FileStatus status) == 0 && status.Type == NodeType.Directory
        : Directory.Exists(path);

    /// <summary>The directory part of a path; "." if it has none.</summary>
    public static string DirectoryOf(string path) => Path.GetDirectoryName(path) is { Length: > 0 } directory ? directory : ".";

    /// <summary>
    /// The full path of a file, all links in it resolved; on systems other than Linux, only the last one. A path that cannot be resolved
    /// stays as it is.
    /// </summary>
    internal static string RealPath(string path)
    {
        if (Posix.IsSupported)
        {
            return Posix.TryRealPath(path, out byte[] resolved) == 0 ? PathText.Decode(resolved) : path;
        }

        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Path.GetFullPath(path);
        }
    }

    private static StringComparison PathComparison =>
        OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
}

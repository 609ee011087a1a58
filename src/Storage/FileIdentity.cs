using BinarySync.Storage.Native;

namespace BinarySync.Storage;

/// <summary>Whether two paths are one file.</summary>
public static class FileIdentity
{
    /// <summary>True where both exist and lead to the same file, through links and different spellings. Never throws.</summary>
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

    /// <summary>The full path of a file, the last link resolved.</summary>
    internal static string RealPath(string path)
    {
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

using System.Security.Cryptography;

namespace BinarySync.Tests.Support;

/// <summary>All files of a directory as they were: names, bytes, times.</summary>
public sealed class Untouched
{
    private readonly string _root;
    private readonly SortedDictionary<string, string> _before;

    public Untouched(string root)
    {
        _root = root;
        _before = Take();
    }

    /// <summary>Nothing has changed, appeared or gone, hidden files included.</summary>
    public void Check() => Assert.Equal(_before, Take());

    private SortedDictionary<string, string> Take()
    {
        SortedDictionary<string, string> files = new(StringComparer.Ordinal);
        foreach (FileInfo file in new DirectoryInfo(_root)
            .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            bool isRegular = (file.Attributes & FileAttributes.ReparsePoint) == 0 && IsRegular(file);
            files[Path.GetRelativePath(_root, file.FullName)] = isRegular
                ? $"{file.Length} {file.LastWriteTimeUtc:O} {Digest(file.FullName)}"
                : "special";
        }

        return files;
    }

    // A FIFO would wait for its other end.
    private static bool IsRegular(FileInfo file) =>
        (file.Attributes & (FileAttributes.Device | FileAttributes.Directory)) == 0
            && !file.Name.EndsWith(".fifo", StringComparison.Ordinal);

    private static string Digest(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return Convert.ToHexString(SHA256.HashData(file));
    }
}

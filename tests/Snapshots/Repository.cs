namespace BinarySync.Snapshots;

/// <summary>Where the sources of the running tests are.</summary>
public static class Repository
{
    private const string Landmark = "BinarySync.sln";

    private static readonly Lazy<string> Found = new(Find);

    /// <summary>The directory that has the solution file.</summary>
    public static string Root => Found.Value;

    /// <summary>A file or directory of the repository.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    /// <summary>The real path of a source file. Builds map the repository to "/", so that they are the same everywhere.</summary>
    public static string PathOfSource(string callerFilePath) =>
        File.Exists(callerFilePath) ? callerFilePath : PathOf(callerFilePath.TrimStart('/'));

    private static string Find()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, Landmark)))
            {
                return directory.FullName;
            }
        }

        throw new DirectoryNotFoundException($"no directory above {AppContext.BaseDirectory} has {Landmark}");
    }
}

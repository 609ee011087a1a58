namespace BinarySync.Docs.Tests.Support;

/// <summary>A shell in an empty directory, with the built programs first in its path.</summary>
public sealed class Shell : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("binarysync-docs-").FullName;

    /// <summary>Runs a line; what it prints on both streams, in order.</summary>
    public string Run(string line) => Bash.Run(_directory, Bash.Path(), line).Output;

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}

namespace BinarySync.Tests.Support;

/// <summary>A directory that is gone after the test, whatever became of it.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    public TemporaryDirectory() => Path = Directory.CreateTempSubdirectory("binarysync-test-").FullName;

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Makes a file of bytes that are never zero and differ from place to place.</summary>
    public string File(string name, int length)
    {
        System.IO.File.WriteAllBytes(this[name], Bytes.Pattern(length));
        return this[name];
    }

    /// <summary>Makes a file that is one hole.</summary>
    public string Sparse(string name, long length)
    {
        using FileStream file = System.IO.File.Create(this[name]);
        file.SetLength(length);
        return this[name];
    }

    public IEnumerable<string> Names => Directory.GetFileSystemEntries(Path).Select(path => System.IO.Path.GetFileName(path)!).Order();

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

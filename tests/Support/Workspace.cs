using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace BinarySync.Tests.Support;

/// <summary>A directory in which the programs run; names are relative to it, so that what they say is the same everywhere.</summary>
public sealed class Workspace : IDisposable
{
    private static readonly string[] Prepared = ["a.ckf", "b.ckf", "p.dtr", "p.dtf"];

    // Equal inputs give equal outputs, which other tests prove: what many tests begin with is made once.
    private static readonly ConcurrentDictionary<string, byte[][]> Made = new();

    private readonly TemporaryDirectory _directory = new();

    public string Root => _directory.Path;

    public string this[string name] => Path.Combine(_directory.Path, name);

    public IEnumerable<string> Names => _directory.Names;

    /// <summary>Runs a command to its end.</summary>
    public ToolResult Run(params ReadOnlySpan<string> command) => Tool.Run(Root, null, command);

    /// <summary>Runs a command line, which has no spaces inside its arguments.</summary>
    public ToolResult Line(string line) => Tool.Run(Root, null, line.Split(' '));

    /// <summary>Runs a command line that gets these bytes on standard input.</summary>
    public ToolResult Feed(byte[] input, string line) => Tool.Run(Root, input, line.Split(' '));

    /// <summary>Runs a line of shell, in which any failing part of a pipe fails the whole.</summary>
    public ToolResult Shell(string line) => Tool.Run(Root, null, "bash", "-c", "set -o pipefail; " + line);

    public byte[] Read(string name) => File.ReadAllBytes(this[name]);

    public string Write(string name, ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(this[name], bytes);
        return name;
    }

    /// <summary>Makes A and B, and by default all that leads to a data file: a.ckf, b.ckf, p.dtr and p.dtf.</summary>
    public Workspace Prepare(byte[] a, byte[] b, string checksumOptions = "", string compression = "zstd:2")
    {
        Write("a", a);
        Write("b", b);
        string key = $"{Convert.ToHexString(SHA256.HashData(a))} {Convert.ToHexString(SHA256.HashData(b))} {checksumOptions} {compression}";
        bool isSelfContained = !checksumOptions.Contains("-r ", StringComparison.Ordinal);
        if (isSelfContained && Made.TryGetValue(key, out byte[][]? files))
        {
            foreach ((string name, byte[] bytes) in Prepared.Zip(files))
            {
                Write(name, bytes);
            }

            return this;
        }

        string options = checksumOptions.Length > 0 ? " " + checksumOptions : "";
        Line($"ckfile a -o a.ckf -f{options}").Ends(0);
        Line($"ckfile b -o b.ckf -f{options}").Ends(0);
        Line("dtreq --remote a.ckf --master b.ckf -o p.dtr -f").Ends(0);
        Line($"dtfile b -r p.dtr -o p.dtf -f -c {compression}").Ends(0);
        if (isSelfContained)
        {
            Made[key] = [.. Prepared.Select(Read)];
        }

        return this;
    }

    /// <summary>
    /// Compares with the cache as the file system left it, and again with what is read after the pages have been dropped.
    /// </summary>
    public void Holds(string name, ReadOnlySpan<byte> expected)
    {
        Assert.True(expected.SequenceEqual(Read(name)), $"{name} is not what it should be");
        PageCache.Drop(this[name]);
        Assert.True(expected.SequenceEqual(Read(name)), $"{name} is not on the disk what it is in the cache");
    }

    /// <summary>Remembers files byte for byte and by their times, and that there are no others.</summary>
    public Untouched Remember() => new(Root);

    public void Dispose() => _directory.Dispose();
}

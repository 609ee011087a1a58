using System.Text.RegularExpressions;

namespace BinarySync.Docs.Tests.Support;

/// <summary>A document of this repository, by lines.</summary>
public sealed class Document
{
    private Document(string path)
    {
        Path = System.IO.Path.Combine(Root, path);
        Lines = File.ReadAllLines(Path);
    }

    /// <summary>The directory of the solution.</summary>
    public static string Root { get; } = FindRoot();

    public string Path { get; }

    public string[] Lines { get; }

    /// <summary>Opens one by its path in the repository.</summary>
    public static Document Open(string path) => new(path);

    /// <summary>The lines below a heading, up to the next heading of its level or above.</summary>
    public IEnumerable<string> Below(string heading)
    {
        int start = Array.IndexOf(Lines, heading);
        Assert.True(start >= 0, $"{Path} has no heading '{heading}'");
        int level = Level(heading);
        bool inBlock = false;
        return Lines.Skip(start + 1).TakeWhile(line =>
        {
            inBlock ^= line.StartsWith("```", StringComparison.Ordinal);
            return inBlock || Level(line) == 0 || Level(line) > level;
        });
    }

    /// <summary>The cells of all tables in some lines, without their headings; escapes resolved.</summary>
    public static IEnumerable<string[]> Rows(IEnumerable<string> lines)
    {
        int row = 0;
        foreach (string line in lines)
        {
            row = line.StartsWith('|') ? row + 1 : 0;
            if (row > 2)
            {
                string[] cells = Regex.Split(line.Trim().Trim('|'), @"(?<!\\)\|");
                yield return [.. cells.Select(cell => cell.Trim().Replace(@"\|", "|", StringComparison.Ordinal))];
            }
        }
    }

    // "## x" is 2; what is no heading is 0.
    private static int Level(string line)
    {
        int level = line.TakeWhile(character => character == '#').Count();
        return level < line.Length && line[level] == ' ' ? level : 0;
    }

    private static string FindRoot()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(System.IO.Path.Combine(directory, "BinarySync.sln")))
        {
            directory = System.IO.Path.GetDirectoryName(directory);
        }

        return directory ?? throw new InvalidOperationException("These tests run inside the repository.");
    }
}

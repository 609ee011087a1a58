using System.Text.RegularExpressions;

namespace BinarySync.Docs.Tests;

/// <summary>Links inside the repository lead somewhere.</summary>
public class LinkTests
{
    private static readonly string[] Paths =
    [
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        .. Directory.EnumerateFiles(Path.Combine(Document.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Document.Root, file))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Those at the top, and all below docs.</summary>
    public static TheoryData<string> Documents => [.. Paths];

    [Fact]
    public void The_manual_and_the_cookbook_are_among_the_documents() =>
        Assert.Superset(
            new HashSet<string>(["docs/Cookbook.md", "docs/Design.md", "docs/Format.md", Manual.EntryPage, .. Manual.Chapters]),
            new HashSet<string>(Paths));

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_lead_somewhere(string path)
    {
        Document document = Document.Open(path);
        string directory = Path.GetDirectoryName(document.Path)!;
        foreach (Match link in document.Lines.SelectMany(line => Regex.Matches(line, @"\]\((?!https?:)([^)#]*)(#[^)]*)?\)")))
        {
            string file = link.Groups[1].Value;
            Document target = file.Length == 0
                ? document
                : Document.Open(Path.GetRelativePath(Document.Root, Path.Combine(directory, file)));
            if (link.Groups[2].Value is { Length: > 0 } anchor)
            {
                Assert.Contains(anchor, target.Lines.Where(line => line.StartsWith('#')).Select(Anchor));
            }
        }
    }

    // As the usual hosts make it of a heading.
    private static string Anchor(string heading) =>
        "#" + Regex.Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), @"[^\w\- ]", string.Empty).Replace(' ', '-');
}

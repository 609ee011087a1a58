using System.Text.RegularExpressions;

namespace BinarySync.Docs.Tests;

/// <summary>Links inside the repository lead somewhere.</summary>
public class LinkTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("CHANGELOG.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("docs/Cookbook.md")]
    [InlineData("docs/Manual.md")]
    [InlineData("docs/Design.md")]
    [InlineData("docs/Format.md")]
    public void Links_lead_somewhere(string path)
    {
        Document document = Document.Open(path);
        string directory = Path.GetDirectoryName(document.Path)!;
        foreach (Match link in document.Lines.SelectMany(line => Regex.Matches(line, @"\]\((?!https?:)([^)#]*)(#[^)]*)?\)")))
        {
            string file = link.Groups[1].Value;
            Document target = file.Length == 0 ? document : Document.Open(Path.GetRelativePath(Document.Root, Path.Combine(directory, file)));
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

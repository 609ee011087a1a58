using System.Text.RegularExpressions;

namespace BinarySync.Docs.Tests;

/// <summary>The manual in chapters: each can be found from the entry page and the pages beside it, and is short enough to read.</summary>
public class ManualChapterTests
{
    private const int MostLines = 350;

    public static TheoryData<string> Chapters => [.. Manual.Chapters];

    [Fact]
    public void The_entry_page_lists_every_chapter_and_no_other_file()
    {
        IEnumerable<string> listed = LinksIn(Document.Open(Manual.EntryPage).Below("## Chapters")).Where(
            link => link.StartsWith("manual/", StringComparison.Ordinal));
        Assert.Equal(Manual.Chapters.Select(path => path["docs/".Length..]), listed.Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Chapters))]
    public void A_chapter_leads_back_and_is_short(string path)
    {
        Document chapter = Document.Open(path);
        Assert.Contains("../Manual.md", LinksIn(chapter.Lines.Take(3)));
        Assert.InRange(chapter.Lines.Length, 1, MostLines);
        Assert.InRange(Document.Open(Manual.EntryPage).Lines.Length, 1, MostLines);
    }

    private static IEnumerable<string> LinksIn(IEnumerable<string> lines) =>
        lines.SelectMany(line => Regex.Matches(line, @"\]\(([^)#]+)[^)]*\)")).Select(link => link.Groups[1].Value);
}

namespace BinarySync.Docs.Tests.Support;

/// <summary>The manual: its entry page and all chapters, wherever among them a section is.</summary>
public static class Manual
{
    /// <summary>The page that lists the chapters.</summary>
    public const string EntryPage = "docs/Manual.md";

    private const string ChapterDirectory = "docs/manual";

    /// <summary>The paths of the chapters, in the repository.</summary>
    public static IReadOnlyList<string> Chapters { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(Document.Root, ChapterDirectory), "*.md").Select(
            file => $"{ChapterDirectory}/{Path.GetFileName(file)}").Order(StringComparer.Ordinal)];

    /// <summary>The entry page and the chapters.</summary>
    public static IEnumerable<Document> Pages => Chapters.Prepend(EntryPage).Select(Document.Open);

    /// <summary>The lines below a heading that exactly one of the pages has.</summary>
    public static IEnumerable<string> Below(string heading)
    {
        Document[] pages = [.. Pages.Where(page => page.Lines.Contains(heading))];
        Assert.True(pages.Length == 1, $"{pages.Length} pages of the manual have the heading '{heading}', not one");
        return pages[0].Below(heading);
    }
}

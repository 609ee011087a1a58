namespace BinarySync.Docs.Tests;

/// <summary>
/// The commands in a document's console blocks, run in order in an empty directory of its own: they print what stands there. After a
/// change that is meant, BINARYSYNC_UPDATE_DOCUMENTS=1 writes what they print now into the documents. What a run took is left out of the
/// comparison.
/// </summary>
public class ConsoleExampleTests
{
    private const string Fence = "```";
    private const string ConsoleFence = "```console";
    private const string Prompt = "$ ";

    private static readonly string[] Paths =
    [
        "README.md",
        "docs/manual/commands.md",
        "docs/manual/first-sync.md",
        "docs/manual/interruptions.md",
        "docs/manual/maps.md",
        "docs/manual/pipes.md",
        "docs/manual/ranges.md",
        "docs/manual/scripting.md",
        "docs/manual/sending-less.md",
        "docs/manual/sticks.md",
        "docs/manual/trouble.md",
    ];

    public static TheoryData<string> Documents => [.. Paths];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Console_blocks_print_what_they_say(string path)
    {
        Document document = Document.Open(path);
        string[] actual = [.. Replay(document.Lines)];
        if (Environment.GetEnvironmentVariable("BINARYSYNC_UPDATE_DOCUMENTS") == "1")
        {
            File.WriteAllLines(document.Path, actual);
            document = Document.Open(path);
        }

        Assert.Contains(ConsoleFence, document.Lines);
        Assert.Equal(MeasuredFigures.Fix(string.Join('\n', document.Lines)), string.Join('\n', actual));
    }

    // One that is forgotten above would be compared with nothing.
    [Fact]
    public void No_other_document_has_console_blocks()
    {
        IEnumerable<string> all = Directory.EnumerateFiles(Path.Combine(Document.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Document.Root, file)).Append("README.md");
        Assert.Equal(
            all.Where(path => Document.Open(path).Lines.Contains(ConsoleFence)).Order(StringComparer.Ordinal),
            Paths.Order(StringComparer.Ordinal));
    }

    // The document with the output of every command replaced by what it is now.
    private static IEnumerable<string> Replay(IEnumerable<string> lines)
    {
        using Shell shell = new();
        bool inConsole = false;
        foreach (string line in lines)
        {
            if (inConsole && line.StartsWith(Prompt, StringComparison.Ordinal))
            {
                yield return line;
                string output = MeasuredFigures.Fix(shell.Run(line[Prompt.Length..]));
                foreach (string printed in output.Length == 0 ? [] : output.TrimEnd('\n').Split('\n'))
                {
                    yield return printed;
                }
            }
            else if (!inConsole || line == Fence)
            {
                inConsole = line == ConsoleFence;
                yield return line;
            }
        }
    }
}

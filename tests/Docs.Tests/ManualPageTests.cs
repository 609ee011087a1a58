using System.Text.RegularExpressions;

namespace BinarySync.Docs.Tests;

/// <summary>
/// The manual pages that eng/manual-pages.sh makes: what the readers of such pages say of them, and whether they say what --help says.
/// </summary>
public sealed class ManualPageTests(ManualPageTests.Pages pages) : IClassFixture<ManualPageTests.Pages>
{
    public static TheoryData<string> Tools => ["ckreq", "ckfile", "dtreq", "dtfile"];

    public static TheoryData<string> AllPages => [.. Tools, "binarysync"];

    [LinuxTheory("mandoc")]
    [MemberData(nameof(AllPages))]
    public void Mandoc_has_nothing_to_say(string tool) =>
        Assert.Equal((0, string.Empty, string.Empty), Command.Run("mandoc", "-T", "lint", "-W", "warning", pages.PathOf(tool)));

    [LinuxTheory("man")]
    [MemberData(nameof(AllPages))]
    public void Man_has_nothing_to_warn_of(string tool)
    {
        (int exit, string output, string errors) = Command.Run(
            "env", "LC_ALL=C.UTF-8", "MANWIDTH=80", "man", "--warnings", "-P", "cat", "-l", pages.PathOf(tool));
        Assert.Equal((0, string.Empty), (exit, errors));
        Assert.Contains($"{tool.ToUpperInvariant()}({SectionOf(tool)})", output, StringComparison.Ordinal);
        Assert.All(output.Split('\n'), line => Assert.InRange(Regex.Replace(line, ".\b", string.Empty).Length, 0, 80));
    }

    [LinuxTheory]
    [MemberData(nameof(Tools))]
    public void Options_are_those_of_help(string tool)
    {
        string[] page = File.ReadAllLines(pages.PathOf(tool));
        string[] everywhere = [.. Entries(page, ".SS Options of every command")];
        foreach (string command in pages.CommandsOf(tool).Prepend(string.Empty))
        {
            string[] help = pages.HelpOf(tool, command);
            IEnumerable<string> documented = Entries(page, command.Length == 0 ? ".SH OPTIONS" : $".SS {command}").Concat(everywhere);
            IEnumerable<string> shown = Rows(help, "Arguments:").Concat(Rows(help, "Options:"));
            Assert.Equal(
                (command, string.Join('\n', shown.Order(StringComparer.Ordinal))),
                (command, string.Join('\n', documented.Order(StringComparer.Ordinal))));
        }
    }

    [LinuxTheory]
    [MemberData(nameof(Tools))]
    public void Synopsis_is_that_of_help(string tool)
    {
        string page = Plain(File.ReadAllText(pages.PathOf(tool)));
        IEnumerable<string> synopses = Regex.Matches(page, "^\\.SY (.*)\n(.*)$", RegexOptions.Multiline).Select(
            match => $"{match.Groups[1].Value} {match.Groups[2].Value}".Trim());
        string[] help = pages.HelpOf(tool, string.Empty);
        Assert.Equal(
            help.SkipWhile(line => line != "Usage:")
                .Skip(1)
                .TakeWhile(line => line.Length > 0)
                .Select(line => line.Trim().Replace("<", "").Replace(">", "").Replace("[options]", "[OPTIONS]")),
            synopses);
    }

    // What a person has written names options as well.
    [LinuxTheory]
    [MemberData(nameof(Tools))]
    public void Options_named_by_hand_exist(string tool)
    {
        string all = string.Join(
            '\n', pages.CommandsOf(tool).Prepend(string.Empty).SelectMany(command => Rows(pages.HelpOf(tool, command), "Options:")));
        string byHand = Plain(string.Join('\n', Document.Open($"docs/man/{tool}.man").Lines));
        foreach (string name in Regex.Matches(byHand, @"(?<![\w-])--?[a-z][a-z-]*").Select(match => match.Value)
            .Where(name => name is not "-d"))
        {
            Assert.Matches($@"(?m)(^|, ){name}\b", all);
        }
    }

    [LinuxTheory]
    [MemberData(nameof(Tools))]
    public void Exit_codes_are_those_of_the_manual(string tool)
    {
        string[] page = [.. File.ReadAllLines(pages.PathOf(tool)).SkipWhile(line => line != ".SH EXIT STATUS").Skip(1).TakeWhile(
            line => !line.StartsWith(".SH", StringComparison.Ordinal))];
        IEnumerable<string> documented = page.Chunk(3).Select(row => $"{Plain(row[1])[3..]}: {Plain(row[2])}");
        string[] manual = [.. Document.Rows(Manual.Below("## Exit codes")).Select(row => $"{row[0]}: {row[1].Replace("`", string.Empty)}")];
        Assert.Contains(documented, row => row.StartsWith("128 + n: ", StringComparison.Ordinal));
        Assert.All(documented, row => Assert.Contains(row, manual));
    }

    [LinuxFact]
    public void The_same_programs_give_the_same_bytes()
    {
        using Pages again = new();
        Assert.All(
            new[] { "ckreq", "ckfile", "dtreq", "dtfile" },
            tool => Assert.Equal(File.ReadAllBytes(pages.PathOf(tool)), File.ReadAllBytes(again.PathOf(tool))));
    }

    // "NAMES: DEFAULT" of each .TP below a heading.
    private static IEnumerable<string> Entries(string[] page, string heading)
    {
        string[] section = [.. page.SkipWhile(line => line != heading).Skip(1).TakeWhile(line => !Regex.IsMatch(line, @"^\.S[HS] "))];
        for (int i = 0; i < section.Length; i++)
        {
            if (section[i] == ".TP")
            {
                string text = Plain(string.Join('\n', section.Skip(i + 2).TakeWhile(line => line != ".TP")));
                bool required = text.Contains("This option is required.", StringComparison.Ordinal);
                yield return $"{Plain(section[i + 1])}{(required ? " (required)" : string.Empty)}: "
                    + $"{Regex.Match(text, @"(?m)^Default: (.*)\.$").Groups[1].Value}";
            }
        }
    }

    private static IEnumerable<string> Rows(string[] help, string title) =>
        help.SkipWhile(line => line != title).Skip(1).TakeWhile(line => line.Length > 0).Select(line =>
        {
            string names = Regex.Match(line, "^ {2}(.*?) {2,}").Groups[1].Value.Replace("<", "").Replace(">", "");
            return $"{names}: {Regex.Match(line, @"\[default: (.*)\]$").Groups[1].Value}";
        });

    private static int SectionOf(string page) => page == "binarysync" ? 7 : 1;

    private static string Plain(string roff) =>
        Regex.Replace(roff, @"\\f[BIR]", string.Empty).Replace(@"\-", "-").Replace(@"\(aq", "'").Replace(@"\e", @"\");

    /// <summary>The pages, made of the programs that these tests were built with.</summary>
    public sealed class Pages : IDisposable
    {
        private readonly TemporaryDirectory _directory = new();
        private readonly Dictionary<string, string[]> _helps = [];

        public Pages() => Command.Demand(System.IO.Path.Combine(Document.Root, "eng/manual-pages.sh"), Bash.Programs, _directory.Path);

        internal string PathOf(string tool) => System.IO.Path.Combine(_directory.Path, $"{tool}.{SectionOf(tool)}");

        internal IEnumerable<string> CommandsOf(string tool) =>
            HelpOf(tool, string.Empty).SkipWhile(line => line != "Commands:")
                .Skip(1)
                .TakeWhile(line => line.Length > 0)
                .Select(line => line.Trim().Split(' ')[0]);

        internal string[] HelpOf(string tool, string command)
        {
            string line = $"{tool} {command} --help";
            if (!_helps.TryGetValue(line, out string[]? help))
            {
                using Shell shell = new();
                _helps[line] = help = shell.Run(line).Split('\n');
            }

            return help;
        }

        public void Dispose() => _directory.Dispose();
    }
}

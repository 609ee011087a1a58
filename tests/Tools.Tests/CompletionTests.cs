using System.Text.RegularExpressions;

namespace BinarySync.Tools.Tests;

/// <summary>
/// What the real shells offer with the scripts that `completions` prints. The programs are not in the path then: nothing of them runs
/// while somebody types.
/// </summary>
public sealed class CompletionTests(CompletionTests.Scripts scripts) : IClassFixture<CompletionTests.Scripts>
{
    private const string OtherFiles = "*";

    private static readonly string[] Tools = ["ckreq", "ckfile", "dtreq", "dtfile"];

    private readonly Workspace _work = scripts.Work;

    /// <summary>What is typed, and what is offered; "*": other files as well in fish, which has these first.</summary>
    public static TheoryData<string, string> Lines => new()
    {
        { "ckfile --ha", "--hash" },
        { "ckfile check --h", "--help --holes" },
        { "ckfile -a ", "xxh128 xxh3 blake3 sha256" },
        { "ckfile -q --hash xxh", "xxh128 xxh3" },
        { "ckfile c", "check completions" },
        { "ckfile d", "disk.img" },
        { "ckfile disk.img d", "" },
        { "ckfile -b ", "" },
        { "ckfile -r ", "r.ckr sub functions *" },
        { "ckfile check disk.img ", "a.ckf b.ckf sub functions *" },
        { "ckfile -t 2 check u", "up.dtf up.dtr" },
        { "ckfile --progress none check d", "disk.img" },
        { "ckfile join a.ckf b.ckf -o ", "a.ckf b.ckf sub functions *" },
        { "ckfile info -- ", "a.ckf b.ckf sub functions *" },
        { "ckfile check disk.img --map --h", "--help --holes" },
        { "ckfile info a.ckf --map m", "m.svg" },
        { "ckfile check --map m.svg d", "disk.img" },
        { "ckreq ", "info completions" },
        { "ckreq completions ", "bash zsh fish" },
        { "dtreq --remote ", "a.ckf b.ckf sub functions *" },
        { "dtreq m", "merge" },
        { "dtfile disk.img -c lz4:1", "lz4:1 lz4:10 lz4:11 lz4:12" },
        { "dtfile disk.img --split ", "fat32" },
        { "dtfile disk.img --remote=", "a.ckf b.ckf sub functions *" },
        { "dtfile apply ", "up.dtf sub functions *" },
        { "dtfile apply up.dtf di", "disk.img" },
        { "dtfile apply up.dtf disk.img --verify ", "none written full" },
        { "dtfile apply --journal ", "sub functions" },
    };

    [LinuxTheory("bash")]
    [MemberData(nameof(Lines))]
    public void In_bash(string line, string offered) => Assert.Equal(Set(offered), OffersOfBash(line).Order());

    [LinuxTheory("fish")]
    [MemberData(nameof(Lines))]
    public void In_fish(string line, string offered)
    {
        string[] offers = OffersOfFish(line);
        if (!offered.EndsWith(OtherFiles, StringComparison.Ordinal))
        {
            Assert.Equal(Set(offered), offers.Order());
            return;
        }

        string[] first = Set(offered);
        Assert.Equal(first, offers.Take(first.Length).Order());
        Assert.Contains("disk.img", offers.Skip(first.Length));
    }

    [LinuxTheory("zsh")]
    [MemberData(nameof(Lines))]
    public void In_zsh(string line, string offered) => Assert.Equal(Set(offered), OffersOfZsh(line).Order());

    [LinuxFact("bash")]
    public void Every_option_of_help_is_offered_by_bash() => EveryOptionIsOffered(OffersOfBash);

    [LinuxFact("fish")]
    public void Every_option_of_help_is_offered_by_fish() => EveryOptionIsOffered(OffersOfFish);

    [LinuxFact("zsh")]
    public void Every_option_of_help_is_offered_by_zsh() => EveryOptionIsOffered(OffersOfZsh);

    [Fact]
    public void Another_shell_is_refused()
    {
        _work.Line("ckfile completions tcsh").Fails(2, "'tcsh' is not a shell with completions; choose one of bash, zsh, fish");
        _work.Line("ckfile completions").Ends(2).Says("bash|zsh|fish is missing");
        _work.Line("ckfile completions bash --json").Fails(2, "a script is no JSON", "leave out --json");
    }

    private void EveryOptionIsOffered(Func<string, string[]> offers)
    {
        foreach ((string command, string options) in scripts.Documented)
        {
            Assert.Equal((command, options), (command, string.Join(' ', offers($"{command} -").Order())));
        }
    }

    private static string[] Section(string help, string title) =>
        [.. help.Split('\n').SkipWhile(line => line != title).Skip(1).TakeWhile(line => line.Length > 0).Select(line => line.Trim())];

    private static string[] Set(string words) =>
        [.. words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => word != OtherFiles).Order()];

    private string[] OffersOfBash(string line)
    {
        // As readline splits a line: ':' and '=' are words of their own, and only what stands behind the last of them is replaced.
        string[] words = [.. line.Split(' ').SelectMany(word => word.Length == 0 ? [word] : Regex.Split(word, "([:=])"))];
        string last = line[(line.LastIndexOf(' ') + 1)..];
        string kept = last[..(last.LastIndexOf(':') + 1)];
        return [.. Offers(
            [$"{AppContext.BaseDirectory}Completion/offers.bash", $"{words[0]}.bash", .. words], "bash").Select(offer => kept + offer)];
    }

    private string[] OffersOfFish(string line)
    {
        string tool = line.Split(' ')[0];
        string[] offers = Offers(["-c", $"source {tool}.fish; complete -C '{line}'"], "fish", "--no-config");

        // Where a value may follow and need not, it also offers the option with nothing behind the sign.
        return [.. offers.Select(offer => Regex.Replace(offer.Split('\t')[0].TrimEnd('/'), "^--[a-z-]+=", string.Empty)).Where(
            offer => offer.Length > 0 && IsOurFile(offer))];
    }

    private string[] OffersOfZsh(string line) =>
        Offers([$"{AppContext.BaseDirectory}Completion/offers.zsh", _work["functions"], line], "zsh", "-f");

    private string[] Offers(string[] arguments, params string[] shell)
    {
        ToolResult result = _work.Run(
            ["env", "PATH=/usr/bin:/bin", $"HOME={_work["sub"]}", "TERM=dumb", .. shell, .. arguments]).Succeeds();
        return [.. result.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(IsOurFile)];
    }

    // The scripts lie beside the files that are completed.
    private static bool IsOurFile(string offer) => !Tools.Any(tool => offer.StartsWith($"{tool}.", StringComparison.Ordinal));

    /// <summary>The scripts, among files to be completed.</summary>
    public sealed class Scripts : IDisposable
    {
        public Scripts()
        {
            foreach (string name in new[] { "a.ckf", "b.ckf", "r.ckr", "up.dtr", "up.dtf", "disk.img", "m.svg" })
            {
                Work.Write(name, []);
            }

            Directory.CreateDirectory(Work["sub"]);
            Directory.CreateDirectory(Work["functions"]);
            foreach (string tool in Tools)
            {
                Work.Write($"{tool}.bash", Work.Line($"{tool} completions bash").Succeeds().Output);
                Work.Write($"{tool}.fish", Work.Line($"{tool} completions fish").Succeeds().Output);
                Work.Write($"functions/_{tool}", Work.Line($"{tool} completions zsh").Succeeds().Output);
                string help = Work.Line($"{tool} --help").Text;
                Document(tool, help);
                foreach (string row in Section(help, "Commands:"))
                {
                    string command = $"{tool} {row.Split(' ')[0]}";
                    Document(command, Work.Line($"{command} --help").Text);
                }
            }
        }

        internal Workspace Work { get; } = new();

        /// <summary>Each command, and the options that its help names.</summary>
        internal List<(string Command, string Options)> Documented { get; } = [];

        public void Dispose() => Work.Dispose();

        private void Document(string command, string help)
        {
            IEnumerable<string> names = Section(help, "Options:").SelectMany(
                row => Regex.Matches(row.Split("  ")[0], @"(?<![^ ])--?[a-z][a-z-]*")).Select(name => name.Value);
            Documented.Add((command, string.Join(' ', names.Order())));
        }
    }
}

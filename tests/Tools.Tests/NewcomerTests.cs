using System.Text.RegularExpressions;

namespace BinarySync.Tools.Tests;

/// <summary>What helps somebody who uses the programs for the first time.</summary>
public sealed partial class NewcomerTests : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    private static readonly string[] s_commands = [
        "ckreq", "ckfile", "ckfile check", "ckfile join", "dtreq", "dtreq merge", "dtfile", "dtfile apply", "dtfile info"];

    public static TheoryData<string> Commands => [.. s_commands];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Help_comes_in_two_lengths(string command)
    {
        string tool = command.Split(' ')[0];
        string help = _work.Line($"{command} --help").Succeeds().Text;
        string brief = _work.Line($"{command} -h").Succeeds().Text;

        Assert.Equal(help, _work.Line(command == tool ? $"{tool} help" : $"{tool} help {command.Split(' ')[1]}").Succeeds().Text);
        Assert.Contains("--threads", help, StringComparison.Ordinal);
        Assert.DoesNotContain("--threads", brief, StringComparison.Ordinal);
        Assert.Contains("--help shows", brief, StringComparison.Ordinal);
        Assert.Contains("\nExamples:\n", help, StringComparison.Ordinal);
        Assert.DoesNotContain("\nExamples:\n", brief, StringComparison.Ordinal);
    }

    // All of them, in an order in which each finds what it needs.
    [Fact]
    public void Examples_are_commands_that_work()
    {
        _work.Shell(
            "seq 1 20000 > disk.img; seq 2 20001 > old.img; truncate -s 128K disk.img old.img; ckfile old.img -q -o remote.ckf; ckfile "
                + "disk.img -q -o master.ckf").Succeeds();
        _work.Shell(
            "ckfile old.img -q -b 64K -o c1.ckf; ckfile disk.img -q -b 64K -o c2.ckf; dtreq -q --remote c1.ckf --master c2.ckf -o "
                + "coarse.dtr").Succeeds();
        _work.Shell("ckfile disk.img -q --range 0-9 -o part-1.ckf; ckfile disk.img -q --range 10- -o part-2.ckf").Succeeds();
        _work.Shell("dtreq -q --no-copy --remote remote.ckf --master master.ckf -o berlin.dtr; cp berlin.dtr oslo.dtr").Succeeds();
        string[] examples = [.. s_commands.SelectMany(command => Example().Matches(_work.Line($"{command} --help").Text)).Select(
            match => match.Groups[1].Value)];
        Assert.True(examples.Length > 12, $"only {examples.Length}");
        foreach (string example in examples.Where(line => !line.Contains("/dev/", StringComparison.Ordinal)))
        {
            bool applies = example.StartsWith("dtfile apply", StringComparison.Ordinal);
            string before = applies ? "cp disk.img kept.img; cp old.img disk.img; " : string.Empty;
            string after = applies ? "; code=$?; cp kept.img disk.img; exit $code" : string.Empty;
            bool makesFile = !applies
                && !example.Contains(" check ", StringComparison.Ordinal)
                && !example.Contains(" info ", StringComparison.Ordinal);
            _work.Shell($"{before}{example}{(makesFile ? " -f" : string.Empty)}{after}").Ends(0);
        }
    }

    [Fact]
    public void The_version_is_a_line_for_scripts_and_says_how_it_was_built()
    {
        string[] lines = _work.Line("ckfile --version").Succeeds().Text.TrimEnd('\n').Split('\n');
        Assert.Matches(@"^\d+\.\d+\.\d+", lines[0]);
        Assert.Equal(["build", "runtime", "processor"], lines[1..].Select(line => line.Split(':')[0]));
        Assert.Equal(lines, _work.Line("dtfile version").Succeeds().Text.TrimEnd('\n').Split('\n'));
    }

    // A keypad in application mode sends other keys than before.
    [LinuxFact("script")]
    public void Help_leaves_the_terminal_as_it_was() =>
        Assert.DoesNotContain("\e[?1h", _work.Shell("script -qec 'ckfile --help' /dev/null").Ends(0).Text, StringComparison.Ordinal);

    [Fact]
    public void A_checksum_file_in_parts_is_joined_to_the_same_bytes()
    {
        _work.Write("a", Content.Make(60_000_000));
        _work.Line("ckfile a -b 512 -q").Succeeds();

        ToolResult made = _work.Line("ckfile a -b 512 --split 1M -o a.ckf").Succeeds();

        Assert.StartsWith("a.001.ckf to a.002.ckf: ", made.Text, StringComparison.Ordinal);
        string[] parts = [.. _work.Names.Where(name => name.StartsWith("a.0", StringComparison.Ordinal)).Order()];
        Assert.Equal(["a.001.ckf", "a.002.ckf"], parts);
        Assert.All(parts, part => Assert.InRange(new FileInfo(_work[part]).Length, 1, 1 << 20));
        string next = Regex.Match(made.Text, "ckfile join .*").Value.Replace("-o a.ckf", "-q -o joined.ckf", StringComparison.Ordinal);
        _work.Line(next).Succeeds();
        Assert.Equal(_work.Read("a.ckf"), _work.Read("joined.ckf"));

        _work.Line("ckfile a -b 512 --split 1M").Fails(2, "a.001.ckf: exists already", "-f replaces an existing output");
        _work.Line("ckfile a --split 1M -o -").Fails(2, "standard output is one");
        _work.Line("ckfile a --split 1000").Fails(2, "give 1M or more");
        _work.Line("ckfile a --split 1M --read-errors skip").Fails(2, "cannot be used together");
    }

    [Fact]
    public void The_size_of_a_large_checksum_file_is_said_beforehand()
    {
        _work.Shell("truncate -s 300G large; truncate -s 30G medium; truncate -s 1M small").Succeeds();
        string large = FirstWords("ckfile", "large", "-a", "sha256", "--holes", "read");
        Assert.StartsWith("ckfile: note: large.ckf will have up to 2.34 GiB: ", large, StringComparison.Ordinal);
        Assert.EndsWith("; -b 64K makes it 16 times smaller; --split SIZE makes several files", large, StringComparison.Ordinal);
        string medium = FirstWords("ckfile", "medium", "--holes", "read");
        Assert.StartsWith("ckfile: note: medium.ckf will have up to 120 MiB: ", medium, StringComparison.Ordinal);
        Assert.DoesNotContain("--split", medium, StringComparison.Ordinal);
        Assert.Empty(_work.Line("ckfile small").Ends(0).Errors);

        // Holes make it small.
        Assert.Empty(_work.Line("ckfile large").Ends(0).Errors);
    }

    // Said before hours of reading, which are spared here.
    private string FirstWords(params string[] command)
    {
        using System.Diagnostics.Process process = Tool.Start(_work.Root, command);
        string line = process.StandardError.ReadLine()!;
        process.Kill();
        process.WaitForExit();
        return line;
    }

    [Fact]
    public void A_check_lists_twenty_ranges_and_all_if_asked()
    {
        byte[] a = Content.Make(400_000);
        _work.Write("a", a);
        _work.Line("ckfile a -q").Succeeds();
        for (int block = 0; block < 60; block += 2)
        {
            a[block * 4096] ^= 1;
        }

        _work.Write("a", a);
        string[] few = _work.Line("ckfile check a a.ckf").Ends(1).Text.Split('\n');
        Assert.Equal(20, few.Count(line => line.Contains(" differs (bytes", StringComparison.Ordinal)));
        Assert.Contains("a: and 10 ranges more (-v lists all)", few);
        Assert.Equal(
            30,
            _work.Line("ckfile check a a.ckf -v")
                .Ends(1).Text
                .Split('\n')
                .Count(line => line.Contains(" differs (bytes", StringComparison.Ordinal)));
    }

    [LinuxFact("strace")]
    public void A_check_of_a_target_that_is_half_patched_says_how_to_finish()
    {
        byte[] a = Content.Make(3_000_000);
        _work.Prepare(a, Content.Later(a, 3_000_000, 4096));
        _work.Line(
            $"strace -f -qq -o /dev/null -e signal=none -e inject=pwrite64:signal=SIGKILL:when=2 -P {_work["a"]} dtfile apply p.dtf a");
        Assert.Contains("a.binarysync-journal", _work.Names);

        ToolResult check = _work.Line("ckfile check a b.ckf").Ends(1);

        Assert.Contains("note: a run of p.dtf was interrupted, and a is partly patched", check.Errors, StringComparison.Ordinal);
        Assert.Contains("next, to finish it: dtfile apply p.dtf a\n", check.Text, StringComparison.Ordinal);
        _work.Line("dtfile apply p.dtf a").Ends(0);
        Assert.DoesNotContain("interrupted", _work.Line("ckfile check a b.ckf").Succeeds().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_check_of_a_target_with_half_of_a_set_says_which_parts_are_missing()
    {
        byte[] a = Content.Make(24_000_000);
        byte[] b = new byte[24_000_000];
        new Random(3).NextBytes(b);
        _work.Prepare(a, b);
        _work.Line("dtfile b -q -r p.dtr --split 16M").Succeeds();
        _work.Line("dtfile apply p.002.dtf a").Succeeds();

        ToolResult check = _work.Line("ckfile check a b.ckf").Ends(1);

        check.Says("note: a set is not complete on a: of 2 parts, 2 is applied; missing: 1");
        check.Prints("next, to complete it: dtfile apply PART.dtf... a\n");
        Assert.DoesNotContain("ckfile", check.Text, StringComparison.Ordinal);

        // The note is not about what somebody has changed since.
        a[0]++;
        _work.Write("a", a);
        Assert.DoesNotContain("set", _work.Line("ckfile check a b.ckf").Ends(1).Errors, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void A_check_says_that_a_journal_is_there_which_is_not_trusted()
    {
        byte[] a = Content.Make(100_000);
        _work.Prepare(a, Content.Later(a, 100_000, 4096));
        _work.Shell("mkdir shared; cp a shared; echo whatever > shared/a.binarysync-journal; chmod 1777 shared").Succeeds();
        _work.Line("ckfile check shared/a b.ckf").Ends(1).Says(
            "note: shared/a.binarysync-journal: is not trusted: its directory shared can be written by others (mode 1777); if it is yours, "
                + "a run may have been interrupted");
        _work.Line("ckfile check shared/a a.ckf").Succeeds();
    }

    /// <summary>Each has another word for it, the manual has too.</summary>
    [Theory]
    [InlineData("dtfile undo p.dtf a", "there is no command 'undo'", "dtfile apply p.dtf a")]
    [InlineData("dtfile patch p.dtf a --verify full", "there is no command 'patch'", "did you mean: dtfile apply p.dtf a --verify full")]
    [InlineData("dtfile restore p.dtf a", "there is no command 'restore'", "dtfile apply p.dtf a")]
    [InlineData("ckfile verify a a.ckf", "there is no command 'verify'", "did you mean: ckfile check a a.ckf")]
    [InlineData("ckfile compare a a.ckf", "there is no command 'compare'", "did you mean: ckfile check a a.ckf")]
    [InlineData("ckfile frobnicate a a.ckf", "there is no command or file frobnicate", "see 'ckfile --help'")]
    [InlineData("dtfile frobnicate p.dtf a", "there is no command or file frobnicate", "see 'dtfile --help'")]
    [InlineData("dtfile p.dtf apply a", "'p.dtf' comes before 'apply', which does not accept it", "files come after 'apply': dtfile apply p.dtf a;")]
    [InlineData("dtfile p.dtf apply a -n", "'p.dtf' comes before 'apply'", "files come after 'apply': dtfile apply p.dtf a -n;")]
    [InlineData("dtfile b apply p.dtf a", "'b' comes before 'apply'", "if 'apply' is meant as a file, write ./apply")]
    [InlineData("ckfile a check a.ckf", "'a' comes before 'check'", "files come after 'check': ckfile check a a.ckf;")]
    [InlineData("ckfile a.ckf info", "'a.ckf' comes before 'info'", "files come after 'info': ckfile info a.ckf;")]
    [InlineData("dtfile b --remote a.ckf -b 4K -o x.dtf", "there is no option '-b'", "are those of the checksum files, or of the request")]
    [InlineData("dtreq a.ckf", "dtreq compares two checksum files", "dtreq --remote REMOTE.ckf --master MASTER.ckf")]
    [InlineData("ckfile -V", "there is no option '-V'", "for the version: ckfile --version")]
    public void A_line_in_other_words_is_understood(string line, string error, string hint)
    {
        byte[] a = Content.Make(100_000);
        _work.Prepare(a, Content.Later(a, 100_000, 4096));
        Untouched before = _work.Remember();
        _work.Line(line).Fails(2, error, hint);
        before.Check();
    }

    [Fact]
    public void Only_a_command_that_writes_to_the_target_speaks_of_writing_to_it()
    {
        foreach (string command in new[] { "ckfile", "ckfile check", "dtfile" })
        {
            Assert.DoesNotContain("write to it", _work.Line($"{command} --help").Succeeds().Text, StringComparison.Ordinal);
        }

        _work.Line("dtfile apply --help").Succeeds().Prints("the most to write to it");
    }

    [Fact]
    public void Short_forms_and_other_cases_are_understood()
    {
        byte[] a = Content.Make(100_000);
        _work.Prepare(a, Content.Later(a, 100_000, 4096));
        Assert.Contains("nothing was changed\n", _work.Line("dtfile apply p.dtf a -n").Succeeds().Text, StringComparison.Ordinal);
        Assert.Equal(a, _work.Read("a"));
        _work.Line("ckfile a -a SHA256 -q -o upper.ckf").Succeeds();
        _work.Line("ckfile a -a sha256 -q -o lower.ckf").Succeeds();
        Assert.Equal(_work.Read("lower.ckf"), _work.Read("upper.ckf"));
        _work.Line("ckfile a --split FAT32 -q -f").Succeeds();
        _work.Write("info", a);
        _work.Line("ckfile info").Fails(2, "FILE.ckf is missing", "if the file 'info' is meant, write ./info");
        _work.Line("ckfile a -a MD5 -q -o x.ckf").Fails(2, "'MD5' is not a hash; choose one of xxh128");
    }

    [Fact]
    public void A_directory_stands_for_the_data_files_in_it()
    {
        byte[] a = Content.Make(100_000);
        _work.Prepare(a, Content.Later(a, 100_000, 4096));
        _work.Shell("mkdir stick empty; cp p.dtf stick; cp a stick").Succeeds();
        Assert.StartsWith("stick/p.dtf: data file", _work.Line("dtfile info stick").Succeeds().Text, StringComparison.Ordinal);
        _work.Line("dtfile info empty").Fails(2, "empty: there is no data file in this directory");
    }

    [Fact]
    public void Results_for_scripts_say_who_made_them_and_how_long_it_took()
    {
        byte[] a = Content.Make(100_000);
        _work.Prepare(a, Content.Later(a, 100_000, 4096));
        System.Text.Json.JsonElement result = _work.Line("dtfile apply p.dtf a --json").Ends(0).Json;
        Assert.Matches(@"^dtfile \d+\.\d+\.\d+", result.GetProperty("program").GetString());
        Assert.InRange(result.GetProperty("seconds").GetDouble(), 0, 600);
        Assert.False(
            result.TryGetProperty("equal_to_master", out _)
                || result.TryGetProperty("undo", out _)
                || result.TryGetProperty("new_checksums", out _));
        Assert.True(_work.Line("dtfile apply p.dtf a --verify full --json").Ends(0).Json.GetProperty("equal_to_master").GetBoolean());
    }

    [GeneratedRegex(@"^  ((?:ckreq|ckfile|dtreq|dtfile) .*?)  +[^ ].*$", RegexOptions.Multiline)]
    private static partial Regex Example();
}

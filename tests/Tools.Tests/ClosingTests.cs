namespace BinarySync.Tools.Tests;

/// <summary>The end of each summary: what it took, and the next command, which is typed here as it stands.</summary>
public sealed class ClosingTests : IDisposable
{
    private readonly Workspace _work = new();
    private readonly byte[] _a = Content.Make(500_001);
    private readonly byte[] _b;

    public ClosingTests()
    {
        _b = Content.Later(_a, 520_000, 4096);
        _work.Write("it's old", _a);
        _work.Write("new one", _b);
    }

    public void Dispose() => _work.Dispose();

    [LinuxFact]
    public void The_next_command_leads_from_the_first_to_the_last_whatever_the_files_are_called()
    {
        string request = Next(_work.Run("ckreq", "-b", "8K", "-o", "how & what.ckr"));
        string ofOld = Next(Type(Filled(request, "TARGET", "'it'\\''s old'")), "on the master, if this is the remote's");
        string ofNew = Next(Type(Filled(request, "TARGET", "'new one'")), "if this is the master's");
        Assert.Equal(@"dtfile MASTER --remote 'it'\''s old.ckf'", ofOld);
        Assert.Equal("dtreq --remote REMOTE.ckf --master 'new one.ckf'", ofNew);
        string collect = Next(Type(Filled(ofNew, "REMOTE.ckf", @"'it'\''s old.ckf'")));
        Assert.Equal(@"dtfile 'new one' -r 'it'\''s old.dtr'", collect);
        string apply = Next(Type(collect));
        Assert.Equal(apply, Next(Type(Filled(ofOld, "MASTER", "'new one'") + " -f")));
        Assert.Equal(@"dtfile apply 'it'\''s old.dtf' TARGET --verify full", apply);
        string inEarnest = Next(
            Type(
                Filled(
                    Filled(apply, " --verify full", string.Empty),
                    "TARGET",
                    "'it'\\''s old'") + " --dry-run --undo 'way back.dtf' --verify=none"));
        Assert.Equal(@"dtfile apply 'it'\''s old.dtf' 'it'\''s old' --undo 'way back.dtf' --verify none", inEarnest);
        string check = Next(Type(inEarnest));
        Assert.Equal(_b, _work.Read("it's old"));
        Assert.True(File.Exists(_work["way back.dtf"]));
        Assert.DoesNotContain("next:", Type(Filled(check, "MASTER.ckf", "'new one.ckf'")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "next:", Type(inEarnest.Replace(" --verify none", string.Empty, StringComparison.Ordinal)).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("next:", Type(inEarnest + " --dry-run").Text, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void What_a_check_has_found_is_gone_into()
    {
        Quietly("ckfile 'new one' -b 1K -a sha256 --range 0-9 --range 20-600 -o was.ckf");
        Quietly("ckfile 'new one' -o 'new one.ckf'");
        byte[] changed = [.. _b];
        changed[300_000]++;
        _work.Write("new one", changed);
        ToolResult found = Type("ckfile check 'new one' was.ckf", exit: 1);
        string now = Next(found, "to send or repair what differs", alone: true);
        Assert.Equal("ckfile 'new one' -b 1024 -a sha256 --range 0-9 --range 20-507 -o 'new one.now.ckf'", now);
        string compare = Next(Type(now), "if this is the master's");
        Type(Filled(compare, "REMOTE.ckf", "was.ckf")).Prints("1 of 498 blocks differ");
    }

    [LinuxFact]
    public void Parts_are_named_and_those_that_are_missing()
    {
        _work.Write("wide", Content.Make(20_000_000, seed: 3));
        _work.Write("wide-new", Content.Make(21_000_000, seed: 4));
        Quietly("ckfile wide");
        Quietly("ckfile wide-new");
        Quietly("dtreq --remote wide.ckf --master wide-new.ckf");
        string apply = Next(Type("dtfile wide-new -r wide.dtr --split 16M -o 'w x.dtf'"));
        Assert.Equal("dtfile apply 'w x.001.dtf' 'w x.002.dtf' TARGET --verify full", apply);
        string only = Next(Type("dtfile wide-new -r wide.dtr --split 16M --part 2 -o 'w x.dtf' -f"));
        Assert.Equal("dtfile apply 'w x.002.dtf' TARGET", only);
        string inEarnest = Next(Type(Filled(only, "TARGET", "wide") + " --dry-run"));
        string missing = Next(Type(inEarnest));
        Assert.Equal("dtfile apply 'w x.001.dtf' wide", missing);
        Assert.DoesNotContain("next:", Type(missing).Text, StringComparison.Ordinal);
        Assert.Equal(_work.Read("wide-new"), _work.Read("wide"));
    }

    [LinuxFact]
    public void One_data_file_for_several_wants_each_ones_own_request()
    {
        Quietly("ckfile 'it'\\''s old' -o a.ckf");
        Quietly("ckfile 'new one' -o b.ckf");
        Quietly("dtreq --remote a.ckf --master b.ckf -o a.dtr");
        string collect = Next(Type("dtreq merge a.dtr -o all.dtr"));
        Assert.Equal("dtfile MASTER -r all.dtr", collect);
        string apply = Next(Type(Filled(collect, "MASTER", "'new one'")));
        Type(Filled(Filled(apply, "TARGET", "'it'\\''s old'"), "OWN.dtr", "a.dtr"));
        Assert.Equal(_b, _work.Read("it's old"));
    }

    [LinuxFact]
    public void It_says_what_it_took_where_people_read_and_nowhere_else()
    {
        Quietly("ckfile 'new one' -o b.ckf");
        ToolResult made = Type("ckfile 'it'\\''s old' -o a.ckf");
        Assert.Matches(@"\nread 488 KiB in \d+\.\d\d s\nnext, on the master, if [^:]*: [^\n]*\nnext, if [^:]*: [^\n]*\n$", made.Text);
        ToolResult piped = Type("ckfile 'it'\\''s old' -o - > piped");
        Assert.Empty(piped.Text);
        Assert.Matches(@"\nckfile: read 488 KiB in \d+\.\d\d s\n$", piped.Errors);
        Assert.DoesNotContain("read ", Type("ckfile 'it'\\''s old' -o c.ckf --json").Text, StringComparison.Ordinal);
        Assert.Empty(Type("ckfile 'it'\\''s old' -o d.ckf -q").Text);
        Assert.DoesNotContain("next:", Type("dtreq --remote a.ckf --master c.ckf -o same.dtr").Text, StringComparison.Ordinal);

        Type("dtfile 'it'\\''s old' --remote a.ckf -o same.dtf").Prints(
            "\nnothing differs in what was compared: there is nothing to apply\n");

        // Holes are not read.
        using (FileStream sparse = File.Create(_work["sparse"]))
        {
            sparse.SetLength(10 << 20);
        }

        Assert.Matches(@"\ntook \d+\.\d\d s\n", Type("ckfile sparse").Text);
        Assert.Matches(@"\nread 10 MiB in ", Type("ckfile sparse -f --holes read").Text);
    }

    private static string Filled(string command, string placeholder, string name) =>
        command.Replace(placeholder, name, StringComparison.Ordinal);

    // The last line, or all of the last lines where there is a condition.
    private static string Next(ToolResult result, string? condition = null, bool alone = false)
    {
        string[] lines = [.. result.Text.TrimEnd('\n').Split('\n').Reverse().TakeWhile(
            line => line.StartsWith("next", StringComparison.Ordinal))];
        string start = condition is null ? "next: " : $"next, {condition}: ";
        string line = Assert.Single(lines, line => line.StartsWith(start, StringComparison.Ordinal));
        Assert.Equal(condition is null || alone ? 1 : 2, lines.Length);
        return line[start.Length..];
    }

    private void Quietly(string line) => Type(line + " -q").SaysNothing();

    private ToolResult Type(string line, int exit = 0) => _work.Shell(line).Ends(exit);
}

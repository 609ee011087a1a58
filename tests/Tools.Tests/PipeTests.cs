using System.Diagnostics;

namespace BinarySync.Tools.Tests;

/// <summary>Messages through standard input and output, FIFOs and /dev/stdin.</summary>
public sealed class PipeTests : IDisposable
{
    private readonly Workspace _work = new();
    private readonly byte[] _a = Content.Make(3_000_000);
    private readonly byte[] _b;

    public PipeTests()
    {
        _b = Content.Later(_a, 3_200_000, 30_000);
        _work.Prepare(_a, _b);
    }

    public void Dispose() => _work.Dispose();

    [LinuxTheory]
    [InlineData("ckfile a -o - | dtreq --remote - --master b.ckf -o - | dtfile b -r - -o - | dtfile apply - a")]
    [InlineData("ckreq -o - | ckfile a -r - -o - | dtreq --remote - --master b.ckf -o - | dtfile b -r - -o - -c brotli:1 | dtfile apply /dev/stdin a")]
    [InlineData("mkfifo d.fifo && (dtfile b -r p.dtr -o - > d.fifo & dtfile apply d.fifo a)")]
    [InlineData("dtreq --remote <(ckfile a -o -) --master <(ckfile b -o -) -o - | dtfile b -r /dev/stdin -o x.dtf && dtfile apply x.dtf a")]
    [InlineData("ckfile a -o - | dtfile b --remote - -o - | dtfile apply - a")]
    [InlineData("mkdir room && dtfile b -r p.dtr -o - | dtfile apply - a --spool room")]
    public void A_whole_cycle_through_pipes(string line)
    {
        _work.Shell(line).Ends(0).Prints("a: ");
        _work.Holds("a", _b);
        Assert.DoesNotContain(_work.Names, name => name.StartsWith('.'));
        Assert.True(!Directory.Exists(_work["room"]) || Directory.GetFileSystemEntries(_work["room"]).Length == 0);
    }

    [LinuxFact]
    public void Parts_come_through_pipes_and_the_joined_file_goes_through_one()
    {
        _work.Shell(
            "ckfile a --range 500- -o - | ckfile join <(ckfile a --range 0-299 -o -) - <(ckfile a --range 200-499 -o -) -o - | dtreq "
                + "--remote - --master b.ckf -o x.dtr").Ends(0);
        Assert.Equal(_work.Read("p.dtr"), _work.Read("x.dtr"));
    }

    [LinuxFact]
    public void What_people_read_goes_to_standard_error_while_a_message_goes_to_standard_output()
    {
        ToolResult made = _work.Line("ckfile a -o -").Ends(0).Says("ckfile: standard output: 733 blocks of 4 KiB");
        Assert.Equal(_work.Read("a.ckf"), made.Output);
        _work.Line("ckfile a -o - -q").Succeeds();
    }

    [Theory]
    [InlineData("ckfile info -", "a.ckf")]
    [InlineData("dtreq info -", "p.dtr")]
    [InlineData("dtfile info -", "p.dtf")]
    public void Info_reads_standard_input(string line, string file) =>
        _work.Feed(_work.Read(file), line).Succeeds().Prints("standard input: ");

    [Theory]
    [InlineData("dtreq --remote - --master b.ckf", "the output needs a name of its own if an input comes from a pipe")]
    [InlineData("dtreq --remote a.ckf --master -", "the output needs a name of its own if an input comes from a pipe")]
    [InlineData("ckfile a -r -", "the output needs a name of its own if an input comes from a pipe")]
    [InlineData("dtfile b -r -", "the output needs a name of its own if an input comes from a pipe")]
    [InlineData("dtfile b --remote -", "the output needs a name of its own if an input comes from a pipe")]
    [InlineData("dtfile b --remote a.ckf -o - --json", "--json and '-o -' both need standard output")]
    [InlineData("dtreq --remote - --master - -o x.dtr", "only one input can be '-'")]
    [InlineData("ckfile join - a.ckf - -o x.ckf", "only one input can be '-'")]
    [InlineData("ckfile join a.ckf -o - --json", "--json and '-o -' both need standard output")]
    [InlineData("ckfile a -o - --json", "--json and '-o -' both need standard output")]
    [InlineData("ckreq -o - --json", "--json and '-o -' both need standard output")]
    [InlineData("dtreq --remote a.ckf --master b.ckf -o - --json", "--json and '-o -' both need standard output")]
    [InlineData("dtfile b -r p.dtr -o - --json", "--json and '-o -' both need standard output")]
    public void Streams_that_cannot_be_meant_are_usage_errors(string line, string words)
    {
        Untouched before = _work.Remember();
        _work.Line(line).Fails(2, words);
        before.Check();
    }

    [LinuxTheory]
    [InlineData("ckfile a -b 512 -o -")]
    [InlineData("dtreq --remote a.ckf --master b.ckf -o -")]
    [InlineData("dtfile b -r p.dtr -o -")]
    [InlineData("ckfile info a.ckf")]
    [InlineData("dtfile info p.dtf --json --extents")]
    [InlineData("ckfile check a b.ckf")]
    public void A_reader_that_goes_away_is_a_failure(string line)
    {
        // It begins when it is told to: by then nobody reads any more.
        using Process process = Tool.Start(_work.Root, "sh", "-c", "read _; exec " + line);
        process.StandardOutput.BaseStream.Dispose();
        process.StandardInput.WriteLine();
        process.StandardInput.Close();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(5, process.ExitCode);
        Assert.Contains(
            line.Contains("--json", StringComparison.Ordinal) ? "\"message\":\"standard output: " : "error: standard output: ",
            errors,
            StringComparison.Ordinal);
        Assert.Contains("Broken pipe", errors, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void A_reader_that_has_seen_enough_ends_a_long_list()
    {
        // Far more lines than a pipe holds: every second block differs, and each is a run of its own.
        byte[] a = Content.Make(6_000_000);
        byte[] b = [.. a];
        for (int at = 0; at < b.Length; at += 1024)
        {
            b[at] ^= 1;
        }

        _work.Prepare(a, b, "-b 512");
        _work.Line("dtreq --no-copy --remote a.ckf --master b.ckf -o p.dtr -f").Succeeds();
        Assert.InRange(_work.Line("dtreq info p.dtr --extents").Succeeds().Output.Length, 100_000, int.MaxValue);
        Assert.Equal(
            "p.dtr: data request, format 1.0\n",
            _work.Shell("dtreq info p.dtr --extents | head -1")
                .Ends(5)
                .Says("dtreq: error: standard output: cannot write: Broken pipe").Text);
        _work.Shell("dtreq info p.dtr --extents --json | head -1").Ends(5).Says("Broken pipe");
    }

    [LinuxFact]
    public void A_full_standard_output_is_a_failure()
    {
        _work.Shell("ckfile a -o - > /dev/full").Fails(5, "No space left on device");
        _work.Shell("ckfile info a.ckf > /dev/full").Fails(5, "No space left on device");
    }

    [Fact]
    public void A_pipe_that_ends_early_is_a_truncated_file()
    {
        Untouched before = _work.Remember();
        byte[] file = _work.Read("p.dtf");
        _work.Feed(file[..(file.Length / 2)], "dtfile apply - a").Fails(3, "standard input: ");
        _work.Feed([], "dtfile apply - a").Fails(3, "standard input: ");
        _work.Feed([], "dtreq --remote - --master b.ckf -o x.dtr").Fails(3, "standard input: ");
        before.Check();
    }

    [Fact]
    public void What_follows_a_message_in_a_pipe_is_refused()
    {
        Untouched before = _work.Remember();
        _work.Feed([.. _work.Read("p.dtf"), 0], "dtfile apply - a").Fails(3, "standard input: ");
        before.Check();
    }

    [LinuxFact]
    public void A_spool_directory_that_is_not_there_is_a_usage_error()
    {
        Untouched before = _work.Remember();
        _work.Feed(_work.Read("p.dtf"), "dtfile apply - a --spool nowhere").Fails(2, "nowhere");
        before.Check();
    }

    [RootFact("mount")]
    public void A_spool_without_room_is_said_and_nothing_is_written()
    {
        using Mount small = Mount.Memory(_work["small"], "256k");
        Untouched before = _work.Remember();
        _work.Feed(_work.Read("p.dtf"), "dtfile apply - a --spool small").Fails(
            5, "; nothing was written to the target", "use --spool with a directory that has more room");
        before.Check();
    }
}

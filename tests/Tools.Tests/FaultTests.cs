using System.Diagnostics;
using System.Runtime.Versioning;

namespace BinarySync.Tools.Tests;

/// <summary>Errors of the disk, locks and signals in the middle of the work.</summary>
public sealed class FaultTests : IDisposable
{
    private const string Strace = "strace -f -qq -o /dev/null -e signal=none ";

    private readonly Workspace _work = new();
    private readonly byte[] _a = Content.Make(4_500_000);
    private readonly byte[] _b;

    public FaultTests()
    {
        _b = Content.Later(_a, 5_000_000, 4096);
        _work.Prepare(_a, _b, "-b 512");

        // Without copies a request is as long as these tests want it.
        _work.Line("dtreq --no-copy --remote a.ckf --master b.ckf -o p.dtr -f").Succeeds();
    }

    public static TheoryData<string, string, int> Interrupted => new()
    {
        { "dtreq --remote - --master b.ckf -o x.dtr", "a.ckf", 2 },
        { "dtreq --remote a.ckf --master - -o there -f", "b.ckf", 15 },
        { "dtfile b -r - -o x.dtf", "p.dtr", 15 },
        { "dtfile apply - a", "p.dtf", 2 },
        { "dtfile apply - a --spool room", "p.dtf", 1 },
        { "ckfile check a -", "a.ckf", 2 },
        { "dtfile info -", "p.dtf", 2 },
    };

    public void Dispose() => _work.Dispose();

    [LinuxTheory("strace")]
    [InlineData("ckfile a -o x.ckf", "a")]
    [InlineData("ckfile a -o there -f", "a")]
    [InlineData("ckfile check a a.ckf", "a")]
    [InlineData("dtfile b -r p.dtr -o x.dtf", "b")]
    [InlineData("dtfile apply p.dtf a", "a")]
    public void A_source_that_cannot_be_read_in_the_middle(string line, string source)
    {
        _work.Write("there", "content"u8);
        Untouched before = _work.Remember();
        _work.Line($"{Strace}-e inject=pread64:error=EIO:when=2+ -P {_work[source]} {line}").Fails(
            5, $"{source}: cannot read: Input/output error (offset ");
        before.Check();
    }

    [LinuxTheory("strace")]
    [InlineData("ckfile info a.ckf", "a.ckf")]
    [InlineData("dtfile apply p.dtf a", "p.dtf")]
    public void A_message_that_cannot_be_read(string line, string message)
    {
        Untouched before = _work.Remember();
        _work.Line($"{Strace}-e inject=read,pread64:error=EIO:when=2+ -P {_work[message]} {line}")
            .Fails(5, $"{message}: ")
            .Says("Input/output error");
        before.Check();
    }

    [LinuxTheory("strace")]
    [InlineData("ckreq -o x")]
    [InlineData("ckfile a -o x")]
    [InlineData("dtreq --remote a.ckf --master b.ckf -o x")]
    [InlineData("dtfile b -r p.dtr -o x")]
    [InlineData("dtfile b -r p.dtr -o there -f")]
    public void An_output_whose_flush_fails_does_not_appear(string line)
    {
        _work.Write("there", "content"u8);
        Untouched before = _work.Remember();
        _work.Line($"{Strace}-e inject=fsync:error=EIO:when=1 {line}").Fails(
            5, "Input/output error", "do not trust anything that was written");
        before.Check();
    }

    [LinuxTheory("strace")]
    [InlineData("", 1)]
    [InlineData("", 2)]
    [InlineData("--verify none", 1)]
    [InlineData("--verify none", 2)]
    public void A_target_whose_flush_fails_is_never_a_success(string options, int when)
    {
        // The way back shrinks, which flushes twice.
        _work.Prepare(_b, _a, "-b 512");
        string line = $"dtfile apply p.dtf a {options}".TrimEnd();
        _work.Line($"{Strace}-e inject=fsync,fdatasync:error=EIO:when={when} -P {_work["a"]} {line}").Fails(
            5, "a: cannot flush: Input/output error");

        // The disk is well again: the same command finishes the job.
        _work.Line(line).Ends(0);
        _work.Holds("a", _a);
    }

    [LinuxFact("strace")]
    public void A_flush_that_fails_is_a_failure_also_where_nothing_had_to_be_written()
    {
        _work.Write("a", _b);
        _work.Line($"{Strace}-e inject=fsync,fdatasync:error=EIO -P {_work["a"]} dtfile apply p.dtf a").Fails(
            5, "a: cannot flush: Input/output error");
    }

    [LinuxTheory("strace")]
    [InlineData("EIO", "Input/output error")]
    [InlineData("ENOSPC", "No space left on device")]
    public void A_write_that_fails_is_said_and_the_same_command_goes_on(string error, string words)
    {
        _work.Line(
            $"{Strace}-e inject=pwrite64:error={error}:when=5 -P {_work["a"]} dtfile apply p.dtf a").Fails(5, "a: cannot write: " + words);
        Assert.NotEqual(_b, _work.Read("a"));
        _work.Line("dtfile apply p.dtf a").Ends(0).Says("note: resumed the interrupted run of p.dtf; ");
        _work.Holds("a", _b);
        Assert.False(File.Exists(_work["a.binarysync-journal"]));
    }

    [LinuxFact("strace")]
    public void A_read_back_that_gives_other_bytes_is_found()
    {
        // The write is swallowed: the call says that it wrote, and did not.
        _work.Line($"{Strace}-e inject=pwrite64:retval=512:when=5 -P {_work["a"]} dtfile apply p.dtf a -t 1")
            .Ends(7)
            .Says("did not read back as written")
            .Says("check its health");
    }

    [LinuxTheory]
    [MemberData(nameof(Interrupted))]
    public void A_signal_while_waiting_for_input(string line, string message, int signal)
    {
        Directory.CreateDirectory(_work["room"]);
        _work.Write("there", "content"u8);
        Untouched before = _work.Remember();

        // Under nohup, the tests are started with SIGHUP ignored.
        using Process process = Tool.Start(_work.Root, ["env", "--default-signal=HUP", .. line.Split(' ')]);

        // More than a pipe holds: when it has been taken the program reads, and what it waits for next does not come.
        byte[] bytes = _work.Read(message);
        Assert.InRange(bytes.Length, 70 << 10, int.MaxValue);
        process.StandardInput.BaseStream.Write(bytes, 0, (64 << 10) + 1);
        process.StandardInput.BaseStream.Flush();
        Command.Demand("kill", $"-{signal}", $"{process.Id}");
        Tool.Finish(process, line).Fails(128 + signal, "interrupted");
        before.Check();
    }

    [LinuxTheory("strace")]
    [InlineData("ckfile sparse --holes read -o x.ckf -t 1", "INT", 130)]
    [InlineData("ckfile sparse --holes read -o there -f -t 1", "TERM", 143)]
    [InlineData("ckfile check sparse sparse.ckf --holes read -t 1", "INT", 130)]
    public void A_signal_while_reading(string line, string signal, int exit)
    {
        using (FileStream sparse = File.Create(_work["sparse"]))
        {
            sparse.SetLength(1L << 30);
        }

        _work.Line("ckfile sparse").Succeeds();
        _work.Write("there", "content"u8);
        string[] names = [.. _work.Names];
        _work.Line($"{Strace}-e inject=pread64:signal=SIG{signal}:when=3 -P {_work["sparse"]} {line}").Fails(exit, "interrupted");
        Assert.Equal(names, _work.Names);
        Assert.Equal("content"u8.ToArray(), _work.Read("there"));
    }

    [LinuxFact]
    public void A_killed_program_leaves_nothing_under_the_final_name()
    {
        using Process process = Tool.Start(_work.Root, "dtreq --no-copy --remote - --master b.ckf -o x.dtr".Split(' '));
        process.StandardInput.BaseStream.Write(_work.Read("a.ckf"), 0, (64 << 10) + 1);
        process.StandardInput.BaseStream.Flush();
        process.Kill();
        Tool.Finish(process, "dtreq").Ends(137);
        Assert.False(File.Exists(_work["x.dtr"]));

        // What is left of it, if anything, is in nobody's way.
        _work.Line("dtreq --no-copy --remote a.ckf --master b.ckf -o x.dtr").Succeeds();
        Assert.Equal(_work.Read("p.dtr"), _work.Read("x.dtr"));
    }

    [LinuxFact("strace")]
    public void A_killed_apply_is_finished_by_the_same_command()
    {
        foreach (int when in new[] { 1, 20, 40 })
        {
            _work.Write("a", _a);
            _work.Line($"{Strace}-e inject=pwrite64:signal=SIGKILL:when={when} -P {_work["a"]} dtfile apply p.dtf a");
            Assert.True(File.Exists(_work["a.binarysync-journal"]));
            _work.Line("dtfile apply p.dtf a").Ends(0).Says("note: resumed the interrupted run of p.dtf; ");
            Assert.False(File.Exists(_work["a.binarysync-journal"]));
            _work.Holds("a", _b);
        }
    }

    [LinuxFact]
    [SupportedOSPlatform("linux")]
    public void A_target_that_another_process_has_locked()
    {
        Untouched before = _work.Remember();
        using (FileStream lockedFile = new(_work["a"], FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            lockedFile.Lock(0, 0);
            _work.Line("dtfile apply p.dtf a").Fails(6, "a: in use: locked by another process", "fuser -v a shows which process");
            _work.Line("dtfile apply p.dtf a --dry-run").Fails(6, "a: in use: locked by another process");
        }

        before.Check();
        _work.Line("dtfile apply p.dtf a").Succeeds();
    }

    [LinuxFact]
    public void Two_applies_at_once_are_one_too_many()
    {
        // The first waits for its data file with the target locked.
        using Process first = Tool.Start(_work.Root, "dtfile apply - a".Split(' '));
        byte[] bytes = _work.Read("p.dtf");
        first.StandardInput.BaseStream.Write(bytes, 0, (64 << 10) + 1);
        first.StandardInput.BaseStream.Flush();
        _work.Line("dtfile apply p.dtf a").Fails(6, "a: in use: ");
        first.StandardInput.BaseStream.Write(bytes, (64 << 10) + 1, bytes.Length - (64 << 10) - 1);
        first.StandardInput.Close();
        Tool.Finish(first, "dtfile apply - a").Succeeds();
        _work.Holds("a", _b);
    }
}

using System.Diagnostics;

namespace BinarySync.Tools.Tests;

/// <summary>What the programs leave to others: the disk's time (--limit-rate) and the page cache (--cache).</summary>
public sealed class MannersTests : IDisposable
{
    private const int Mega = 1 << 20;
    private const int Size = 40 * Mega;

    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    // Of 40 MiB at 20 MiB a second 2 are the first burst. `apply` writes them, and then reads them back.
    [Theory]
    [InlineData("ckfile b -o x.ckf -b 64K", 1.5)]
    [InlineData("ckfile check b b.ckf", 1.5)]
    [InlineData("dtfile b -r p.dtr -o x.dtf -c none", 1.5)]
    [InlineData("dtfile apply p.dtf a --verify none", 1.5)]
    [InlineData("dtfile apply p.dtf a", 3)]
    [InlineData("dtfile apply p.dtf b --dry-run", 1.5)]
    public void A_limited_run_takes_its_time(string line, double seconds)
    {
        byte[] b = Bytes.Pattern(Size);
        _work.Prepare([], b, compression: "none");
        long started = Stopwatch.GetTimestamp();
        _work.Line($"{line} --limit-rate 20M").Succeeds();
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, seconds, double.MaxValue);

        string unlimited = line.Replace("x.", "y.", StringComparison.Ordinal);
        if (unlimited != line)
        {
            _work.Line(unlimited).Succeeds();
            Assert.Equal(
                _work.Read(line.Contains("x.ckf", StringComparison.Ordinal) ? "y.ckf" : "y.dtf"),
                _work.Read(_work.Names.Single(name => name.StartsWith('x'))));
        }

        _work.Holds(line.Contains(" p.dtf a", StringComparison.Ordinal) ? "a" : "b", b);
    }

    [Fact]
    public void Holes_cost_nothing()
    {
        using (FileStream sparse = File.Create(_work["sparse"]))
        {
            sparse.SetLength(1L << 40);
        }

        // At this rate all of it would take half a year.
        _work.Line("ckfile sparse -b 1M --limit-rate 64K").Succeeds();
    }

    // A block of 64 MiB is one step of the work: at this rate it takes 17 minutes, and is given up in the middle.
    [LinuxTheory("strace")]
    [InlineData("ckfile b -b 64M -o x.ckf", "INT", 130)]
    [InlineData("ckfile b -b 64M -o there -f", "TERM", 143)]
    [InlineData("ckfile check b b.ckf", "INT", 130)]
    [InlineData("dtfile b -r p.dtr -o x.dtf", "INT", 130)]
    public void A_slow_run_is_ended_by_a_signal_and_leaves_nothing(string line, string signal, int exit)
    {
        _work.Prepare([], Bytes.Pattern(66 * Mega), "-b 64M");
        _work.Write("there", "content"u8);
        string[] names = [.. _work.Names];
        _work.Line(
            $"strace -f -qq -o /dev/null -e signal=none -e inject=pread64:signal=SIG{signal}:when=1 -P {_work["b"]} {line} "
                + "--limit-rate 64K").Fails(exit, "interrupted");
        Assert.Equal(names, _work.Names);
        Assert.Equal("content"u8.ToArray(), _work.Read("there"));
    }

    /// <summary>It sends its signal to the process, and once more to the group that the process is in: that is no second thought.</summary>
    [LinuxFact("timeout")]
    public void Whoever_is_ended_by_timeout_says_so()
    {
        _work.Write("b", Bytes.Pattern(8 * Mega));
        for (int i = 0; i < 5; i++)
        {
            _work.Line($"timeout -s {(i % 2 == 0 ? "INT" : "TERM")} 0.{5 + i} ckfile b -o x.ckf --limit-rate 64K").Fails(
                124, "interrupted", "run the same command again");
        }

        Assert.DoesNotContain("x.ckf", _work.Names);
    }

    [LinuxFact]
    public void What_is_there_of_a_set_that_was_interrupted_is_said()
    {
        _work.Prepare([], Bytes.Pattern(40 * Mega), "-b 1M", compression: "none");
        _work.Line("timeout -s INT 3 dtfile b -r p.dtr --split 16M -c none --limit-rate 8M").Fails(
            124, "interrupted", "make each of the others with --part N, or all again with -f");
        Assert.Contains("p.001.dtf", _work.Names);
        _work.Line("dtfile b -r p.dtr --split 16M -c none").Fails(
            2, "p.001.dtf: exists already", "-f makes all parts again; --part N makes one of them");
    }

    /// <summary>Whoever did not get the report would think that nothing was done.</summary>
    [LinuxFact]
    public void Work_is_done_also_where_nobody_hears_of_it()
    {
        byte[] b = Bytes.Pattern(Mega);
        _work.Prepare([], b);
        _work.Shell("dtfile apply p.dtf a > /dev/full").Fails(
            5, "standard output: cannot write: No space left on device", "the work is done; only its report is lost");
        _work.Holds("a", b);
        Assert.DoesNotContain("hint", _work.Shell("dtfile info p.dtf > /dev/full").Ends(5).Errors, StringComparison.Ordinal);
    }

    /// <summary>Whether the target can be used is what matters most.</summary>
    [LinuxTheory("strace")]
    [InlineData("pread64", "dtfile apply p.dtf a", "interrupted; nothing was written to a", "run the same command again", "untouched")]
    [InlineData("pread64", "dtfile apply p.dtf a -n", "interrupted; nothing was changed", "run the same command again", "untouched")]
    [InlineData("pwrite64", "dtfile apply p.dtf a", "interrupted; a is PARTLY patched: do not use it", "again to resume", "partly-patched")]
    [InlineData("pwrite64", "dtfile apply p.dtf a --undo u.dtf", "a is PARTLY patched", "or apply u.dtf to take it back", "partly-patched")]
    [InlineData("pwrite64", "dtfile apply f.dtf a --stream", "a is PARTLY patched", "with the same data file, to resume", "partly-patched")]
    public void A_patch_that_is_interrupted_says_what_became_of_the_target(
        string call, string line, string message, string hint, string target)
    {
        byte[] a = Bytes.Pattern(8 * Mega, seed: 2);
        byte[] b = Bytes.Pattern(8 * Mega);
        _work.Prepare(a, b);
        _work.Line("dtfile b -q --remote a.ckf --no-repeats -o f.dtf").Succeeds();
        string interrupt =
            $"strace -f -qq -o /dev/null -e signal=none -e inject={call}:signal=SIGINT:when=1 -P {_work["a"]} {line} --limit-rate 4M";

        ToolResult ended = _work.Line(interrupt);

        ended.Fails(130, message, hint);
        Assert.Equal(target == "untouched", a.AsSpan().SequenceEqual(_work.Read("a")));
        if (target == "partly-patched")
        {
            // Also while the next run still compares: the state of the target is what counts, and not what this run has done.
            _work.Line(interrupt.Replace("pwrite64", "pread64", StringComparison.Ordinal)).Fails(130, "a is PARTLY patched: do not use it");
        }

        string json = _work.Line($"{interrupt.Replace("pwrite64", "pread64", StringComparison.Ordinal)} --json").Errors;
        Assert.Contains($"\"target\":\"{target}\"", json, StringComparison.Ordinal);
        _work.Line($"{line.Replace(" -n", string.Empty, StringComparison.Ordinal)} --verify full").Ends(0);
        _work.Holds("a", b);
    }

    [LinuxFact("strace")]
    public void A_set_that_is_interrupted_in_its_second_part_has_patched_the_target_partly()
    {
        byte[] b = Bytes.Pattern(24 * Mega);
        _work.Prepare(Bytes.Pattern(24 * Mega, seed: 2), b, compression: "none");
        _work.Line("dtfile b -q -r p.dtr --split 16M -c none").Succeeds();
        _work.Line("dtfile apply p.001.dtf a").Ends(0);

        // Nothing of the second part is written yet.
        _work.Line(
            $"strace -f -qq -o /dev/null -e signal=none -e inject=pread64:signal=SIGINT:when=1 -P {_work["a"]} dtfile apply p.002.dtf a "
                + "--limit-rate 4M").Fails(130, "interrupted; a is PARTLY patched: do not use it", "again to resume");
    }

    /// <summary>While the data file still comes through the pipe.</summary>
    [LinuxFact("timeout")]
    public void What_is_interrupted_before_the_data_file_is_there_has_written_nothing()
    {
        _work.Prepare(Bytes.Pattern(Mega), Bytes.Pattern(Mega, seed: 2));
        _work.Shell("(head -c 100000 p.dtf; sleep 30) | timeout -s INT 1 dtfile apply - a").Says(
            "interrupted; this run has written nothing to a");
    }

    [LinuxFact("strace")]
    public void A_slow_patch_is_ended_by_a_signal_and_gone_on_with()
    {
        byte[] b = Bytes.Pattern(8 * Mega);
        _work.Prepare([], b);
        _work.Line(
            $"strace -f -qq -o /dev/null -e signal=none -e inject=pwrite64:signal=SIGINT:when=1 -P {_work["a"]} dtfile apply p.dtf a "
                + "--limit-rate 64K").Fails(130, "interrupted");
        Assert.NotEqual(b, _work.Read("a"));
        _work.Line("dtfile apply p.dtf a --limit-rate 1G").Ends(0).Says("resumed the interrupted run of p.dtf");
        _work.Holds("a", b);
    }

    [Theory]
    [InlineData("ckfile b --limit-rate 63K", "the rate '63K' is too low; give 64K (bytes per second) or more")]
    [InlineData("ckfile b --limit-rate 65535", "the rate '65535' is too low; give 64K (bytes per second) or more")]
    [InlineData("dtfile b -r p.dtr --limit-rate 0", "the rate '0' is too low; give 64K (bytes per second) or more")]
    [InlineData("ckfile check b b.ckf --limit-rate fast", "'fast' is not a size; write 50M or 1G")]
    [InlineData("dtfile apply p.dtf a --limit-rate 50M/s", "'50M/s' is not a size; write 50M or 1G")]
    [InlineData("dtfile apply p.dtf a --limit-rate 99999999999G", "'99999999999G' is not a size; write 50M or 1G")]
    [InlineData("ckfile b --cache never", "'never' is not one of auto, keep, drop")]
    [InlineData("dtfile apply p.dtf a --cache Drop", "'Drop' is not one of auto, keep, drop")]
    [InlineData("ckfile info b.ckf --limit-rate 1M", "there is no option '--limit-rate'")]
    [InlineData("ckfile --limit-rate 1M check b b.ckf", "'--limit-rate' comes before 'check', which does not accept it")]
    [InlineData("dtreq --remote a.ckf --master b.ckf --cache drop", "there is no option '--cache'")]
    public void What_is_no_rate_and_no_policy_is_refused(string line, string words)
    {
        byte[] a = Bytes.Pattern(5000);
        _work.Prepare(a, Bytes.Pattern(9000, seed: 4));
        Untouched before = _work.Remember();
        _work.Line(line).Fails(2, words);
        before.Check();
    }

    [LinuxTheory]
    [InlineData("ckfile b -o x.ckf", true)]
    [InlineData("ckfile b -o x.ckf --cache auto", true)]
    [InlineData("ckfile b -o x.ckf --cache keep", true)]
    [InlineData("ckfile b -o x.ckf --cache drop", false)]
    [InlineData("ckfile b -o x.ckf --cache drop --limit-rate 1G", false)]
    [InlineData("ckfile b -o x.ckf -b 4M --cache drop -t 1", false)]
    [InlineData("ckfile check b b.ckf --cache drop", false)]
    [InlineData("dtfile b -r p.dtr -o x.dtf", true)]
    [InlineData("dtfile b -r p.dtr -o x.dtf --cache drop", false)]
    public void What_a_program_reads_once_stays_in_the_page_cache_or_goes(string line, bool stays)
    {
        const int Size = 12 * Mega;
        _work.Prepare([], Bytes.Pattern(Size), compression: "none");
        Command.Demand("sync", _work["b"]);
        PageCache.Drop(_work["b"]);
        _work.Line(line).Succeeds();
        DemandNearly(stays ? Size / 4096 : 0, PageCache.Count(_work["b"]));

        // What was there stays in any case.
        PageCache.Fill(_work["b"]);
        _work.Line(line.Replace("x.", "y.", StringComparison.Ordinal)).Succeeds();
        DemandNearly(Size / 4096, PageCache.Count(_work["b"]));
    }

    [RootTheory]
    [InlineData("", 0)]
    [InlineData(" --cache keep", Size / 4096)]
    public void A_device_goes_unless_it_shall_stay(string option, int pages)
    {
        _work.Write("b", Bytes.Pattern(Size));
        using LoopDevice device = new(_work["b"], "--read-only");

        // Without anybody who has it open a device has no pages.
        using FileStream open = File.OpenRead(device.Path);
        PageCache.Drop(device.Path);
        _work.Line($"ckfile {device.Path} -o x.ckf{option}").Succeeds();
        DemandNearly(pages, PageCache.Count(device.Path));
    }

    [LinuxTheory]
    [InlineData("--check-base --cache drop", false)]
    [InlineData("--check-base --cache keep", true)]
    [InlineData("--check-base", true)]
    public void What_apply_recognises_stays_and_what_it_only_checks_goes(string options, bool stays)
    {
        byte[] a = Bytes.Pattern(Size);
        byte[] b = [.. a];
        b.AsSpan(20 * 4096, 3 * 4096).Reverse();
        _work.Prepare(a, b);
        Command.Demand("sync", _work["a"]);
        PageCache.Drop(_work["a"]);
        _work.Line($"dtfile apply p.dtf a --dry-run {options}").Succeeds();
        Assert.Equal(3, PageCache.Count(_work["a"], 20 * 4096, 3 * 4096));
        DemandNearly(stays ? Size / 2 / 4096 : 0, PageCache.Count(_work["a"], Size / 2, Size / 2));
        _work.Line($"dtfile apply p.dtf a --verify full {options}").Succeeds();
        _work.Holds("a", b);
    }

    /// <summary>40 MiB, in pieces of 8: the flush at the end has less to wait for.</summary>
    [LinuxTheory("strace")]
    [InlineData("dtfile b -r p.dtr -o x.dtf -c none --no-repeats")]
    [InlineData("dtfile apply p.dtf a --verify none")]
    public void What_is_written_goes_to_the_disk_early(string line)
    {
        _work.Prepare([], Bytes.Pattern(Size), compression: "none");
        _work.Line($"strace -f -qq -e trace=sync_file_range -e signal=none -o calls {line}").Succeeds();
        Assert.InRange(File.ReadLines(_work["calls"]).Count(call => call.Contains("= 0", StringComparison.Ordinal)), 4, 6);
    }

    // The kernel may always take back a page or two.
    private static void DemandNearly(long pages, long cached) => Assert.InRange(cached, pages - (pages / 50), pages);
}

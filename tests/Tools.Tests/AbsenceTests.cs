namespace BinarySync.Tools.Tests;

/// <summary>What is not there is not taken for content: devices without a medium, sizes that are not true, holes that are none, masters
/// that became small.</summary>
public sealed class AbsenceTests : IDisposable
{
    private const string Strace = "strace -f -qq -o /dev/null -e signal=none ";

    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [RootTheory]
    [InlineData("--setrw")]
    [InlineData("--setro")] // as a loop device stays that was attached read-only before
    public void A_device_without_a_medium_is_neither_a_source_nor_a_target(string mode)
    {
        _work.Prepare(Content.Make(100_000), Content.Make(100_000, seed: 2));
        using EmptyLoopDevice empty = new();
        string device = empty.Path;
        Command.Demand("blockdev", mode, device);
        Untouched before = _work.Remember();

        foreach (string line in (string[])[
            $"ckfile {device} -o x.ckf", $"ckfile check {device} a.ckf", $"dtfile {device} --remote a.ckf -o x.dtf",
            $"dtfile {device} -r p.dtr -o x.dtf",
            $"dtfile apply p.dtf {device}", $"dtfile apply --dry-run p.dtf {device}"])
        {
            _work.Line(line).Fails(5, $"{device}: is a device of 0 bytes: it has no medium", "blockdev --getsize64");
        }

        before.Check();
    }

    [LinuxTheory]
    [InlineData("ckfile /proc/self/status -o x.ckf")]
    [InlineData("ckfile check /proc/self/status a.ckf")]
    [InlineData("dtfile /proc/self/status --remote a.ckf -o x.dtf")]
    [InlineData("dtfile apply --dry-run p.dtf /proc/self/status")]
    public void A_file_that_has_more_than_its_size_says_is_refused(string line)
    {
        _work.Prepare(Content.Make(1000), Content.Make(1000, seed: 2));
        Untouched before = _work.Remember();
        _work.Line(line).Fails(5, "/proc/self/status: reports 0 bytes but has more", "copy it to a regular file");
        before.Check();
    }

    [LinuxFact]
    public void A_file_that_has_less_than_its_size_says_is_refused() =>
        _work.Line("ckfile /sys/kernel/uevent_seqnum -o x.ckf").Fails(4, "/sys/kernel/uevent_seqnum: ended while it was read");

    [Fact]
    public void An_empty_master_is_named_by_all_that_make_a_message_of_it()
    {
        const string Warning =
            "warning: the master is empty: a file would be cut from 100000 (97.7 KiB) to 0 B; 'dtfile apply' does that only with "
                + "--allow-shrink";
        _work.Prepare(Content.Make(100_000), []);
        foreach (string line in (string[])[
            "dtreq --remote a.ckf --master b.ckf -o x.dtr", "dtreq --remote a.ckf --master b.ckf -o j.dtr --json",
            "dtreq merge p.dtr -o m.dtr", "dtfile b -r p.dtr -o x.dtf", "dtfile b -r m.dtr -o m.dtf", "dtfile b --remote a.ckf -o y.dtf",
            "dtfile b -r p.dtr --split 16M -o s.dtf"])
        {
            _work.Line(line).Ends(0).Says(Warning);
        }
    }

    [Theory]
    [InlineData(100_000, 50_000, false)]
    [InlineData(100_000, 49_999, true)]
    [InlineData(100_000, 0, true)]
    [InlineData(1, 0, true)]
    [InlineData(1, 5000, false)]
    public void Losing_more_than_half_wants_leave(int from, int to, bool wantsIt)
    {
        byte[] a = Content.Make(from);
        byte[] b = Content.Make(to, seed: 2);
        _work.Prepare(a, b);
        if (!wantsIt)
        {
            _work.Line("dtfile apply p.dtf a --verify full").Ends(0);
            _work.Holds("a", b);
            return;
        }

        Untouched before = _work.Remember();
        foreach (string option in (string[])["", " --dry-run", " --undo u.dtf", " --force-unrecognized"])
        {
            _work.Line($"dtfile apply p.dtf a{option}").Fails(
                4, $"a: would be cut from {from} to {to} bytes by p.dtf; nothing was written", "--allow-shrink");
        }

        before.Check();
        _work.Line("dtfile apply p.dtf a --allow-shrink --undo u.dtf --verify full").Succeeds();
        _work.Holds("a", b);

        // Cut already: there is nothing to ask for.
        _work.Line("dtfile apply p.dtf a").Ends(0);
        _work.Line("dtfile apply u.dtf a").Ends(0);
        _work.Holds("a", a);
    }

    [Fact]
    public void Parts_and_streams_and_merged_files_want_leave_before_anything_is_written()
    {
        byte[] a = Content.Make(100_000);
        _work.Prepare(a, Content.Make(20_000, seed: 2));
        _work.Line("dtreq merge p.dtr -o m.dtr").Ends(0);
        _work.Line("dtfile b -r m.dtr -o m.dtf").Ends(0);
        _work.Line("dtfile b --remote a.ckf --no-repeats -o f.dtf").Ends(0);
        _work.Line("dtfile b -r p.dtr --split 16M -o s.dtf").Ends(0);
        string part = _work.Names.Single(name => name.StartsWith("s.", StringComparison.Ordinal));
        Untouched before = _work.Remember();

        foreach (string arguments in (string[])["m.dtf a --request p.dtr", "--stream f.dtf a", $"{part} a"])
        {
            _work.Line($"dtfile apply {arguments}").Fails(4, "a: would be cut from 100000 to 20000 bytes by ", "--allow-shrink");
            before.Check();
        }

        foreach (string arguments in (string[])["m.dtf a --request p.dtr", "--stream f.dtf a", $"{part} a"])
        {
            _work.Write("a", a);
            _work.Line($"dtfile apply --allow-shrink {arguments}").Ends(0);
            _work.Holds("a", Content.Make(20_000, seed: 2));
        }
    }

    [Fact]
    public void An_undo_file_that_takes_growth_back_wants_leave_too_and_the_run_that_made_it_says_so()
    {
        byte[] a = Content.Make(10_000);
        _work.Prepare(a, Content.Make(100_000, seed: 2));
        _work.Line("dtfile apply p.dtf a --undo u.dtf")
            .Ends(0)
            .Prints("u.dtf holds the old content: applying it with --allow-shrink takes a back");
        _work.Line("dtfile apply u.dtf a").Fails(
            4, "a: would be cut from 100000 to 10000 bytes by u.dtf", "an undo file takes a growth back; if it is meant, add --allow");
        _work.Line("dtfile apply u.dtf a --allow-shrink").Ends(0);
        _work.Holds("a", a);
    }

    [LinuxFact("strace")]
    public void An_interrupted_run_that_grows_is_taken_back_without_leave()
    {
        byte[] a = Content.Make(10_000);
        _work.Prepare(a, Content.Make(3_000_000, seed: 2));
        _work.Line(
            $"{Strace}-e inject=pwrite64:error=EIO:when=2 -P {_work["a"]} dtfile apply p.dtf a --undo u.dtf").Fails(5, "a: cannot write");
        _work.Line("dtfile apply u.dtf a").Ends(0).Says("took back the interrupted run");
        _work.Holds("a", a);
    }

    [LinuxFact("strace")]
    public void Holes_for_which_the_file_takes_too_much_space_are_read()
    {
        _work.Prepare(Content.Make(2_000_000), Content.Make(2_000_000, seed: 2));
        string lying = $"{Strace}-e trace=lseek -e inject=lseek:error=ENXIO -P ";
        const string Said = "were read: the file system reports 2000000 (1.91 MiB) of holes";
        _work.Line($"{lying}{_work["b"]} ckfile b -o x.ckf").Ends(0).Says("note: the holes of b " + Said);
        Assert.Equal(_work.Read("b.ckf"), _work.Read("x.ckf"));
        _work.Line($"{lying}{_work["b"]} ckfile check b b.ckf").Ends(0).Says("note: the holes of b " + Said);
        _work.Line($"{lying}{_work["b"]} dtfile b --remote a.ckf -o x.dtf").Ends(0).Says("note: the holes of b " + Said);
        _work.Line($"{lying}{_work["a"]} dtfile apply p.dtf a --verify full").Ends(0).Says("note: the holes of a " + Said);
        _work.Line($"{lying}{_work["b"]} ckfile b --holes read -o x.ckf -f").Succeeds();
    }

    [Fact]
    public void What_a_request_calls_zeros_is_read_where_the_remote_has_content()
    {
        byte[] a = Content.Make(1_000_000);
        a.AsSpan(65_536, 40_960).Fill(7);
        byte[] b = Content.Make(1_000_000, seed: 2);
        b.AsSpan(65_536, 40_960).Fill(8);
        byte[] called = [.. b];
        called.AsSpan(65_536, 40_960).Clear();
        _work.Prepare(a, called);
        _work.Write("b", b);
        _work.Line("dtfile b -r p.dtr -o x.dtf").Fails(4, "b: differs from what p.dtr asks for: 10 blocks (16-25)");
        _work.Line("dtfile b -r p.dtr --split 16M -o s.dtf").Fails(4, "10 blocks (16-25)");
        _work.Write("b", called);
        _work.Line("dtfile b -r p.dtr -o x.dtf").Succeeds();
    }

    [RootFact]
    public void Growth_that_has_no_room_is_said_before_it_begins()
    {
        using Mount room = Mount.Memory(_work["room"], "4m");
        _work.Prepare(Content.Make(1_000_000), Content.Make(9_000_000, seed: 2));
        File.Copy(_work["a"], _work["room/a"]);
        foreach (string option in (string[])["", " --dry-run", " --undo u.dtf"])
        {
            _work.Line($"dtfile apply p.dtf room/a{option}").Fails(
                5, "room/a: cannot grow: No space left on device: it needs ", "make room on the file system of the target");
        }

        Assert.Equal(_work.Read("a"), _work.Read("room/a"));
        Assert.False(File.Exists(_work["u.dtf"]));

        // Zeros that become a hole take no room.
        _work.Write("b", [.. Content.Make(1_000_000), .. new byte[8_000_000]]);
        _work.Line("ckfile b -o b.ckf -f").Ends(0);
        _work.Line("dtreq --remote a.ckf --master b.ckf -o p.dtr -f").Ends(0);
        _work.Line("dtfile b -r p.dtr -o p.dtf -f").Ends(0);
        _work.Line("dtfile apply p.dtf room/a --sparse never --dry-run").Fails(5, "cannot grow");
        _work.Line("dtfile apply p.dtf room/a").Ends(0);
    }
}

namespace BinarySync.Tools.Tests;

/// <summary>`dtfile apply --stream` (docs/manual/pipes.md, "Without room to spool").</summary>
public sealed class StreamTests : IDisposable
{
    private readonly Workspace _work = new();
    private readonly byte[] _a = Content.Make(30_000_000);
    private readonly byte[] _b;

    public StreamTests()
    {
        // So much that there are several stretches, whatever it compresses to.
        _b = new byte[41_000_001];
        new Random(7).NextBytes(_b);
        _a.AsSpan(10_000_000, 500_000).CopyTo(_b.AsSpan(10_000_000));
        _work.Prepare(_a, _b);
    }

    public void Dispose() => _work.Dispose();

    [LinuxTheory]
    [InlineData("ckfile a -q -o - | dtfile b -q --remote - --no-repeats -o - | dtfile apply --stream - a --verify full")]
    [InlineData("ckfile a -q -o - | dtreq -q --remote - --master b.ckf --no-copy -o - | dtfile b -q -r - --no-repeats -o - | dtfile apply --stream - a")]
    [InlineData("dtfile b -q --remote a.ckf --no-repeats -o f.dtf && dtfile apply f.dtf a --stream")]
    [InlineData("dtfile b -q --remote a.ckf --no-repeats -o - | dtfile apply - a --stream --dry-run >&2 && dtfile b -q --remote a.ckf --no-repeats -o - | dtfile apply - a --stream")]
    public void A_data_file_is_applied_as_it_arrives(string line)
    {
        _work.Shell(line).Ends(0).Prints("a: ");
        _work.Holds("a", _b);
        Assert.DoesNotContain(_work.Names, name => name.Contains("binarysync", StringComparison.Ordinal) || name.StartsWith('.'));
    }

    [LinuxFact]
    public void A_transfer_that_broke_off_leaves_what_came_whole_and_the_same_command_goes_on()
    {
        _work.Line("dtfile b -q --remote a.ckf --no-repeats -o f.dtf").Ends(0);
        int length = _work.Read("f.dtf").Length;

        ToolResult broken = _work.Shell($"head -c {length * 9L / 10} f.dtf | dtfile apply --stream - a");
        broken.Ends(3)
            .Says("ends too early")
            .Says("a is PARTLY patched, up to block ")
            .Says(": do not use it")
            .Says("then run the same command again, with the same data file");

        byte[] between = _work.Read("a");
        Assert.NotEqual(_a, between);
        Assert.Equal(_b[..10_000_000], between[..10_000_000]);

        // As far as it says, and no farther.
        int blocks = 1 + int.Parse(
            broken.Errors.Split("up to block ")[1].Split(':')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(_b[..(blocks * 4096)], between[..(blocks * 4096)]);
        Assert.NotEqual(_b[..((blocks + 1) * 4096)], between[..((blocks + 1) * 4096)]);
        _work.Shell("cat f.dtf | dtfile apply --stream - a --json").Ends(0);
        _work.Holds("a", _b);
    }

    [LinuxFact]
    public void Killed_in_the_middle_it_goes_on_and_nothing_else_is_let_in_before()
    {
        _work.Line("dtfile b -q --remote a.ckf --no-repeats -o f.dtf").Ends(0);

        // The transfer stops, and the program with it, while the second stretch is being written: strace counts the calls of each thread.
        _work.Shell(
            "mkfifo pipe; timeout -s KILL 50 strace -f -o /dev/null -e trace=pwrite64 -e inject=pwrite64:signal=KILL:when=30 "
                + "dtfile apply -t 1 --stream - a <pipe & exec 3>pipe; head -c 40000000 f.dtf >&3; wait $!; exec 3>&-; true");

        Assert.Contains(_work.Names, name => name.EndsWith("binarysync-journal", StringComparison.Ordinal));
        _work.Line("ckfile b -q -b 8K -o b8.ckf").Ends(0);
        _work.Shell(
            "cp b c; printf X | dd of=c bs=1 seek=20000000 conv=notrunc status=none; dtfile c -q --remote a.ckf --no-repeats -o - | "
                + "dtfile apply --stream - a").Ends(4);

        _work.Shell("cat f.dtf | dtfile apply --stream - a --verify full")
            .Ends(0)
            .Prints("equal to the content that the data file describes");
        _work.Holds("a", _b);
    }

    [LinuxFact]
    public void What_may_refer_back_is_refused_before_anything_is_written()
    {
        _work.Line("dtfile b -q --remote a.ckf -o repeats.dtf").Ends(0);
        _work.Line("dtfile b -q --remote a.ckf --no-repeats -o f.dtf").Ends(0);
        Untouched before = _work.Remember();

        _work.Shell("cat repeats.dtf | dtfile apply --stream - a").Ends(4).Says("may have copies, repeats").Says("dtfile --no-repeats");
        _work.Line("dtfile apply --stream f.dtf repeats.dtf a").Fails(2, "--stream is for one data file");
        foreach (string option in
            new[] { "--undo u.dtf", "--repair r.dtr", "--check-base", "--spool .", "--request p.dtr", "--update-ckf a.ckf -o n.ckf" })
        {
            _work.Line($"dtfile apply --stream f.dtf a {option}").Fails(2, $"--stream and {option.Split(' ')[0]} cannot be used together");
        }

        before.Check();
    }
}

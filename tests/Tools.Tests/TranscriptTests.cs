namespace BinarySync.Tools.Tests;

/// <summary>All that typical commands say: what is typed, standard output, standard error, exit code; nothing scrubbed.</summary>
public sealed class TranscriptTests : Typed
{

    public TranscriptTests() => WriteSides();

    public static TheoryData<string> Helps =>
    [
        "ckreq", "ckreq info", "ckfile", "ckfile info", "ckfile check", "ckfile join", "ckfile completions", "dtreq", "dtreq info",
        "dtreq merge", "dtfile", "dtfile info", "dtfile apply",
    ];

    [Theory]
    [MemberData(nameof(Helps))]
    public void Help(string command)
    {
        Type($"{command} --help");
        Verify(command);
    }

    [Fact]
    public void A_whole_cycle()
    {
        Type("ckfile remote.img");
        Type("ckfile master.img");
        Type("dtreq --remote remote.img.ckf --master master.img.ckf");
        Type("dtfile master.img -r remote.img.dtr -c none");
        Type("dtfile apply remote.img.dtf remote.img --dry-run");
        Type("dtfile apply remote.img.dtf remote.img");
        Type("dtfile apply remote.img.dtf remote.img --verify full");
        Type("dtfile apply remote.img.dtf remote.img --verify none --quiet");
        Type("ckfile check remote.img master.img.ckf");
        Type("ckfile check remote.img remote.img.ckf");
        Verify();
    }

    [Fact]
    public void A_cycle_with_json()
    {
        Type("ckreq -b 8K -a xxh3 --label weekly -o w.ckr --json");
        Type("ckfile remote.img -r w.ckr --json");
        Type("ckfile master.img -r w.ckr --json");
        Type("dtreq --remote remote.img.ckf --master master.img.ckf --json");
        Type("dtfile master.img -r remote.img.dtr -c none --json");
        Type("dtfile apply remote.img.dtf remote.img --dry-run --json");
        Type("dtfile apply remote.img.dtf remote.img --json");
        Type("ckfile check remote.img master.img.ckf --json");
        Type("ckfile check remote.img remote.img.ckf --json");
        Verify();
    }

    [Fact]
    public void Ranges()
    {
        Type("ckreq --range 8-11 --bytes 160K+40K --range 98- -o part.ckr");
        Type("ckreq info part.ckr");
        Type("ckfile remote.img -r part.ckr");
        Type("ckfile master.img -r part.ckr");
        Type("dtreq --remote remote.img.ckf --master master.img.ckf -o part.dtr");
        Type("dtfile master.img -r part.dtr -c none");
        Type("dtfile apply part.dtf remote.img");
        Type("ckfile remote.img --range 100-200 --range 500-600 -o clipped.ckf");
        Type("ckfile master.img --range 8-11 -o inner.ckf");
        Verify();
    }

    [Fact]
    public void One_pass_over_the_master()
    {
        Quietly("ckfile remote.img");
        Quietly("ckfile master.img");
        Quietly("dtreq --no-copy --remote remote.img.ckf --master master.img.ckf -o two.dtr");
        Quietly("dtfile master.img -r two.dtr --label x");
        Quietly("ckfile remote.img --range 8-11 -o part.ckf");
        Quietly("ckfile master.img --range 102 -o inner.ckf");
        Quietly("ckfile remote.img --range 100 -o tail.ckf");
        Type("dtfile master.img --remote remote.img.ckf --label x");
        Assert.Equal(Work.Read("two.dtf"), Work.Read("remote.img.dtf"));
        Type("dtfile master.img --remote part.ckf --holes read -t 1 -c none");
        Type("dtfile master.img --remote tail.ckf -q -o tail.dtf");
        Type("dtfile info tail.dtf");
        Type("dtfile master.img --remote remote.img.ckf --json -f -c none");
        Type("ckfile remote.img --range 200- -o none.ckf");
        Type("dtfile master.img --remote none.ckf");
        Type("dtfile remote.img --remote inner.ckf");
        Type("dtfile master.img --remote remote.img.ckf -r two.dtr -o x.dtf");
        Type("dtfile master.img -o x.dtf");
        Type("dtfile master.img -r two.dtr --holes trust -o x.dtf");
        Type("dtfile master.img --remote two.dtr -o x.dtf");
        Type("dtfile apply remote.img.dtf remote.img");
        Type("ckfile check remote.img master.img.ckf");
        Verify();
    }

    [Fact]
    public void Parts_that_are_joined()
    {
        Quietly("ckfile remote.img -o whole.ckf");
        Quietly("ckfile remote.img --range 0-39 -o 1.ckf");
        Quietly("ckfile remote.img --range 30-59 --range 90- -o 2.ckf");
        Quietly("ckfile remote.img --range 60-89 -o 3.ckf");
        Quietly("ckfile master.img --range 60-89 -o other.ckf");
        byte[] changed = Work.Read("remote.img");
        changed[33 * Block]++;
        changed[35 * Block]++;
        Work.Write("remote.img", changed);
        Quietly("ckfile remote.img --range 0-39 -o late.ckf");
        byte[] damaged = Work.Read("2.ckf");
        damaged[^300]++;
        Work.Write("damaged.ckf", damaged);
        Type("ckfile join 2.ckf 1.ckf 3.ckf -o joined.ckf");
        Assert.Equal(Work.Read("whole.ckf"), Work.Read("joined.ckf"));
        Type("ckfile join 1.ckf 2.ckf 3.ckf -o joined.ckf");
        Type("ckfile join 1.ckf 2.ckf 3.ckf -o 3.ckf -f");
        Type("ckfile join 1.ckf 2.ckf -o part.ckf");
        Type("ckfile join 1.ckf 2.ckf -o part.ckf --partial --label upper --json");
        Type("ckfile join 3.ckf part.ckf -o twice.ckf");
        Type("ckfile join late.ckf 2.ckf 3.ckf -o x.ckf -v");
        Type("ckfile join 1.ckf 2.ckf other.ckf -o x.ckf");
        Type("ckfile join 1.ckf damaged.ckf 3.ckf -o x.ckf");
        Type("ckfile join 1.ckf missing.ckf -o x.ckf");
        Type("ckfile join -o x.ckf");
        Type("ckfile join 1.ckf 2.ckf 3.ckf");
        Assert.False(File.Exists(Work["x.ckf"]));
        Verify();
    }

    [Fact]
    public void What_info_shows()
    {
        Quietly("ckreq -b 8K -a sha256 --range 3-4 --label weekly -o w.ckr");
        Quietly("ckfile remote.img");
        Quietly("ckfile master.img");
        Quietly("dtreq --remote remote.img.ckf --master master.img.ckf --label tuesday");
        Quietly("dtfile master.img -r remote.img.dtr -c none");
        Type("ckreq info w.ckr");
        Type("ckreq info w.ckr --json");
        Type("ckfile info remote.img.ckf");
        Type("ckfile info master.img.ckf --extents");
        Type("ckfile info master.img.ckf --extents --json");
        Type("dtreq info remote.img.dtr --extents");
        Type("dtreq info remote.img.dtr --extents --json");
        Type("dtfile info remote.img.dtf --extents");
        Type("dtfile info remote.img.dtf --extents --json");
        Verify();
    }

    [Fact]
    public void Errors()
    {
        Quietly("ckfile remote.img");
        Quietly("ckfile master.img");
        Quietly("dtreq --remote remote.img.ckf --master master.img.ckf");
        Quietly("dtfile master.img -r remote.img.dtr -c none");
        byte[] file = Work.Read("remote.img.dtf");
        Work.Write("cut.dtf", file[..^1]);
        file[500] ^= 1;
        Work.Write("damaged.dtf", file);
        byte[] changed = Work.Read("remote.img");
        changed[(11 * Block) + 7] ^= 1;
        Work.Write("changed.img", changed);
        Type("ckreq");
        Type("ckfile");
        Type("ckfile nothing.img");
        Type("ckfile remote.img");
        Type("ckfile remote.img -o nowhere/x.ckf");
        Type("ckfile remote.img -b 5000");
        Type("ckfile remote.img --frobnicate");
        Type("ckfile info remote.img");
        Type("ckfile info remote.img.dtr");
        Type("ckfile check remote.img remote.img.dtr");
        Type("dtreq --remote remote.img.ckf");
        Type("dtreq --remote - --master -");
        Type("dtfile remote.img -r remote.img.dtr -o x.dtf");
        Type("dtfile apply cut.dtf remote.img");
        Type("dtfile apply damaged.dtf remote.img");
        Type("dtfile apply remote.img.dtf changed.img");
        Type("dtfile apply remote.img.dtf changed.img --force-unrecognized");
        Type("dtfile apply remote.img.dtf nothing.img");
        Type("dtfile apply remote.img.dtf /dev/null");
        Type("dtfile apply remote.img.dtf");
        Verify();
    }

    [LinuxFact("strace")]
    public void Interrupted_taken_back_and_given_up()
    {
        Quietly("ckfile remote.img");
        Quietly("ckfile master.img");
        Quietly("dtreq --no-copy --remote remote.img.ckf --master master.img.ckf -o update.dtr");
        Quietly("dtfile master.img -r update.dtr -c none");
        byte[] other = Work.Read("master.img");
        other[(10 * Block) + 5] ^= 1;
        Work.Write("other.img", other);
        Quietly("ckfile other.img");
        Quietly("dtreq --no-copy --remote remote.img.ckf --master other.img.ckf -o other.dtr");
        Quietly("dtfile other.img -r other.dtr");

        // Gone on with, and taken back when it was finished.
        TypeAndKill("dtfile apply update.dtf remote.img --undo undo.dtf");
        Type("dtfile apply update.dtf remote.img --undo undo.dtf --dry-run");
        Type("dtfile apply update.dtf remote.img --undo undo.dtf");
        Type("dtfile apply update.dtf remote.img --undo other.dtf");
        Type("dtfile apply update.dtf remote.img --undo late.dtf");
        Type("dtfile apply undo.dtf remote.img");
        Type("ckfile check remote.img remote.img.ckf");

        // Taken back from the middle; another data file has to wait.
        TypeAndKill("dtfile apply update.dtf remote.img --undo undo.dtf");
        Type("dtfile apply other.dtf remote.img");
        Type("dtfile apply undo.dtf remote.img --json");
        Type("ckfile check remote.img remote.img.ckf");

        // Given up: what is torn is refused, or not torn at all.
        TypeAndKill("dtfile apply update.dtf remote.img");
        Type("dtfile apply update.dtf remote.img --abandon-journal");
        Type("ckfile check remote.img master.img.ckf");

        Work.Write("remote.img.binarysync-journal", "no journal"u8);
        Type("dtfile apply update.dtf remote.img");
        Type("dtfile apply update.dtf remote.img --abandon-journal");
        Type("dtfile apply update.dtf remote.img --undo -");
        Verify();
    }

    [Fact]
    public void Version()
    {
        // What follows is of the machine.
        foreach (string tool in new[] { "ckreq", "ckfile", "dtreq", "dtfile" })
        {
            Record($"{tool} --version", Work.Shell($"{tool} --version | head -n 1"));
        }

        Verify();
    }

    // Dies before its second write to the target: what the first one wrote is there.
    private void TypeAndKill(string line) =>
        Record(
            $"{line}   (killed)",
            Work.Line(
                $"strace -f -qq -o /dev/null -e signal=none -e inject=pwrite64:signal=SIGKILL:when=2 -P {Work["remote.img"]} {line}"));
}

using System.Text.RegularExpressions;

namespace BinarySync.Reliability.Tests;

/// <summary>The faults themselves: a sweep that overlooks calls, or changes more than it says, would prove nothing.</summary>
public sealed partial class InjectorTests : IDisposable
{
    private const string Strace =
        "strace -f -qq --seccomp-bpf -o log -y -e signal=none -e "
            + "trace=write,pwrite64,writev,pwritev,pwritev2,fallocate,ftruncate,fsync,fdatasync,"
            + "rename,renameat,renameat2,link,linkat,unlink,unlinkat";

    private readonly Workspace _work = new();
    private readonly FaultInjector _faults;

    public InjectorTests()
    {
        _faults = new FaultInjector(_work);
        byte[] a = Content.Make(300_000);
        _work.Prepare(a, Content.Later(a, 310_000, 4096));
    }

    public void Dispose()
    {
        _faults.Dispose();
        _work.Dispose();
    }

    [FaultTheory("strace")]
    [InlineData("dtfile apply p.dtf a")]
    [InlineData("ckfile b -o x.ckf")]
    public void Sees_every_change_that_strace_sees(string line)
    {
        string[] seen = [.. _faults.Run(line, Fault.None()).Calls.Select(call => call.Split(' ')[1]).Where(name => name != "openat")];
        byte[] a = _work.Read("a");
        _work.Prepare(Content.Make(300_000), _work.Read("b"));
        File.Delete(_work["x.ckf"]);
        _work.Line($"{Strace} {line}").Ends(0);
        string[] traced =
        [
            .. File.ReadLines(_work["log"])
                .Where(call => call.Contains(_work.Root, StringComparison.Ordinal) || NamesRelatively().IsMatch(call))
                .Select(call => call.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1].Split('(')[0]),
        ];
        Assert.Equal(traced, seen);
        Assert.Equal(a, _work.Read("a"));
    }

    [FaultFact]
    public void A_short_count_is_the_kernels_own()
    {
        // dd goes on where a write stopped short, and does not after a read: what it asks for next is what the kernel said was missing.
        _work.Write("in", Bytes.Pattern(1000));
        FaultedRun run = _faults.Run("dd if=in of=out bs=1000 count=1", Fault.ShortCounts("write"));
        run.Result.Ends(0);
        Assert.Equal(["1000", "500", "250", "125", "63"], run.Calls.Take(5).Select(call => call.Split(' ')[3]));
        Assert.Equal(_work.Read("in"), _work.Read("out"));
        _faults.Run("dd if=in of=out bs=1000 count=1", Fault.ShortCounts("read")).Result.Ends(0).Says("500 bytes");
        Assert.Equal(_work.Read("in")[..500], _work.Read("out"));
    }

    [FaultFact]
    public void A_call_that_fails_or_is_killed_is_not_made()
    {
        _work.Write("in", Bytes.Pattern(1000));
        _faults.Run("dd if=in of=out bs=100", Fault.Error("EIO", "write", 3)).Result.Ends(1).Says("Input/output error");
        Assert.Equal(200, _work.Read("out").Length);
        File.Delete(_work["out"]);
        _faults.Run("dd if=in of=out bs=100", new Fault("kill", "write", "--at 4")).IsKilled();
        Assert.Equal(300, _work.Read("out").Length);
        File.Delete(_work["out"]);
        _faults.Run("dd if=in of=out bs=100", new Fault("tear", "write", "--at 5")).IsKilled();
        Assert.Equal(450, _work.Read("out").Length);
    }

    // Relative names are names in the workspace, and what has no name yet is about to have one there.
    [GeneratedRegex("(rename|link)[a-z0-9]*\\([^\"]*\"([^/]|/proc/self/fd/)")]
    private static partial Regex NamesRelatively();
}

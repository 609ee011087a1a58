namespace BinarySync.Tools.Tests;

/// <summary>
/// Targets and sources where the guards cannot look: in mount namespaces of their own without /sys, or without parts of it and of /proc.
/// (Without all of /proc the runtime does not start.)
/// </summary>
public sealed class BlindGuardTests : IDisposable
{
    private const int Size = 1 << 20;

    private readonly Workspace _work = new();
    private readonly byte[] _a = Content.Make(Size);
    private readonly byte[] _b;

    public BlindGuardTests()
    {
        _b = Content.Later(_a, Size, 4096);
        _work.Prepare(_a, _b);
    }

    public void Dispose() => _work.Dispose();

    [RootTheory("unshare")]
    [InlineData("umount -l /sys", "/sys/dev/block is not there, /sys/block is not there")]
    [InlineData("mount -t tmpfs none /sys", "/sys/block is not there")]
    [InlineData("mount -t tmpfs none /sys/block", "/sys/block is not what the kernel shows")]
    [InlineData("mount -t tmpfs none /sys/dev/block", "/sys/dev/block is not what the kernel shows")]
    [InlineData("mount --bind /dev/null /proc/$$/mountinfo", "/proc/self/mountinfo cannot be read")]
    // Of any other text, the runtime dies at its start.
    [InlineData("cat /proc/$$/mountinfo >copy && mount --bind copy /proc/$$/mountinfo", "/proc/self/mountinfo is not what the kernel shows")]
    [InlineData("mount --bind /dev/null /proc/swaps", "/proc/swaps cannot be read")]
    public void A_target_is_refused_and_patched_only_if_told_so(string blindfold, string unseen)
    {
        _work.Shell(In(blindfold, "dtfile apply p.dtf a"))
            .Fails(6, $"a: cannot tell whether something uses it: ", hint: "add --unguarded").Says(unseen);
        _work.Holds("a", _a);

        _work.Shell(In(blindfold, "dtfile apply p.dtf a --unguarded --journal .")).Ends(0)
            .Says("warning: cannot tell whether something uses a: ").Says(unseen);
        _work.Holds("a", _b);
    }

    [RootTheory("unshare")]
    [InlineData("umount -l /sys", "/sys/block is not there")]
    [InlineData("mount --bind /dev/null /proc/$$/mountinfo", "/proc/self/mountinfo cannot be read")]
    public void A_source_is_warned_of_in_one_line(string blindfold, string unseen)
    {
        ToolResult made = _work.Shell(In(blindfold, "ckfile a -o blind.ckf")).Ends(0);
        string warning = Assert.Single(made.Errors.Split('\n'), line => line.Contains("warning", StringComparison.Ordinal));
        Assert.Contains("cannot tell whether a is mounted", warning, StringComparison.Ordinal);
        Assert.Contains(unseen, warning, StringComparison.Ordinal);
        Assert.Equal(_work.Read("a.ckf"), _work.Read("blind.ckf"));

        _work.Shell(In(blindfold, "ckfile a -o quiet.ckf -q")).Succeeds();
        string live = _work.Shell(In(blindfold, "ckfile a -o live.ckf --live")).Ends(0).Errors;
        Assert.DoesNotContain("warning", live, StringComparison.Ordinal);
    }

    [RootFact("unshare")]
    public void The_file_below_a_loop_device_is_not_patched_in_silence()
    {
        using LoopDevice device = new(_work["a"]);
        string[] ways = ["umount -l /sys", "mount -t tmpfs none /sys/block", "mount --bind /dev/null /proc/$$/mountinfo", "true"];
        foreach (string way in ways)
        {
            _work.Shell(In(way, "dtfile apply p.dtf a")).Ends(6);
            _work.Holds("a", _a);
        }

        // A user that is seen is refused, whatever was told.
        _work.Shell(
            In("mount --bind /dev/null /proc/$$/mountinfo", "dtfile apply p.dtf a --unguarded")).Fails(6, "is a loop device over it");
        _work.Line("dtfile apply p.dtf a --unguarded").Fails(6, "is a loop device over it");
        _work.Holds("a", _a);
    }

    [RootFact("unshare")]
    public void A_loop_device_is_asked_itself_where_its_path_leads_elsewhere()
    {
        using LoopDevice device = new(_work["a"]);

        // Here the name in /sys is that of another file.
        File.WriteAllBytes(_work["other"], _a);
        _work.Shell(In($"mount --bind {_work["other"]} {_work["a"]}", "dtfile apply p.dtf a")).Ends(0);
        _work.Holds("other", _b);

        // And here the file has another name, and its old one is another file.
        _work.Shell("ln a hard && rm a && cp other a").Succeeds();
        _work.Line("dtfile apply p.dtf hard").Fails(6, $"{device.Path} is a loop device over it");
        _work.Holds("hard", _a);
    }

    [LinuxFact]
    public void A_machine_that_shows_everything_says_nothing()
    {
        Assert.DoesNotContain("cannot tell", _work.Line("ckfile a -o again.ckf").Ends(0).Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot tell", _work.Line("dtfile apply p.dtf a --unguarded").Ends(0).Errors, StringComparison.Ordinal);
        _work.Holds("a", _b);
    }

    private static string In(string blindfold, string command) =>
        $"unshare --mount sh -c 'mount --make-rprivate /; {blindfold} || exit 99; exec {command}'";
}

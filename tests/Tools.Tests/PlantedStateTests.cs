namespace BinarySync.Tools.Tests;

/// <summary>Journals and their like among files of other users.</summary>
public sealed class PlantedStateTests : IDisposable
{
    private readonly Workspace _work = new();
    private readonly byte[] _a = Content.Make(300_000);
    private readonly byte[] _b;

    public PlantedStateTests()
    {
        _b = Content.Later(_a, 300_000, 4096);
        _work.Prepare(_a, _b);
        Directory.CreateDirectory(_work["shared"]);
        Directory.CreateDirectory(_work["own"]);
        File.WriteAllBytes(_work["shared/disk"], _a);
        Command.Demand("chmod", "1777", _work["shared"]);
    }

    public void Dispose() => _work.Dispose();

    [RootTheory]
    [InlineData("journal")]
    [InlineData("set")]
    public void What_somebody_else_has_planted_is_refused_by_name(string kind)
    {
        string planted = $"shared/disk.binarysync-{kind}";
        _work.Write(planted, "whatever"u8);
        _work.Write("shared/disk.binarysync-redo", "whatever"u8);
        Command.Demand("chown", "65534", _work[planted], _work["shared/disk.binarysync-redo"]);
        Untouched before = _work.Remember();

        _work.Line("dtfile apply p.dtf shared/disk").Fails(
            6, $"{planted}: is not trusted: its directory", "move it, its redo file (if there is one) and the target to a directory");
        _work.Line("dtfile apply p.dtf shared/disk --abandon-journal").Fails(6, $"{planted}: is not trusted");
        _work.Line("dtfile apply p.dtf a --journal shared").Fails(
            6, "error: shared: no state is kept there: it can be written by others (mode 1777)", "'mkdir -m 700 DIR' makes one");
        before.Check();

        _work.Line("dtfile apply p.dtf shared/disk --journal own").Succeeds();
        _work.Holds("shared/disk", _b);
    }

    /// <summary>Whoever follows the hint on /tmp would take it away from everybody.</summary>
    [LinuxTheory]
    [InlineData("1777")]
    [InlineData("0777")]
    [InlineData("0770")]
    public void Nobody_is_told_to_change_the_rights_of_a_directory(string mode)
    {
        Command.Demand("chmod", mode, _work["shared"]);
        Untouched before = _work.Remember();
        foreach (string line in new[] { "dtfile apply p.dtf a --journal shared", "dtfile apply p.dtf a --journal shared -n" })
        {
            ToolResult refused = _work.Line(line);
            refused.Fails(6, $"error: shared: no state is kept there: it can be written by others (mode {mode})", "mkdir -m 700 DIR");
            Assert.DoesNotContain("chmod", refused.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain(".journal", refused.Errors, StringComparison.Ordinal);
        }

        before.Check();
    }

    [RootFact]
    public void In_a_directory_of_ones_own_a_file_of_another_user_is_not_believed_either()
    {
        _work.Write("a.binarysync-journal", "whatever"u8);
        Command.Demand("chown", "65534", _work["a.binarysync-journal"]);
        _work.Line("dtfile apply p.dtf a").Fails(6, "a.binarysync-journal: is not trusted: it belongs to user 65534");
        _work.Holds("a", _a);
    }

    [LinuxFact("strace")]
    public void A_run_among_files_of_others_that_was_interrupted_is_gone_on_with_by_the_same_command()
    {
        _work.Shell("strace -f -o /dev/null -P shared/disk -e inject=pwrite64:error=EIO:when=2 dtfile apply p.dtf shared/disk")
            .Ends(5)
            .Says("others can write to");
        Assert.Equal(["disk"], Directory.GetFiles(_work["shared"]).Select(Path.GetFileName));

        _work.Line("dtfile apply p.dtf shared/disk").Ends(0).Says("resumed the interrupted run of p.dtf");
        _work.Holds("shared/disk", _b);
    }

    [RootFact]
    public void An_undo_file_that_somebody_else_has_made_is_refused()
    {
        _work.Write("u.dtf", _work.Read("p.dtf"));
        Command.Demand("chown", "65534", _work["u.dtf"]);
        _work.Line("dtfile apply p.dtf a --undo u.dtf").Fails(6, "u.dtf: is not trusted", "copy it into a directory of your own");
        _work.Holds("a", _a);
    }

    [LinuxFact]
    public void A_target_that_is_a_link_is_named_with_what_it_leads_to()
    {
        File.CreateSymbolicLink(_work["link"], "a");
        _work.Line("dtfile apply p.dtf link").Ends(0).Says($"link is a symbolic link to {_work["a"]}");
        _work.Holds("a", _b);
        Assert.Equal("a", new FileInfo(_work["link"]).LinkTarget);
    }
}

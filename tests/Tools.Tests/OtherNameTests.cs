namespace BinarySync.Tools.Tests;

/// <summary>
/// An interrupted run belongs to the target, whatever the target is called by then. If it could be finished without its journal, that
/// journal would overwrite what somebody writes into the target later.
/// </summary>
public sealed class OtherNameTests : IDisposable
{
    private const string Refusal = "is in the middle of another run, which began under another name: ";

    private readonly Workspace _work = new();
    private readonly byte[] _a = Content.Make(3_000_320);
    private readonly byte[] _b;

    public OtherNameTests()
    {
        _b = Content.Later(_a, 3_000_320, 4096);
        _work.Prepare(_a, _b);
    }

    public void Dispose() => _work.Dispose();

    [LinuxFact("strace")]
    public void A_file_that_was_renamed_is_finished_under_its_first_name()
    {
        Interrupt("a");
        File.Move(_work["a"], _work["n"]);

        Refused("n", $"n: {Refusal}{_work["a.binarysync-journal"]} is the journal of p.dtf");
        _work.Line("ckfile check n b.ckf")
            .Ends(1)
            .Says("a run of p.dtf, which began under another name of n, was interrupted")
            .Says(_work["a.binarysync-journal"]);

        File.Move(_work["n"], _work["a"]);
        _work.Line("dtfile apply p.dtf a").Ends(0).Says("resumed the interrupted run");
        _work.Holds("a", _b);
    }

    [LinuxFact("strace")]
    public void A_file_that_was_given_up_under_another_name_meets_its_first_journal_no_more()
    {
        Interrupt("a");
        File.Move(_work["a"], _work["n"]);

        _work.Line("dtfile apply p.dtf n --dry-run --abandon-journal").Ends(0);
        Assert.Contains("a.binarysync-journal", _work.Names);
        _work.Line("dtfile apply p.dtf n --abandon-journal").Ends(0);

        Assert.DoesNotContain("a.binarysync-journal", _work.Names);
        _work.Holds("n", _b);
    }

    [LinuxFact("strace")]
    public void A_run_that_gives_up_another_journal_and_is_interrupted_goes_on_like_any_other()
    {
        Interrupt("a");
        File.Move(_work["a"], _work["n"]);
        Interrupt("n", "--abandon-journal");
        Assert.Contains("a.binarysync-journal", _work.Names);

        _work.Line("dtfile apply p.dtf n").Ends(0).Says("resumed the interrupted run");

        Assert.DoesNotContain(_work.Names, name => name.EndsWith("binarysync-journal", StringComparison.Ordinal));
        _work.Holds("n", _b);
    }

    [LinuxFact("strace")]
    public void A_second_name_is_refused()
    {
        Command.Demand("ln", _work["a"], _work["n"]);
        Interrupt("a");

        Refused("n", Refusal + _work["a.binarysync-journal"]);

        _work.Line("dtfile apply p.dtf a").Ends(0);
        _work.Line("dtfile apply p.dtf n").Ends(0).Prints("0 blocks written");
    }

    [LinuxFact("strace")]
    public void Another_directory_for_journals_is_refused_until_the_run_in_the_usual_place_is_finished()
    {
        Directory.CreateDirectory(_work["own"]);
        Interrupt("a");

        Refused("a --journal own", Refusal + "a.binarysync-journal");

        _work.Line("dtfile apply p.dtf a").Ends(0);
        _work.Line("dtfile apply p.dtf a --journal own").Ends(0).Prints("0 blocks written");
    }

    [RootFact("strace")]
    public void A_loop_device_and_the_file_below_it_are_one_target()
    {
        using (LoopDevice device = new(_work["a"]))
        {
            Interrupt(device.Path);
        }

        Refused("a", Refusal);

        using (LoopDevice device = new(_work["a"]))
        {
            _work.Line($"dtfile apply p.dtf {device.Path}").Ends(0).Says("resumed the interrupted run");
        }

        _work.Line("dtfile apply p.dtf a").Ends(0).Prints("0 blocks written");
        _work.Holds("a", _b);
    }

    [RootFact("strace")]
    public void A_file_and_the_loop_device_over_it_are_one_target()
    {
        Interrupt("a");
        using (LoopDevice device = new(_work["a"]))
        {
            Refused(device.Path, Refusal + _work["a.binarysync-journal"]);
            Refused(device.Path + " --journal .", Refusal + _work["a.binarysync-journal"]);
        }

        _work.Line("dtfile apply p.dtf a").Ends(0).Says("resumed the interrupted run");
        _work.Holds("a", _b);
    }

    [LinuxFact("strace")]
    public void The_run_of_a_twin_in_the_same_directory_is_its_own_affair()
    {
        _work.Write("twin", _a);
        Interrupt("a");
        Interrupt("twin");

        _work.Line("dtfile apply p.dtf a").Ends(0);
        _work.Line("dtfile apply p.dtf twin").Ends(0);
        _work.Holds("a", _b);
        _work.Holds("twin", _b);
    }

    // The name of the journal is then relative, and that of the directory is nothing that the framework can say.
    [LinuxFact("strace")]
    public void A_directory_whose_name_is_not_UTF8_does_not_make_a_journal_another_one()
    {
        _work.Shell("mkdir $'caf\\xe9' && cp a b.ckf p.dtf $'caf\\xe9'").Ends(0);
        string go = "cd $'caf\\xe9' && ";
        _work.Shell(
            go + "strace -f -qq -o /dev/null -e signal=none -e inject=pwrite64:signal=SIGKILL:when=2 -P $PWD/a dtfile apply p.dtf a");
        _work.Shell(go + "mkdir own && dtfile apply p.dtf a --journal own").Ends(4).Says(Refusal);
        _work.Shell(go + "dtfile apply p.dtf a && ckfile check a b.ckf && test ! -e a.binarysync-journal")
            .Ends(0)
            .Says("resumed the interrupted run");

        // The framework finds no such directory to remove.
        _work.Shell("rm -r $'caf\\xe9'").Ends(0);
    }

    private void Interrupt(string target, string option = "")
    {
        const string Kill = "strace -f -qq -o /dev/null -e signal=none -e inject=pwrite64:signal=SIGKILL:when=2 -P ";
        _work.Line($"{Kill}{Path.Combine(_work["."], target)} dtfile apply p.dtf {target} {option}".TrimEnd())
            .Ends(137);
    }

    private void Refused(string target, string words)
    {
        Untouched before = _work.Remember();
        _work.Line($"dtfile apply p.dtf {target}").Fails(4, words, "finish that run as it began");
        _work.Line($"dtfile apply p.dtf {target} --dry-run").Fails(4, words);
        before.Check();
    }
}

namespace BinarySync.Tools.Tests;

/// <summary>
/// Started without standard input, output or error, as some daemons do it. The runtime's own pipes have their numbers then: nothing
/// is read from them, nothing
/// written to them, and no file of ours gets such a number.
/// </summary>
public sealed class ClosedDescriptorTests : IDisposable
{
    private readonly Workspace _work = new();
    private readonly byte[] _a = Content.Make(600_000);
    private readonly byte[] _b;

    public ClosedDescriptorTests()
    {
        _b = Content.Later(_a, 700_000, 4096);
        _work.Prepare(_a, _b);
    }

    public void Dispose() => _work.Dispose();

    [LinuxTheory]
    [InlineData("ckfile a -o -")]
    [InlineData("ckreq -o -")]
    [InlineData("dtreq --remote a.ckf --master b.ckf -o -")]
    [InlineData("dtfile b -r p.dtr -o -")]
    [InlineData("ckfile info a.ckf")]
    [InlineData("ckfile info a.ckf --json")]
    [InlineData("ckfile --help")]
    public void A_result_that_has_nowhere_to_go_is_a_failure(string line)
    {
        Untouched before = _work.Remember();
        string words = line.Contains("--json", StringComparison.Ordinal)
            ? "\"message\":\"standard output: is closed\""
            : "error: standard output: is closed";
        _work.Shell($"{line} >&-").Ends(5).Says(words);
        _work.Shell($"{line} <&- >&-").Ends(5).Says(words);
        _work.Shell($"{line} <&- >&- 2>&-").Ends(5);
        before.Check();
    }

    [LinuxTheory]
    [InlineData("dtfile apply - a", "standard input")]
    [InlineData("ckfile info -", "standard input")]
    [InlineData("ckfile a -r - -o x.ckf", "standard input")]
    [InlineData("dtreq --remote - --master b.ckf -o x.dtr", "standard input")]
    [InlineData("dtfile apply /dev/stdin a", "/dev/stdin")]
    [InlineData("dtfile apply /dev/fd/0 a", "/dev/fd/0")]
    [InlineData("dtfile apply /proc/self/fd/0 a", "/proc/self/fd/0")]
    public void There_is_nothing_to_read_and_nothing_is_waited_for(string line, string name)
    {
        Untouched before = _work.Remember();
        _work.Shell($"{line} <&-").Fails(5, $"{name}: is closed");
        _work.Shell($"{line} <&- >&- 2>&-").Ends(5);
        before.Check();
    }

    [LinuxFact]
    public void A_number_that_only_the_runtime_knows_is_no_pipe_of_the_user()
    {
        // The first that it opens are the two ends of one.
        foreach (int descriptor in new[] { 3, 4 })
        {
            _work.Shell(
                $"exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; ckfile info /dev/fd/{descriptor}").Fails(5, $"/dev/fd/{descriptor}: is closed");
        }

        _work.Shell("ckfile info /dev/fd/3 3< <(cat a.ckf)").Succeeds();
    }

    [LinuxTheory]
    [InlineData("<&- >&- 2>&-")]
    [InlineData("<&- 2>&-")]
    [InlineData("2>&-")]
    [InlineData(">&- 2>&-")]
    public void A_target_is_written_as_ever_and_gets_no_word_of_what_is_said(string closed)
    {
        _work.Shell($"dtfile apply p.dtf a -q --undo undo.dtf {closed}").Ends(0);
        _work.Holds("a", _b);
        _work.Shell($"dtfile apply p.dtf missing {closed}").Ends(2);
        _work.Shell($"dtfile apply p.dtr a {closed}").Ends(3);
        _work.Shell($"dtfile apply undo.dtf a -q --progress plain -v {closed}").Ends(0);
        _work.Holds("a", _a);
        _work.Shell($"dtfile b -r p.dtr -q -o x.dtf {closed}").Ends(0);
        Assert.Equal(_work.Read("p.dtf"), _work.Read("x.dtf"));
    }

    [LinuxFact]
    public void What_standard_output_gets_does_not_depend_on_standard_error()
    {
        string whole = _work.Shell("ckfile check a b.ckf").Ends(1).Text;
        Assert.Equal(Lines(whole), Lines(_work.Shell("ckfile check a b.ckf 2>&-").Ends(1).Text));
        Assert.Equal(Lines(whole), Lines(_work.Shell("ckfile check a b.ckf 2>/dev/full").Ends(1).Text));
        _work.Shell("ckfile a --progress plain -o x.ckf 2>&-").Ends(0).Prints("x.ckf: ");
    }

    [LinuxFact]
    public void A_message_without_a_summary_is_a_success()
    {
        _work.Shell("ckfile a -q -o x.ckf <&- >&- 2>&-").Ends(0);
        Assert.Equal(_work.Read("a.ckf"), _work.Read("x.ckf"));
        _work.Shell("ckfile a -f -o x.ckf >&-").Ends(5).Says("the work is done; only its report is lost");
        Assert.Equal(_work.Read("a.ckf"), _work.Read("x.ckf"));
    }

    // Times differ from run to run.
    private static string[] Lines(string text) => [.. text.Split('\n').Where(line => !line.StartsWith("read ", StringComparison.Ordinal))];
}

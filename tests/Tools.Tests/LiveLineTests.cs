using System.Diagnostics;
using System.Text.RegularExpressions;

namespace BinarySync.Tools.Tests;

/// <summary>
/// The line that is drawn again and again, on a real terminal: what it shows, how often, and that it leaves nothing behind.
/// </summary>
public sealed partial class LiveLineTests : IDisposable
{
    // Takes two and a half seconds.
    private const string Slow = "ckfile a -o x.ckf -f --limit-rate 512K";

    private readonly Workspace _work = new();

    public LiveLineTests() => _work.Write("a", Content.Make(2_500_000));

    public void Dispose() => _work.Dispose();

    [LinuxFact(Pty.Needs)]
    public void It_shows_how_far_it_is_ten_times_a_second_at_most_and_is_gone_in_the_end()
    {
        Stopwatch watch = Stopwatch.StartNew();
        using Pty pty = Pty.Start(_work, 100, Slow);
        Assert.Equal(0, pty.Finish());
        string[] drawn = Drawn(pty.Output);
        Assert.InRange(drawn.Length, 4, (int)(watch.Elapsed.TotalSeconds * 10));
        Assert.All(
            drawn,
            line =>
                Assert.Matches(
                    @"^ckfile: checksumming \[=*>? *\] +\d+%  +[0-9.]+ [KM]?i?B of 2\.38 MiB  +[0-9.]+ [KM]?i?B/s  +(\d+:\d\d)? left$",
                    line));
        Assert.All(drawn, line => Assert.True(line.Length < 100, line));
        Assert.Contains("\e[36m", pty.Output, StringComparison.Ordinal);
        AssertGone(pty.Output, 100);
    }

    [LinuxTheory(Pty.Needs)]
    [InlineData(20, "checksumming")]
    [InlineData(8, "%")]
    [InlineData(2, "")]
    [InlineData(1, "")]
    [InlineData(0, "ckfile: checksumming")]
    public void A_narrow_terminal_gets_less_of_it(int columns, string shows)
    {
        using Pty pty = Pty.Start(_work, columns, Slow);
        Assert.Equal(0, pty.Finish());
        int width = columns == 0 ? 80 : columns;
        string[] drawn = Drawn(pty.Output);
        Assert.True(shows.Length == 0 || drawn.Length > 0, pty.Output);
        Assert.All(drawn, line => Assert.True(line.Length < width && line.Contains(shows, StringComparison.Ordinal), line));
        AssertGone(pty.Output, width);
    }

    [LinuxFact(Pty.Needs)]
    public void A_terminal_that_becomes_narrower_is_followed()
    {
        using Pty pty = Pty.Start(_work, 100, $"{{ sleep 1.5; stty -F /dev/tty cols 30; echo narrow; }} & {Slow}");
        Assert.Equal(0, pty.Finish());
        string[] parts = pty.Output.Split("narrow\r\n");
        Assert.All(Drawn(parts[1]).Skip(1), line => Assert.True(line.Length < 30, line));
        Assert.Contains("\r\e[J", parts[1], StringComparison.Ordinal);
    }

    [LinuxFact(Pty.Needs)]
    public void Who_wants_no_colour_gets_none()
    {
        using Pty pty = Pty.Start(_work, 80, Slow, "NO_COLOR=1");
        Assert.Equal(0, pty.Finish());
        Assert.NotEmpty(Drawn(pty.Output));
        Assert.DoesNotMatch(@"\e\[[0-9;]*m", pty.Output);
        AssertGone(pty.Output, 80);
    }

    [LinuxTheory(Pty.Needs)]
    [InlineData("TERM=dumb", "")]
    [InlineData("CI=true", "")]
    [InlineData("", "--progress none")]
    [InlineData("", "--progress plain")]
    [InlineData("", "-q")]
    [InlineData("", "2>said")]
    public void Nothing_is_drawn_where_it_cannot_be_or_must_not(string environment, string option)
    {
        using Pty pty = Pty.Start(_work, 80, $"{Slow} {option}", environment);
        Assert.Equal(0, pty.Finish());
        Assert.Empty(Drawn(pty.Output));
        Assert.DoesNotContain('\e', pty.Output);
        if (option == "2>said")
        {
            Assert.Empty(_work.Read("said"));
        }
    }

    [LinuxTheory(Pty.Needs)]
    [InlineData("TERM=dumb")]
    [InlineData("CI=true")]
    [InlineData("X=")]
    public void Who_asks_for_it_gets_it(string environment)
    {
        using Pty pty = Pty.Start(_work, 80, $"{Slow} -q --progress bar", environment);
        Assert.Equal(0, pty.Finish());
        Assert.NotEmpty(Drawn(pty.Output));
        Assert.Equal(environment == "TERM=dumb", !pty.Output.Contains('\e', StringComparison.Ordinal));
        Assert.Empty(new Screen(pty.Output, 80).Text);
    }

    [LinuxFact(Pty.Needs)]
    public void What_is_said_meanwhile_stands_on_a_line_of_its_own()
    {
        using Pty pty = Pty.Start(_work, 80, $"{Slow} & sleep 1.5; kill -USR1 $!; wait $!");
        Assert.Equal(0, pty.Finish());
        Assert.Matches(
            @"^ckfile: checksumming: [^%]*%\), [0-9.]+ [KM]?i?B/s(, 0:\d\d left)?\nx\.ckf: 611 blocks", new Screen(pty.Output, 80).Text);
    }

    [LinuxFact(Pty.Needs)]
    public void A_command_that_is_interrupted_leaves_the_terminal_as_it_should_be()
    {
        // The key interrupts the shell too, which has to live on and tell the exit code.
        using Pty pty = Pty.Start(_work, 80, $"trap : INT; {Slow}; echo exit $?");
        pty.Await("checksumming");
        pty.Type("\x03");
        pty.Finish();
        Assert.Equal("ckfile: error: interrupted\nckfile: hint: run the same command again\nexit 130", new Screen(pty.Output, 80).Text);
        Assert.DoesNotContain("\e[?25l", pty.Output, StringComparison.Ordinal);
    }

    [LinuxFact(Pty.Needs)]
    public void In_the_background_it_draws_nothing()
    {
        using Pty pty = Pty.Start(_work, 80, $"set -m; {Slow} >out & wait $!");
        Assert.Equal(0, pty.Finish());
        Assert.Empty(Drawn(pty.Output));
        Assert.DoesNotContain('\e', pty.Output);
    }

    [LinuxFact(Pty.Needs)]
    public void Apply_shows_its_phases_one_after_the_other()
    {
        byte[] a = Content.Make(4_000_000);
        byte[] b = [.. a];
        b.AsSpan(0, 3_500_000).Reverse();
        _work.Prepare(a, b);
        using Pty pty = Pty.Start(_work, 100, "dtfile apply p.dtf a --limit-rate 2M");
        Assert.Equal(0, pty.Finish());
        string[] phases = [.. Drawn(pty.Output).Select(
            line => Regex.Match(line, "^dtfile: (\\[[0-9]/[0-9]\\] [a-z ]+?) +[\\[0-9]").Groups[1].Value).Distinct()];
        Assert.Equal(
            ["[1/4] verifying and checking", "[2/4] writing", "[4/4] reading back"], phases.Where(phase => phase is not "[3/4] flushing"));
        Assert.StartsWith("a: ", new Screen(pty.Output, 100).Text, StringComparison.Ordinal);
        Assert.Equal(b, _work.Read("a"));
    }

    // The summary alone is left.
    private static void AssertGone(string output, int columns)
    {
        string text = Blanks().Replace(new Screen(output, columns).Text, string.Empty);
        Assert.StartsWith("x.ckf:611blocks", text, StringComparison.Ordinal);
        Assert.DoesNotContain("checksumming", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[?25l", output, StringComparison.Ordinal);
    }

    // Each time that it was drawn, without colours.
    private static string[] Drawn(string output)
    {
        string plain = Colours().Replace(output, string.Empty)
            .Replace("\e[K", string.Empty, StringComparison.Ordinal)
            .Replace("\e[J", string.Empty, StringComparison.Ordinal);
        return
        [
            .. plain.Split('\r')
                .Where(line => line.Contains('%', StringComparison.Ordinal) && !line.Contains(": checksumming: ", StringComparison.Ordinal))
                .Select(line => line.TrimEnd(' ')),
        ];
    }

    [GeneratedRegex(@"\s")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\e\[[0-9;]*m")]
    private static partial Regex Colours();
}

using System.Globalization;
using System.Text;

namespace BinarySync.Tools.Tests;

/// <summary>Names and texts that strangers chose are seen, and never obeyed.</summary>
public sealed class StrangersTextTests : IDisposable
{
    private const string Evil = "x\e]0;owned\a\e[2J\r\n\u009b31m\u202Egpj\u2066\u200B\u2028\uFEFF'\\.dtf";

    private readonly Workspace _work = new();
    private readonly byte[] _a = Content.Make(100_000);
    private readonly byte[] _b;

    public StrangersTextTests()
    {
        _b = Content.Later(_a, 120_000, 4096);
        _work.Prepare(_a, _b);
    }

    public void Dispose() => _work.Dispose();

    [LinuxFact]
    public void A_name_is_seen_in_results_errors_hints_and_summaries()
    {
        File.Copy(_work["p.dtf"], _work[Evil]);
        Seen(
            _work.Run("dtfile", "info", Evil).Ends(0),
            @"x\033]0;owned\007\033[2J\r\n\302\23331m\342\200\256gpj\342\201\246\342\200\213\342\200\250\357\273\277'\.dtf");
        Seen(_work.Run("dtfile", "apply", Evil, "missing").Ends(2), "missing");
        Seen(_work.Run("dtfile", "apply", "p.dtf", Evil).Ends(4), @"x\033]0;");
        Seen(_work.Run("dtfile", "apply", Evil + "x", "a").Ends(2), @"x\033]0;");
        Seen(_work.Run("dtfile", Evil, "b").Ends(2), string.Empty);
        Seen(_work.Run("dtfile", "--" + Evil).Ends(2), @"x\033]0;");
        Seen(_work.Run("ckfile", "a", "-o", "dir\e[2J/x").Ends(2), @"dir\033[2J");
        Seen(_work.Run("ckfile", "a", "-b", "\e[2J").Ends(2), @"\033[2J");
        File.WriteAllBytes(_work[Evil], _work.Read("p.dtf")[..60]);
        Seen(_work.Run("dtfile", "info", Evil).Ends(3), @"x\033]0;");
        Seen(_work.Run("ckfile", Evil, "-o", "e\u2067.ckf", "-v").Ends(0), @"e\342\201\247.ckf");
    }

    [LinuxFact]
    public void The_next_command_works_when_it_is_typed_as_it_was_printed()
    {
        File.Copy(_work["p.dtf"], _work[Evil]);
        ToolResult dry = _work.Run("dtfile", "apply", Evil, "a", "--dry-run").Ends(0);
        Seen(dry, @"next: dtfile apply $'x\033]0;");
        string next = dry.Text.Split('\n').Single(line => line.StartsWith("next: ", StringComparison.Ordinal))["next: ".Length..];
        _work.Shell(next).Ends(0);
        _work.Holds("a", _b);
    }

    [LinuxFact]
    public void Json_keeps_the_name_and_shows_none_of_it_to_a_terminal()
    {
        File.Copy(_work["p.dtf"], _work[Evil]);
        ToolResult told = _work.Run("dtfile", "info", Evil, "--json").Ends(0);
        Assert.Equal(Evil, told.Json.GetProperty("file").GetString());
        Hidden(told.Text);
    }

    [LinuxTheory]
    [InlineData("a\u2028\u202E\u061C\u200F\"\\ b")]
    [InlineData("\U0001F600 \u00E9 \U000E0041")]
    [InlineData("it's \u00E9")]
    public void Names_read_back_as_they_were(string name)
    {
        File.Copy(_work["p.dtf"], _work[name]);
        ToolResult told = _work.Run("dtfile", "info", name, "--json").Ends(0);
        Assert.Equal(name, told.Json.GetProperty("file").GetString());
        Hidden(told.Text);
        string dry = _work.Run("dtfile", "apply", name, "a", "--dry-run").Ends(0).Text;
        _work.Shell(dry.Split('\n').Single(line => line.StartsWith("next: ", StringComparison.Ordinal))["next: ".Length..]).Ends(0);
        _work.Holds("a", _b);
    }

    [LinuxFact]
    public void A_label_and_what_a_picture_is_called()
    {
        _work.Run("ckreq", "--label", "abc\u202Egnp.\u2066", "-o", "l.ckr", "-q").Ends(0);
        Seen(_work.Line("ckreq info l.ckr").Ends(0), @"abc\342\200\256gnp.\342\201\246");
        Assert.Equal(
            "abc\u202Egnp.\u2066",
            _work.Line("ckreq info l.ckr --json").Ends(0).Json.GetProperty("header").GetProperty("label").GetString());
        File.Copy(_work["a.ckf"], _work[Evil]);
        Seen(_work.Run("ckfile", "info", Evil, "--map", "m.svg").Ends(0), @"x\033]0;");
        string svg = Encoding.UTF8.GetString(_work.Read("m.svg"));
        Hidden(svg);
        Assert.Contains(@"x\033]0;", svg, StringComparison.Ordinal);
    }

    private static void Seen(ToolResult result, string words)
    {
        Assert.Contains(words, result.Text + result.Errors, StringComparison.Ordinal);
        Hidden(result.Text);
        Hidden(result.Errors);
    }

    private static void Hidden(string text)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            Assert.True(rune.Value == '\n' || !char.IsControl((char)Math.Min(rune.Value, 0xFFFF)), $"U+{rune.Value:X4}");
            Assert.False(Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator, $"U+{rune.Value:X4}");
        }
    }
}

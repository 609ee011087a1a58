namespace BinarySync.Tools.Tests;

/// <summary>`--shift` of `ckreq` and `ckfile`: who asks for rolling sums has them, and who has lost them is told.</summary>
public sealed class RollingSumTests : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void A_request_for_them_and_the_option_make_the_same_file()
    {
        _work.Write("a", Content.Make(300_001));
        _work.Line("ckreq --shift -o r.ckr").Succeeds();
        _work.Line("ckfile a -r r.ckr -o asked.ckf").Succeeds();
        _work.Line("ckfile a --shift -o a.ckf").Succeeds();
        _work.Line("ckfile a --shift -r r.ckr -o both.ckf").Succeeds();
        Assert.Equal(_work.Read("a.ckf"), _work.Read("asked.ckf"));
        Assert.Equal(_work.Read("a.ckf"), _work.Read("both.ckf"));

        foreach (string info in (string[])["ckreq info r.ckr", "ckfile info a.ckf"])
        {
            ToolResult shown = _work.Line(info).Succeeds();
            Assert.Contains("format 1.1", shown.Text, StringComparison.Ordinal);
            Assert.Contains("rolling sums", shown.Text, StringComparison.Ordinal);
            Assert.True(_work.Line($"{info} --json").Json.GetProperty("header").GetProperty("rolling_sums").GetBoolean());
        }

        _work.Line("ckfile check a a.ckf").Succeeds();
    }

    [Fact]
    public void Without_the_option_there_are_none()
    {
        _work.Write("a", Content.Make(300_001));
        _work.Line("ckreq -o r.ckr").Succeeds();
        _work.Line("ckfile a -r r.ckr").Succeeds();
        ToolResult shown = _work.Line("ckfile info a.ckf").Succeeds();
        Assert.Contains("format 1.0", shown.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("rolling", shown.Text, StringComparison.Ordinal);
        _work.Line("ckfile a -r r.ckr --shift -o b.ckf").Fails(2, "r.ckr does not ask for rolling sums", "ckreq --shift");
        Assert.DoesNotContain("b.ckf", _work.Names);
    }

    [Fact]
    public void A_refined_request_may_ask_for_them()
    {
        byte[] a = Content.Make(600_000);
        _work.Prepare(a, Content.Later(a, 600_000, 4096), "-b 64K");
        _work.Line("ckreq --refine p.dtr --shift -o fine.ckr").Succeeds();
        _work.Line("ckfile a -r fine.ckr -o fine.ckf").Succeeds();
        Assert.Contains("rolling sums", _work.Line("ckfile info fine.ckf").Succeeds().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_join_says_that_it_drops_them()
    {
        _work.Write("a", Content.Make(300_000));
        _work.Line("ckfile a --shift -o whole.ckf").Succeeds();
        _work.Line("ckfile a --shift --range 0-39 -o 1.ckf").Succeeds();
        _work.Line("ckfile a --shift --range 40- -o 2.ckf").Succeeds();
        _work.Line("ckfile a --range 40- -o plain.ckf").Succeeds();
        Assert.DoesNotContain("rolling", _work.Line("ckfile join 1.ckf 2.ckf -o j.ckf").Ends(0).Errors, StringComparison.Ordinal);
        Assert.Equal(_work.Read("whole.ckf"), _work.Read("j.ckf"));
        Assert.Contains(
            "some parts have no rolling sums, so k.ckf has none",
            _work.Line("ckfile join 1.ckf plain.ckf -o k.ckf").Ends(0).Errors,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_made_from_the_one_before_says_that_it_has_none()
    {
        byte[] a = Content.Make(300_000);
        _work.Prepare(a, Content.Later(a, 310_000, 4096), "--shift");
        Assert.Contains(
            "new.ckf has no rolling sums",
            _work.Line("dtfile apply p.dtf a --update-ckf a.ckf -o new.ckf").Ends(0).Errors,
            StringComparison.Ordinal);
        Assert.DoesNotContain("rolling", _work.Line("ckfile info new.ckf").Succeeds().Text, StringComparison.Ordinal);
    }
}

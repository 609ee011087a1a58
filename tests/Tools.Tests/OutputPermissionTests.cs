namespace BinarySync.Tools.Tests;

/// <summary>Who may read what the programs make, and where they do not write.</summary>
public sealed class OutputPermissionTests : IDisposable
{
    private readonly Workspace _work = new();

    public OutputPermissionTests()
    {
        byte[] a = Content.Make(60_000);
        _work.Prepare(a, Content.Later(a, 65_000, 4096));
        Directory.CreateDirectory(_work["parts"]);
    }

    public void Dispose() => _work.Dispose();

    [LinuxTheory]
    [InlineData("ckfile a -o x", "a")]
    [InlineData("ckfile a -r r.ckr -o x", "a")]
    [InlineData("ckfile join a.ckf -o x", "a.ckf")]
    [InlineData("ckreq --refine p.dtr -b 512 -o x", "p.dtr")]
    [InlineData("dtreq --remote a.ckf --master b.ckf -o x", "a.ckf")]
    [InlineData("dtreq --remote a.ckf --master b.ckf -o x", "b.ckf")]
    [InlineData("dtreq merge p.dtr -o x", "p.dtr")]
    [InlineData("dtfile b -r p.dtr -o x", "b")]
    [InlineData("dtfile b -r p.dtr -o x", "p.dtr")]
    [InlineData("dtfile b --remote a.ckf -o x", "b")]
    [InlineData("dtfile apply p.dtf a --undo x", "a")]
    [InlineData("dtfile apply p.dtf a --update-ckf a.ckf -o x", "a")]
    [InlineData("dtfile apply p.dtf a --update-ckf a.ckf -o x", "a.ckf")]
    [InlineData("dtfile apply p.dtf a --update-ckf a.ckf -o x", "p.dtf")]
    public void An_output_of_what_is_private_is_private(string line, string secret)
    {
        _work.Line("ckreq -o r.ckr").Succeeds();
        Command.Demand("chmod", "640", _work[secret]);
        _work.Line(line).Ends(0);
        Assert.Equal("640", ModeOf("x"));
    }

    [LinuxFact]
    public void Every_part_of_a_set_is_private()
    {
        Command.Demand("chmod", "600", _work["b"]);
        _work.Line("dtfile b -r p.dtr --split 16M -o parts/x.dtf").Ends(0);
        Assert.All(Directory.GetFiles(_work["parts"]), part => Assert.Equal("600", Command.Demand("stat", "-c", "%a", part)));
        Assert.NotEmpty(Directory.GetFiles(_work["parts"]));
    }

    [LinuxFact]
    public void Without_a_source_it_is_as_the_umask_says()
    {
        _work.Shell("umask 027; ckreq -o r.ckr").Succeeds();
        Assert.Equal("640", ModeOf("r.ckr"));
        _work.Shell("umask 077; ckfile a -o x").Ends(0);
        Assert.Equal("600", ModeOf("x"));
    }

    [LinuxFact]
    public void A_mode_can_be_asked_for_and_what_is_replaced_keeps_its_own()
    {
        Command.Demand("chmod", "600", _work["a"], _work["b"]);
        _work.Line("ckfile a -o x --mode 0644").Ends(0);
        Assert.Equal("644", ModeOf("x"));
        _work.Line("ckfile a -o x -f").Ends(0);
        Assert.Equal("644", ModeOf("x"));
        Command.Demand("chmod", "600", _work["x"]);
        Command.Demand("chmod", "644", _work["a"]);
        _work.Line("ckfile a -o x -f").Ends(0);
        Assert.Equal("600", ModeOf("x"));
        _work.Line("ckfile a -o x -f --mode 640").Ends(0);
        Assert.Equal("640", ModeOf("x"));

        foreach (string wrong in new[] { "rw", "688", "1644", "00644", "-1" })
        {
            _work.Line($"ckfile a -o y --mode={wrong}").Fails(2, $"'{wrong}' is not a mode");
        }
    }

    [LinuxTheory]
    [InlineData("ckfile a -o {0}")]
    [InlineData("dtreq --remote a.ckf --master b.ckf -o {0}")]
    [InlineData("dtfile b -r p.dtr -o {0}")]
    [InlineData("ckfile info a.ckf --map {0}.svg")]
    [InlineData("dtfile apply p.dtf a --update-ckf a.ckf -o {0}")]
    public void No_output_follows_a_link(string line)
    {
        _work.Write("victim", "content"u8);
        File.CreateSymbolicLink(_work["link"], "victim");
        File.CreateSymbolicLink(_work["link.svg"], "victim");
        Untouched before = _work.Remember();
        _work.Line(string.Format(line, "link") + " -f").Fails(
            2, "is a symbolic link to victim", "name the file itself, or remove the link");
        _work.Line(string.Format(line, "link")).Fails(2, "is a symbolic link to victim", "name the file itself, or remove the link");
        before.Check();
    }

    [LinuxFact]
    public void Nor_does_an_undo_file_or_a_repair_request()
    {
        File.CreateSymbolicLink(_work["link"], "victim");
        Untouched before = _work.Remember();
        _work.Line("dtfile apply p.dtf a --undo link").Fails(2, "link: is a symbolic link to victim");
        _work.Line("dtfile apply p.dtf a --repair link").Fails(2, "link: is a symbolic link to victim");
        before.Check();
    }

    private string ModeOf(string name) => Command.Demand("stat", "-c", "%a", _work[name]);
}

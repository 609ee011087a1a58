using System.Text.Json.Nodes;

namespace BinarySync.Tools.Tests;

/// <summary>
/// `dtfile apply --update-ckf` beside everything else that a run may be: merged, refined, broken off, gone on with and taken back.
/// </summary>
public sealed class UpdateChecksumsTests : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Of_a_merged_data_file()
    {
        byte[] a = Content.Make(600_000);
        byte[] b = Content.Later(a, 640_000, 4096);
        _work.Prepare(a, b);
        _work.Write("other", Content.Later(b, 500_000, 4096, seed: 9));
        _work.Line("ckfile other").Succeeds();
        _work.Line("dtreq --remote other.ckf --master b.ckf -o other.dtr").Succeeds();
        _work.Line("dtreq merge p.dtr other.dtr -o all.dtr").Succeeds();
        _work.Line("dtfile b -r all.dtr").Succeeds();
        Untouched before = _work.Remember();
        _work.Line("dtfile apply all.dtf a --request p.dtr --update-ckf other.ckf -o n.ckf").Fails(
            4, "other.ckf: is for a target of 500000 bytes", "--update-ckf");
        _work.Line("dtfile apply all.dtf a --request p.dtr --update-ckf b.ckf -o n.ckf").Fails(4, "nothing was written", "--update-ckf");
        before.Check();
        _work.Line("dtfile apply all.dtf a --request p.dtr --update-ckf a.ckf -o n.ckf").Ends(0);
        _work.Holds("a", b);
        IsAsRead("n.ckf", "a");
        _work.Line("dtfile apply all.dtf other --request other.dtr --update-ckf other.ckf -o n2.ckf").Ends(0);
        IsAsRead("n2.ckf", "other");
    }

    [Fact]
    public void Of_a_refined_data_file()
    {
        byte[] a = Content.Make(900_000);
        byte[] b = Content.Later(a, 950_000, 4096);
        _work.Prepare(a, b, "-b 64K");
        _work.Line("ckreq --refine p.dtr -b 4K -o fine.ckr").Succeeds();
        _work.Line("ckfile a -r fine.ckr -o fine-a.ckf").Succeeds();
        _work.Line("ckfile b -r fine.ckr -o fine-b.ckf").Succeeds();
        _work.Line("dtreq --remote fine-a.ckf --master fine-b.ckf -o fine.dtr").Succeeds();
        _work.Line("dtfile b -r fine.dtr").Succeeds();
        Untouched before = _work.Remember();
        _work.Line("dtfile apply fine.dtf a --update-ckf a.ckf -o n.ckf").Fails(4, "a.ckf: has another block size", "--update-ckf");
        _work.Line("dtfile apply fine.dtf a --update-ckf fine-b.ckf -o n.ckf").Fails(
            4, "fine-b.ckf: is for a target of 950000 bytes", "--update-ckf");
        before.Check();
        _work.Line("dtfile apply fine.dtf a --update-ckf fine-a.ckf -o n.ckf").Ends(0);
        _work.Holds("a", b);
        IsAsRead("n.ckf", "a", "-r fine.ckr");
    }

    [LinuxFact("strace")]
    public void Of_a_run_that_broke_off()
    {
        const string WriteFails = "strace -f -qq -o /dev/null -e signal=none -e inject=pwrite64:error=EIO:when=5 -P ";
        byte[] a = Content.Make(4_500_000);
        byte[] b = Content.Later(a, 5_000_000, 4096);
        _work.Prepare(a, b, "-b 512");
        _work.Line("dtreq --no-copy --remote a.ckf --master b.ckf -o p.dtr -f").Succeeds();
        _work.Line("dtfile b -r p.dtr -o p.dtf -f").Succeeds();
        string line = "dtfile apply p.dtf a --undo undo.dtf --update-ckf a.ckf -o n.ckf";
        _work.Line($"{WriteFails}{_work["a"]} {line}").Fails(5, "a: cannot write");
        Assert.NotEqual(b, _work.Read("a"));
        Assert.DoesNotContain("n.ckf", _work.Names);

        // Gone on with.
        _work.Line(line).Ends(0).Says("resumed the interrupted run");
        _work.Holds("a", b);
        IsAsRead("n.ckf", "a", "-b 512");

        // Taken back from the middle; the checksum file of what it was to become leads to that of what it was.
        _work.Line("dtfile apply undo.dtf a").Ends(0);
        _work.Line($"{WriteFails}{_work["a"]} dtfile apply p.dtf a --undo undo.dtf").Fails(5, "a: cannot write");
        Untouched before = _work.Remember();
        _work.Line("dtfile apply undo.dtf a --update-ckf a.ckf -o back.ckf").Fails(
            4, "a.ckf: is for a target of 4500000 bytes", "--update-ckf");
        before.Check();
        _work.Line("dtfile apply undo.dtf a --update-ckf b.ckf -o back.ckf").Ends(0).Says("took back the interrupted run");
        _work.Holds("a", a);
        IsAsRead("back.ckf", "a", "-b 512");
    }

    // All that a checksum file says, but for how it was made.
    private void IsAsRead(string derived, string target, string options = "")
    {
        _work.Line($"ckfile {target} -o read.ckf -f {options}".TrimEnd()).Succeeds();
        _work.Line($"ckfile check {target} {derived}").Succeeds();
        Assert.Equal(Info("read.ckf", isDerived: false), Info(derived, isDerived: true));
    }

    private string Info(string file, bool isDerived)
    {
        JsonObject info = JsonNode.Parse(_work.Line($"ckfile info {file} --extents --json").Succeeds().Text)!.AsObject();
        Assert.Equal(isDerived, info["header"]!.AsObject().Remove("derived"));
        Assert.True(info.Remove("length") && info["header"]!.AsObject().Remove("file") | info.Remove("file"));
        Assert.True(info["trailer"]!.AsObject().Remove("digest") && info.Remove("seconds"));
        return info.ToJsonString();
    }
}

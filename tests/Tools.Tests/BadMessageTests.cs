namespace BinarySync.Tools.Tests;

/// <summary>Message files that are not what they should be: exit 3, one clear line, and nothing is touched.</summary>
public sealed class BadMessageTests : IDisposable
{
    private readonly Workspace _work = new();

    public BadMessageTests()
    {
        byte[] a = Content.Make(60_000);
        _work.Prepare(a, Content.Later(a, 65_000, 4096));
        _work.Line("ckreq -o r.ckr --range 2-9").Succeeds();
        _work.Write("text", "just a text, nothing else\n"u8);
        _work.Write("empty", []);
    }

    /// <summary>Each way in for a message, with the kind that it wants.</summary>
    public static TheoryData<string, string> WaysIn => new()
    {
        { "ckreq info {0}", "r.ckr" },
        { "ckfile a -o x.ckf -r {0}", "r.ckr" },
        { "ckfile info {0} --extents", "a.ckf" },
        { "ckfile check a {0}", "a.ckf" },
        { "ckfile join {0} -o x.ckf", "a.ckf" },
        { "dtreq --remote {0} --master b.ckf -o x.dtr", "a.ckf" },
        { "dtreq --remote a.ckf --master {0} -o x.dtr", "b.ckf" },
        { "dtreq info {0} --extents", "p.dtr" },
        { "dtfile b -r {0} -o x.dtf", "p.dtr" },
        { "dtfile b --remote {0} -o x.dtf", "a.ckf" },
        { "dtfile info {0}", "p.dtf" },
        { "dtfile apply {0} a", "p.dtf" },
        { "dtfile apply {0} a --dry-run", "p.dtf" },
    };

    /// <summary>Those that go on to do something with it.</summary>
    public static TheoryData<string, string> WaysToWork => new()
    {
        { "ckfile a -o x.ckf -r {0}", "r.ckr" },
        { "ckfile check a {0}", "a.ckf" },
        { "ckfile join a.ckf {0} -o x.ckf", "a.ckf" },
        { "dtreq --remote a.ckf --master {0} -o x.dtr", "b.ckf" },
        { "dtfile b -r {0} -o x.dtf", "p.dtr" },
        { "dtfile b --remote {0} -o x.dtf", "a.ckf" },
        { "dtfile apply {0} a", "p.dtf" },
    };

    public void Dispose() => _work.Dispose();

    [Theory]
    [MemberData(nameof(WaysIn))]
    public void Another_kind_is_refused_by_name(string line, string wanted)
    {
        Untouched before = _work.Remember();
        (string File, string Kind)[] messages =
            [("r.ckr", "checksum request"), ("a.ckf", "checksum file"), ("p.dtr", "data request"), ("p.dtf", "data file")];
        foreach ((string file, string kind) in messages)
        {
            if (Path.GetExtension(file) != Path.GetExtension(wanted))
            {
                _work.Line(string.Format(line, file)).Fails(3, $"{file}: is a {kind}");
            }
        }

        _work.Line(string.Format(line, "text")).Fails(3, "text: ");
        _work.Line(string.Format(line, "empty")).Fails(3, "empty: ");
        _work.Line(string.Format(line, "missing")).Fails(2, "missing: No such file or directory");
        before.Check();
    }

    [Theory]
    [MemberData(nameof(WaysToWork))]
    public void A_newer_version_and_a_text_mode_copy_are_named(string line, string wanted)
    {
        byte[] newer = _work.Read(wanted);
        newer[8] = 2;
        _work.Write("newer", newer);
        byte[] text = _work.Read(wanted);
        _work.Write("text", [.. text.AsSpan(0, 5), .. text.AsSpan(6)]);
        Untouched before = _work.Remember();
        _work.Line(string.Format(line, "newer")).Fails(3, "newer: ", "use a newer version of this program");
        _work.Line(string.Format(line, "text")).Fails(3, "text: ", "copy it in binary mode");
        before.Check();
    }

    [Theory]
    [MemberData(nameof(WaysToWork))]
    public void Trailing_bytes(string line, string wanted)
    {
        byte[] whole = _work.Read(wanted);
        _work.Write("longer", [.. whole, 0]);
        _work.Write("twice", [.. whole, .. whole]);
        Untouched before = _work.Remember();
        _work.Line(string.Format(line, "longer")).Fails(3, "longer: ");
        _work.Line(string.Format(line, "twice")).Fails(3, "twice: ");
        before.Check();
    }
}

namespace BinarySync.Tools.Tests;

/// <summary>Message files that are not what they should be: exit 3, one clear line, and nothing is touched.</summary>
public sealed class BadMessageTests : IDisposable
{
    private readonly Workspace _work = new();

    public BadMessageTests()
    {
        byte[] a = Content.Make(60_000);
        _work.Prepare(a, Content.Later(a, 65_000, 4096));
        _work.Line("ckreq -o r.ckr --range 2-9 --range 12-").Succeeds();
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
        { "dtreq --remote {0} --master b.ckf -o x.dtr", "a.ckf" },
        { "dtreq --remote a.ckf --master {0} -o x.dtr", "b.ckf" },
        { "dtreq info {0} --extents", "p.dtr" },
        { "dtfile b -r {0} -o x.dtf", "p.dtr" },
        { "dtfile info {0}", "p.dtf" },
        { "dtfile apply {0} a", "p.dtf" },
        { "dtfile apply {0} a --dry-run", "p.dtf" },
    };

    public void Dispose() => _work.Dispose();

    [Theory]
    [MemberData(nameof(WaysIn))]
    public void Another_kind_is_refused_by_name(string line, string wanted)
    {
        Untouched before = _work.Remember();
        foreach ((string file, string kind) in new[] { ("r.ckr", "checksum request"), ("a.ckf", "checksum file"), ("p.dtr", "data request"), ("p.dtf", "data file") })
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
    [MemberData(nameof(WaysIn))]
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
    [InlineData("ckfile a -o x.ckf -r bad", "r.ckr")]
    [InlineData("dtreq --remote a.ckf --master bad -o x.dtr", "b.ckf")]
    [InlineData("dtfile b -r bad -o x.dtf", "p.dtr")]
    [InlineData("dtfile apply bad a", "p.dtf")]
    public void Truncated_anywhere(string line, string wanted)
    {
        byte[] whole = _work.Read(wanted);
        int[] marks = [1, 7, 8, 15, 16, 17, whole.Length - 1, whole.Length - 8, whole.Length - 16, whole.Length - 17];
        int[] spread = [.. Enumerable.Range(1, 12).Select(i => (int)((long)whole.Length * i / 13))];
        Try(line, marks.Concat(spread), length => whole[..length]);
    }

    [Theory]
    [InlineData("ckfile a -o x.ckf -r bad", "r.ckr")]
    [InlineData("dtreq --remote bad --master b.ckf -o x.dtr", "a.ckf")]
    [InlineData("dtfile b -r bad -o x.dtf", "p.dtr")]
    [InlineData("dtfile apply bad a", "p.dtf")]
    public void Any_byte_flipped(string line, string wanted)
    {
        byte[] whole = _work.Read(wanted);
        int[] head = [0, 6, 9, 10, 11, 12, 15, 16, 20];
        int[] foot = [1, 8, 9, 12, 13, 16, 20, 60];
        int[] spread = [.. Enumerable.Range(0, 20).Select(i => 24 + (int)((whole.Length - 48L) * i / 20))];
        Try(line, [.. head, .. spread, .. foot.Select(back => whole.Length - back)], at =>
        {
            byte[] bytes = [.. whole];
            bytes[at] ^= (byte)(1 << (at % 8));
            return bytes;
        });
    }

    [Theory]
    [MemberData(nameof(WaysIn))]
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

    /// <summary>Section lengths and counts that promise gigabytes: refused at once, whatever the checksums say.</summary>
    [LinuxTheory]
    [InlineData("ckfile info bad", "a.ckf")]
    [InlineData("dtreq info bad", "p.dtr")]
    [InlineData("dtfile apply bad a", "p.dtf")]
    public void Lengths_that_lie_allocate_nothing(string line, string wanted)
    {
        byte[] whole = _work.Read(wanted);
        int section = 16 + BitConverter.ToInt32(whole, 12) + 8;
        Try("sh -c ulimit -v 400000000; exec " + line, [12, section + 4, section + 8], at =>
        {
            byte[] bytes = [.. whole];
            bytes.AsSpan(at, 4).Fill(0xFF);
            return bytes;
        });
    }

    private void Try(string line, IEnumerable<int> positions, Func<int, byte[]> spoil)
    {
        _work.Write("bad", []);
        foreach (int position in positions.Distinct())
        {
            _work.Write("bad", spoil(position));
            Untouched before = _work.Remember();
            string[] command = line.StartsWith("sh -c ", StringComparison.Ordinal) ? ["sh", "-c", line[6..]] : line.Split(' ');
            ToolResult result = _work.Run(command);
            Assert.True(result.Exit == 3, $"at {position}: {result.Command}\nexit {result.Exit}\n{result.Errors}");
            result.Fails(3, "bad: ");
            before.Check();
        }
    }
}

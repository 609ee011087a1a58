namespace BinarySync.Tools.Tests;

/// <summary>Message files that were damaged on the way: exit 3, one clear line, and nothing is touched.</summary>
public sealed class DamagedMessageTests : IDisposable
{
    private readonly Workspace _work = new();

    public DamagedMessageTests()
    {
        byte[] a = Content.Make(60_000);
        _work.Prepare(a, Content.Later(a, 65_000, 4096));
        _work.Line("ckreq -o r.ckr --range 2-9 --range 12-").Succeeds();
    }

    public void Dispose() => _work.Dispose();

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

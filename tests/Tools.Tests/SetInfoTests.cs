using System.Text.Json;

namespace BinarySync.Tools.Tests;

/// <summary>`dtfile info` of several parts of a set.</summary>
public sealed class SetInfoTests : IDisposable
{
    private readonly Workspace _work = new();

    public SetInfoTests()
    {
        Split("p", 1);
    }

    public void Dispose() => _work.Dispose();

    [Fact]
    public void It_says_which_parts_are_missing()
    {
        _work.Line("dtfile info p.003.dtf p.001.dtf").Succeeds()
            .Prints("p.001.dtf: part 1 of 3, 128 blocks with content, 0 of zeros, ")
            .Prints("p.003.dtf: part 3 of 3, ")
            .Prints("  parts in all      3")
            .Prints("  given             1, 3")
            .Prints("  missing           2");
        _work.Line("dtfile info p.002.dtf p.003.dtf p.001.dtf")
            .Succeeds()
            .Prints("  given             1-3")
            .Prints("  missing           none");

        // One is shown as ever.
        _work.Line("dtfile info p.002.dtf").Succeeds().Prints("p.002.dtf: data file, format 1.1").Prints("  part              2 of 3");
    }

    [Fact]
    public void It_says_so_to_scripts()
    {
        JsonElement set = _work.Line("dtfile info p.003.dtf p.001.dtf --json").Succeeds().Json;
        JsonElement one = _work.Line("dtfile info p.003.dtf --json").Succeeds().Json;
        Assert.Equal([1, 3], Numbers("parts_given"));
        Assert.Equal([2], Numbers("parts_missing"));
        Assert.Equal((3, false), (set.GetProperty("set").GetProperty("parts").GetInt32(), set.GetProperty("complete").GetBoolean()));
        Assert.Equal(
            one.GetProperty("header").GetProperty("set").GetProperty("id").GetString(),
            set.GetProperty("set").GetProperty("id").GetString());
        JsonElement part = set.GetProperty("parts")[1];
        Assert.Equal("p.003.dtf", part.GetProperty("file").GetString());
        Assert.Equal(one.GetProperty("length").GetInt64(), part.GetProperty("length").GetInt64());
        foreach (string field in new[] { "data_blocks", "data_bytes", "zero_blocks", "copy_blocks", "digest" })
        {
            Assert.Equal(one.GetProperty("trailer").GetProperty(field).ToString(), part.GetProperty(field).ToString());
        }

        Assert.True(_work.Line("dtfile info p.001.dtf p.002.dtf p.003.dtf --json").Succeeds().Json.GetProperty("complete").GetBoolean());

        IEnumerable<int> Numbers(string field) => set.GetProperty(field).EnumerateArray().Select(number => number.GetInt32());
    }

    [Fact]
    public void What_does_not_belong_together_or_is_damaged_is_refused()
    {
        Split("q", 2);
        byte[] damaged = _work.Read("p.002.dtf");
        damaged[damaged.Length / 2] ^= 1;
        _work.Write("damaged.dtf", damaged);
        _work.Line("dtfile b -r p.dtr -o whole.dtf").Ends(4);
        _work.Line("dtfile info p.001.dtf q.002.dtf").Fails(4, "p.001.dtf and q.002.dtf are parts of two different sets");
        _work.Line("dtfile info p.001.dtf p.001.dtf").Fails(4, "p.001.dtf and p.001.dtf are both part 1 of the set");
        _work.Line("dtfile info p.001.dtf damaged.dtf").Fails(3, "damaged.dtf: ");
        _work.Line("dtfile info p.001.dtf p.dtr").Fails(3, "p.dtr: is a data request");
        _work.Line("dtfile info p.001.dtf -").Fails(2, "'-' can be the only data file");
        _work.Line("dtfile info p.001.dtf p.002.dtf --extents").Fails(2, "--extents is for one data file at a time");
        _work.Shell("dtfile info p.001.dtf <(cat p.002.dtf 2> no-reader)").Fails(2, "only a single data file can come from one");
        _work.Line("dtfile b -r q.dtr -o whole.dtf").Succeeds();
        _work.Line("dtfile info p.001.dtf whole.dtf").Fails(2, "whole.dtf: is not part of a set");
        _work.Line("dtfile info").Ends(2);
    }

    // A group has 8 MiB of content, and a part of less than 16 MiB one group: three parts.
    private void Split(string name, int seed)
    {
        byte[] b = new byte[24 << 20];
        for (int at = 0; at < b.Length; at += 1 << 16)
        {
            b.AsSpan(at, 1 << 16).Fill((byte)(seed + (at >> 16)));
            b[at] = (byte)(1 + (at >> 20));
        }

        _work.Write("a", [1]);
        _work.Write("b", b);
        _work.Line("ckfile a -b 64K -o a.ckf -f").Succeeds();
        _work.Line("ckfile b -b 64K -o b.ckf -f").Succeeds();
        _work.Line($"dtreq --remote a.ckf --master b.ckf -o {name}.dtr").Succeeds();
        _work.Line($"dtfile b -r {name}.dtr --split 16M").Succeeds();
    }
}

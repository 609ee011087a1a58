using System.Text.Json;

namespace BinarySync.Tools.Tests;

/// <summary>Data files in parts, made by `dtfile MASTER --split`.</summary>
public sealed class SplitTests : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Parts_are_no_longer_than_said()
    {
        PrepareParts();

        ToolResult result = _work.Line("dtfile b -r p.dtr --split 16M -c none").Succeeds();

        Assert.Equal(["p.001.dtf", "p.002.dtf", "p.003.dtf"], Parts());
        Assert.StartsWith("p.001.dtf to p.003.dtf: 3 parts, ", result.Text, StringComparison.Ordinal);
        Assert.All(Parts(), part => Assert.InRange(new FileInfo(_work[part]).Length, 1, 16 << 20));
        Assert.Contains("part              2 of 3", _work.Line("dtfile info p.002.dtf").Succeeds().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void One_part_is_the_same_whoever_makes_it()
    {
        PrepareParts();
        _work.Line("dtfile b -r p.dtr --split 16M -t 1").Succeeds();

        _work.Line("dtfile b -r p.dtr --split 16M --part 2 -o q.dtf -t 3").Succeeds();
        _work.Shell("dtfile b -q -r p.dtr --split 16M --part 3 -o - > piped").Succeeds();

        Assert.Equal(["q.002.dtf"], Parts("q."));
        Assert.Equal(_work.Read("p.002.dtf"), _work.Read("q.002.dtf"));
        Assert.Equal(_work.Read("p.003.dtf"), _work.Read("piped"));
    }

    [Fact]
    public void Json_has_every_part()
    {
        PrepareParts();
        using JsonDocument result = JsonDocument.Parse(_work.Line("dtfile b -r p.dtr --split 16M --json").Succeeds().Text);

        JsonElement[] parts = [.. result.RootElement.GetProperty("parts").EnumerateArray()];
        Assert.Equal(Parts(), parts.Select(part => part.GetProperty("output").GetString()));
        Assert.Equal([1, 2, 3], parts.Select(part => part.GetProperty("set").GetProperty("part").GetInt32()));
        Assert.Equal(Parts().Select(part => new FileInfo(_work[part]).Length), parts.Select(part => part.GetProperty("length").GetInt64()));
    }

    [Fact]
    public void Outputs_that_exist_are_refused_as_a_whole()
    {
        PrepareParts();
        _work.Write("p.003.dtf", [1]);
        Untouched before = _work.Remember();

        _work.Line("dtfile b -r p.dtr --split 16M").Fails(2, "p.003.dtf: exists already");
        before.Check();
        _work.Line("dtfile b -r p.dtr --split 16M -f").Succeeds();
    }

    [Fact]
    public void A_request_without_groups_is_one_part()
    {
        byte[] same = Content.Make(10_000);
        _work.Prepare(same, same);

        _work.Line("dtfile b -r p.dtr --split fat32").Succeeds();

        Assert.Equal(["p.001.dtf"], Parts());
    }

    [Theory]
    [InlineData("dtfile b -r p.dtr --split 15M", "parts of '15M' are too short")]
    [InlineData("dtfile b -r p.dtr --split fat16", "'fat16' is not a size")]
    [InlineData("dtfile b -r p.dtr --part 2", "it needs --split")]
    [InlineData("dtfile b -r p.dtr --split 16M -o -", "standard output is one")]
    [InlineData("dtfile b -r - --split 16M -o p.dtf", "it needs a named file")]
    [InlineData("dtfile b -r p.dtr --split 16M --part 7", "there is no part 7")]
    public void What_cannot_be_is_refused(string line, string why)
    {
        _work.Prepare(Content.Make(10_000), Content.Make(20_000, 2));
        Untouched before = _work.Remember();

        _work.Line(line).Fails(2, why);

        before.Check();
    }

    [Fact]
    public void A_block_that_is_longer_than_a_part_is_refused()
    {
        _work.Prepare([], Content.Make(33 << 20), "-b 32M");
        Untouched before = _work.Remember();

        _work.Line("dtfile b -r p.dtr --split 16M").Fails(
            2, "p.dtr: cannot be cut into parts of at most 16777216 bytes: the shortest possible length is");

        before.Check();
    }

    private void PrepareParts() => _work.Prepare(Content.Make(30 << 20), Content.Make(24 << 20, 9), "-b 64K");

    private IEnumerable<string> Parts(string prefix = "p.0") =>
        _work.Names.Where(name =>
            name.StartsWith(prefix, StringComparison.Ordinal)
                && name.EndsWith(".dtf", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
}

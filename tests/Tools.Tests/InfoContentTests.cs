namespace BinarySync.Tools.Tests;

/// <summary>`dtfile info` verifies a data file: also that its content is what its hashes say (docs/manual/safety.md).</summary>
public sealed class InfoContentTests : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("content-changed")]
    [InlineData("content-changed-with-blake3")]
    [InlineData("new-hash-changed")]
    [InlineData("lz4-offset-0")]
    [InlineData("repeats-of-other-content")]
    public void Content_that_is_not_what_its_hashes_say_is_damage(string vector)
    {
        _work.Write("p.dtf", MessageOf(vector));
        _work.Line("dtfile info p.dtf").Fails(3, "p.dtf: section ");

        // From a pipe, what repeats cannot be decoded: see below.
        _work.Shell("cat p.dtf | dtfile info -").Ends(vector.StartsWith("repeats", StringComparison.Ordinal) ? 0 : 3);
    }

    [Theory]
    [InlineData("-b 512")]
    [InlineData("-b 4M")]
    [InlineData("-b 64K -a blake3")]
    public void Content_of_blocks_of_any_size_is_found_right(string options)
    {
        byte[] a = Content.Make(9_000_000);
        _work.Prepare(a, Content.Later(a, 9_500_001, 1 << 20), options);
        _work.Line("dtfile info p.dtf").Succeeds();
        _work.Shell("cat p.dtf | dtfile info -").Ends(0);
    }

    [Fact]
    public void From_a_pipe_what_repeats_is_not_decoded_and_that_is_said()
    {
        _work.Write("p.dtf", MessageOf("dtf-repeats"));
        Assert.DoesNotContain("not decoded", _work.Line("dtfile info p.dtf").Succeeds().Errors, StringComparison.Ordinal);
        Assert.Contains("not decoded", _work.Shell("cat p.dtf | dtfile info -").Ends(0).Errors, StringComparison.Ordinal);
    }

    private static byte[] MessageOf(string vector)
    {
        string[] lines = File.ReadAllLines(Repository.PathOf("tests", "Vectors", vector + ".vector"));
        return Convert.FromHexString(string.Concat(lines.SkipWhile(line => line.Length > 0).Select(line => line.Split('#')[0].Trim())));
    }
}

namespace BinarySync.Tools.Tests;

/// <summary>Same input, same bytes out: whatever the threads, the pipes and the holes.</summary>
public sealed class SameBytesTests : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("512", "lz4")]
    [InlineData("4K", "brotli:3")]
    [InlineData("2M", "none")]
    public void Threads_and_pipes_change_nothing(string blockSize, string codec)
    {
        byte[] a = Content.Make(9_000_000);
        _work.Prepare(a, Content.Later(a, 9_500_000, 70_000), $"-b {blockSize}", codec);
        foreach (int threads in new[] { 1, 2, 7 })
        {
            Assert.Equal(_work.Read("a.ckf"), _work.Line($"ckfile a -b {blockSize} -t {threads} -o - -q").Succeeds().Output);
            Assert.Equal(_work.Read("p.dtr"), _work.Line($"dtreq --remote a.ckf --master b.ckf -t {threads} -o - -q").Succeeds().Output);
            Assert.Equal(_work.Read("p.dtf"), _work.Line($"dtfile b -r p.dtr -c {codec} -t {threads} -o - -q").Succeeds().Output);
            File.Copy(_work["a"], _work["target"], overwrite: true);
            _work.Line($"dtfile apply p.dtf target -t {threads}").Succeeds();
            _work.Holds("target", _work.Read("b"));
        }

        // From standard input and into files.
        Assert.Equal(_work.Read("p.dtr"), _work.Feed(_work.Read("b.ckf"), "dtreq --remote a.ckf --master - -o - -q").Succeeds().Output);
        _work.Feed(_work.Read("p.dtr"), $"dtfile b -r - -o q.dtf -c {codec}").Succeeds();
        Assert.Equal(_work.Read("p.dtf"), _work.Read("q.dtf"));
    }

    [LinuxFact]
    public void Holes_and_written_zeros_are_the_same()
    {
        byte[] content = new byte[3_000_100];
        Bytes.Pattern(10_000).CopyTo(content, 4096 * 20);
        Bytes.Pattern(5_000).CopyTo(content, 2_000_001);
        _work.Write("dense", content);
        using (FileStream sparse = File.Create(_work["sparse"]))
        {
            sparse.Position = 4096 * 20;
            sparse.Write(content, 4096 * 20, 10_000);
            sparse.Position = 2_000_001;
            sparse.Write(content, 2_000_001, 5_000);
            sparse.SetLength(content.Length);
        }

        Assert.Equal(content, _work.Read("sparse"));
        foreach (string options in new[] { "-b 512", "-b 4K", "-b 64K -a sha256", "-b 1M", "-b 8K --range 2-300" })
        {
            byte[] dense = _work.Line($"ckfile dense -o - -q {options}").Succeeds().Output;
            Assert.Equal(dense, _work.Line($"ckfile sparse -o - -q {options}").Succeeds().Output);
            Assert.Equal(dense, _work.Line($"ckfile sparse -o - -q --holes read {options}").Succeeds().Output);
            _work.Write("dense.ckf", dense);
            _work.Line("ckfile check sparse dense.ckf").Succeeds();
        }
    }

    [Fact]
    public void The_way_a_range_is_said_changes_nothing()
    {
        _work.Write("a", Content.Make(500_000));
        byte[] once = _work.Line("ckfile a -o - -q --range 3-90").Succeeds().Output;
        Assert.Equal(once, _work.Line("ckfile a -o - -q --range 50-90 --range 3-60 --range 7").Succeeds().Output);
        Assert.Equal(once, _work.Line("ckfile a -o - -q --bytes 12K+360448").Succeeds().Output);
        Assert.Equal(
            _work.Line("ckfile a -o - -q").Succeeds().Output,
            _work.Line("ckfile a -o - -q --range 0-60 --range 61-122").Succeeds().Output);
    }

    [Fact]
    public void Names_and_times_of_the_files_change_nothing()
    {
        byte[] a = Content.Make(500_000);
        _work.Prepare(a, Content.Later(a, 500_000, 4096));
        Directory.CreateDirectory(_work["elsewhere"]);
        File.Copy(_work["b"], _work["elsewhere/other"]);
        File.SetLastWriteTimeUtc(_work["elsewhere/other"], DateTime.UnixEpoch);
        _work.Line("ckfile elsewhere/other -o other.ckf").Succeeds();
        Assert.Equal(_work.Read("b.ckf"), _work.Read("other.ckf"));
        _work.Line("dtfile elsewhere/other -r p.dtr -o other.dtf").Succeeds();
        Assert.Equal(_work.Read("p.dtf"), _work.Read("other.dtf"));
    }
}

using System.Text.Json;

namespace BinarySync.Tools.Tests;

/// <summary>Content that is needed several times travels once.</summary>
public sealed class RepeatTests : IDisposable
{
    private const int Chunk = 10 << 20;

    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Ten_mebibytes_that_are_needed_five_times_travel_once()
    {
        byte[] master = Master();
        ToolResult made = _work.Line("dtfile master -r p.dtr").Succeeds();

        Assert.InRange(new FileInfo(_work["p.dtf"]).Length, Chunk, Chunk + (Chunk / 10));
        Assert.Contains(
            "12800 blocks with content (50 MiB) (10240 repeat earlier ones), 0 of zeros; ", made.Text, StringComparison.Ordinal);
        Assert.Contains(
            "frames, repeats   40: 40 MiB stored in ", _work.Line("dtfile info p.dtf").Succeeds().Text, StringComparison.Ordinal);
        _work.Line("dtfile apply p.dtf remote").Succeeds();
        _work.Holds("remote", master);
    }

    [Fact]
    public void From_a_pipe_it_is_shown_and_applied_all_the_same()
    {
        byte[] master = Master();
        _work.Line("dtfile master -q -r p.dtr").Succeeds();

        // Of a pipe, a line says that what repeats was not compared.
        string[] ofPipe = _work.Shell("cat p.dtf | dtfile info -").Ends(0).Text.Split('\n');
        Assert.Equal(_work.Line("dtfile info p.dtf").Succeeds().Text.Split('\n')[1..], ofPipe[1..]);
        _work.Shell("cat p.dtf | dtfile apply - remote").Succeeds();
        _work.Holds("remote", master);
    }

    [Fact]
    public void Without_repeats_it_travels_five_times()
    {
        byte[] master = Master();
        JsonElement made = _work.Line("dtfile master -r p.dtr --no-repeats --json").Succeeds().Json;

        Assert.Equal(0, made.GetProperty("repeated_blocks").GetInt64());
        Assert.InRange(new FileInfo(_work["p.dtf"]).Length, 5 * Chunk, (5 * Chunk) + (Chunk / 10));
        Assert.DoesNotContain("frames, repeats", _work.Line("dtfile info p.dtf").Succeeds().Text, StringComparison.Ordinal);
        _work.Line("dtfile apply p.dtf remote").Succeeds();
        _work.Holds("remote", master);
    }

    private byte[] Master()
    {
        byte[] chunk = new byte[Chunk];
        new Random(1).NextBytes(chunk);
        byte[] master = [.. chunk, .. chunk, .. chunk, .. chunk, .. chunk];
        _work.Write("master", master);
        _work.Write("remote", Content.Make(master.Length));
        _work.Line("ckfile master -q").Succeeds();
        _work.Line("ckfile remote -q").Succeeds();
        _work.Line("dtreq -q --remote remote.ckf --master master.ckf -o p.dtr").Succeeds();
        return master;
    }
}

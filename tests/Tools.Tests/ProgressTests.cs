using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace BinarySync.Tools.Tests;

/// <summary>What the programs say beside their results: progress, and details for those who ask for them.</summary>
public sealed class ProgressTests : IDisposable
{
    private readonly Workspace _work = new();
    private readonly byte[] _a = Content.Make(200_000);

    public ProgressTests() => _work.Prepare(_a, Content.Later(_a, 200_000, 4096));

    public void Dispose() => _work.Dispose();

    [Fact]
    public void A_run_that_takes_long_says_how_far_it_is_unless_it_shall_not()
    {
        byte[] dataFile = _work.Read("p.dtf");
        File.Copy(_work["a"], _work["silent"]);
        File.Copy(_work["a"], _work["quiet"]);
        using Process talking = Tool.Start(_work.Root, "dtfile", "apply", "-", "a");
        using Process silent = Tool.Start(_work.Root, "dtfile", "apply", "-", "silent", "--progress", "none");
        using Process quiet = Tool.Start(_work.Root, "dtfile", "apply", "-", "quiet", "-q");
        Process[] all = [talking, silent, quiet];
        foreach (Process process in all)
        {
            process.StandardInput.BaseStream.Write(dataFile.AsSpan(0, 100));
            process.StandardInput.BaseStream.Flush();
        }

        // All three wait for the rest; after ten seconds one of them speaks.
        Assert.Matches(@"^dtfile: spooling: 100 B, [0-9.]+ (Ki)?B/s$", talking.StandardError.ReadLine());
        foreach (Process process in all)
        {
            process.StandardInput.BaseStream.Write(dataFile.AsSpan(100));
            process.StandardInput.Close();
        }

        Tool.Finish(talking, "talking").Ends(0);
        Tool.Finish(silent, "silent").Succeeds();
        Tool.Finish(quiet, "quiet").Succeeds();
        Assert.Equal(_work.Read("b"), _work.Read("quiet"));
    }

    [Fact]
    public void Who_asks_for_more_hears_all_ranges()
    {
        byte[] changed = [.. _a];
        foreach (int block in Enumerable.Range(0, changed.Length / 4096))
        {
            changed[block * 4096] ^= 1;
        }

        _work.Write("changed", changed);
        ToolResult refused = _work.Line("dtfile apply p.dtf changed -v").Ends(4).Says("neither as p.dtf expects nor already new");
        Assert.Matches(@"\ndtfile: blocks? \d+", refused.Errors);
        Assert.DoesNotMatch(@"\ndtfile: blocks? \d+", _work.Line("dtfile apply p.dtf changed").Fails(4, "neither as p.dtf").Errors);
    }

    [Fact]
    public void Each_phase_of_each_command_ends_where_it_said_that_it_would()
    {
        // Copies and zeros, a short last block, a file that grows; and a set.
        byte[] a = Content.Make(3_000_001);
        byte[] b = Content.Later(a, 3_170_001, 4096);
        a.AsSpan(40_960, 81_920).CopyTo(b.AsSpan(1_228_800));
        a.AsSpan(90_000, 100_000).CopyTo(b.AsSpan(2_000_000, 100_000));
        _work.Write("a", a);
        _work.Write("b", b);
        _work.Write("wide", Content.Make(20_000_000, seed: 3));
        _work.Write("wide-new", Content.Make(21_000_000, seed: 4));
        Ends("ckfile a -f", "checksumming");
        Ends("ckfile b -f", "checksumming");
        Ends("ckfile a --range 0-100 -o a1.ckf", "checksumming");
        Ends("ckfile a --range 101- -o a2.ckf", "checksumming");
        Ends("ckfile join a1.ckf a2.ckf -o aj.ckf", "joining");
        Ends("ckfile info a.ckf", "reading");
        Ends("ckfile check a a.ckf", "comparing");
        Ends(
            "dtreq --remote a.ckf --master b.ckf -o p.dtr -f",
            "comparing",
            "searching for content that is already there",
            "comparing",
            "comparing");
        Ends("dtreq --remote a.ckf --master b.ckf -o n.dtr --no-copy", "comparing");
        Ends("dtreq info p.dtr", "reading");
        Ends("dtreq merge n.dtr p.dtr -o m.dtr", "merging");
        Ends("ckreq --refine p.dtr -b 512 -o r.ckr", "reading");
        Ends("dtfile b -r p.dtr -o p.dtf -f", "collecting");
        Ends("dtfile b -r m.dtr -o m.dtf", "collecting");
        Ends("dtfile b --remote a.ckf -o o.dtf", "collecting");
        Ends("dtfile info p.dtf", "reading");
        File.Copy(_work["a"], _work["merged"]);
        Ends(
            "dtfile apply m.dtf merged --request n.dtr",
            "verifying and checking",
            "checking the base",
            "writing",
            "flushing",
            "reading back");
        Ends("dtfile apply p.dtf a --undo u.dtf --check-base --verify full",
            "verifying and checking", "checking the content to be copied", "checking the base", "saving the blocks to be overwritten",
            "copying", "writing", "flushing", "reading back everything", "reading back");
        Assert.Equal(b, _work.Read("a"));
        Ends(
            "dtfile apply p.dtf a --undo u.dtf",
            "verifying and checking",
            "checking the content to be copied",
            "verifying the undo file",
            "flushing",
            "reading back");
        Ends("dtfile apply u.dtf a", "verifying and checking", "writing", "flushing", "reading back");
        Assert.Equal(a, _work.Read("a"));
        Ends("ckfile wide", "checksumming");
        Ends("ckfile wide-new", "checksumming");
        _work.Line("dtreq --remote wide.ckf --master wide-new.ckf -q --no-copy").Succeeds();
        Ends("dtfile wide-new -r wide.dtr --split 16M", "cutting the request", "collecting");
        Ends("dtfile wide-new -r wide.dtr --split 16M --part 2 -o again.dtf", "cutting the request", "collecting");
        Ends("dtfile apply wide.002.dtf wide.001.dtf wide",
            "checking the parts", "verifying and checking", "writing", "flushing", "reading back", "verifying and checking", "writing",
            "flushing", "reading back");
        Assert.Equal(_work.Read("wide-new"), _work.Read("wide"));
    }

    [Fact]
    public void What_comes_from_a_pipe_has_no_total()
    {
        (string Phase, long Done, long? Total)[] ended = Ended(_work.Feed(_work.Read("p.dtf"), "dtfile apply - a --progress json"));
        Assert.Equal(("spooling", _work.Read("p.dtf").Length, null), ended[0]);
        Assert.Null(Assert.Single(Ended(_work.Feed(_work.Read("p.dtr"), "dtfile b -r - -o x.dtf --progress json"))).Total);
    }

    [LinuxTheory]
    [InlineData("", @"^dtfile: spooling: 100 B, [0-9.]+ (Ki)?B/s$")]
    [InlineData("-q", @"^dtfile: spooling: 100 B, [0-9.]+ (Ki)?B/s$")]
    [InlineData("--progress none", @"^dtfile: spooling: 100 B, [0-9.]+ (Ki)?B/s$")]
    [InlineData("--progress json", @"^\{""tool"":""dtfile"",""number"":1,""phases"":null,""phase"":""spooling"",.*""done"":100,""total"":null,")]
    public void Who_asks_by_a_signal_is_answered(string option, string answer)
    {
        byte[] dataFile = _work.Read("p.dtf");
        using Process process = Tool.Start(
            _work.Root, ["dtfile", "apply", "-", "a", .. option.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        process.StandardInput.BaseStream.Write(dataFile.AsSpan(0, 100));
        process.StandardInput.BaseStream.Flush();

        // Until it has read that, it answers that it has not.
        Stopwatch watch = Stopwatch.StartNew();
        string? said = null;
        AwaitHandler(process);
        while (said is null || !said.Contains("100", StringComparison.Ordinal))
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"it only says '{said}'");
            _work.Shell($"kill -USR1 {process.Id}").Succeeds();
            said = process.StandardError.ReadLine();
            Thread.Sleep(50);
        }

        Assert.Matches(answer, said);
        process.StandardInput.BaseStream.Write(dataFile.AsSpan(100));
        process.StandardInput.Close();
        Tool.Finish(process, "dtfile").Ends(0);
        Assert.Equal(_work.Read("b"), _work.Read("a"));
    }

    [LinuxFact]
    public void Who_asks_before_and_after_the_work_ends_nothing()
    {
        byte[] dataFile = _work.Read("p.dtf");
        for (int i = 0; i < 5; i++)
        {
            File.Copy(_work["a"], _work["asked"], overwrite: true);
            using Process process = Tool.Start(_work.Root, "dtfile", "apply", "-", "asked");
            AwaitHandler(process);
            Task asking = Task.Run(() => _work.Shell($"while kill -USR1 {process.Id} 2>/dev/null; do sleep 0.002; done").Ends(0));

            // It waits for its input until it was asked, and is asked on and on until it is gone.
            Assert.StartsWith("dtfile: ", process.StandardError.ReadLine(), StringComparison.Ordinal);
            process.StandardInput.BaseStream.Write(dataFile);
            process.StandardInput.Close();
            Tool.Finish(process, "dtfile").Ends(0);
            asking.GetAwaiter().GetResult();
            Assert.Equal(_work.Read("b"), _work.Read("asked"));
        }
    }

    // The runtime needs some hundredths of a second before a program can catch a signal.
    private static void AwaitHandler(Process process)
    {
        const int User1 = 10;
        Stopwatch watch = Stopwatch.StartNew();
        for (ulong caught = 0; (caught >> (User1 - 1) & 1) == 0;)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), "it does not catch the signal");
            string line = File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("SigCgt:", StringComparison.Ordinal));
            caught = ulong.Parse(line.AsSpan("SigCgt:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }
    }

    // These phases, and each at its total where it has one.
    private void Ends(string line, params string[] phases)
    {
        (string Phase, long Done, long? Total)[] ended = Ended(_work.Line(line + " --progress json"));
        Assert.Equal(phases, ended.Select(phase => phase.Phase));
        Assert.All(ended, phase => Assert.True(phase.Done == (phase.Total ?? phase.Done), $"{line}: {phase}"));
        Assert.All(
            ended.Where(phase => phase.Phase is not ("flushing" or "checking the parts")),
            phase => Assert.True(phase.Total > 0, $"{line}: {phase}"));
    }

    private static (string Phase, long Done, long? Total)[] Ended(ToolResult result)
    {
        int? announced = null;
        List<(string Phase, long Done, long? Total)> ended = [];
        foreach (string line in result.Ends(0).Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] == '{'))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement now = document.RootElement;
            Assert.Equal(result.Command.Split(' ')[0], now.GetProperty("tool").GetString());
            Assert.True(now.GetProperty("bytes_per_second").GetInt64() >= 0 && now.GetProperty("seconds").GetDouble() >= 0);
            long? total = now.GetProperty("total").ValueKind == JsonValueKind.Null ? null : now.GetProperty("total").GetInt64();
            (string Phase, long Done, long? Total) phase = (
                now.GetProperty("phase").GetString()!, now.GetProperty("done").GetInt64(), total);
            Assert.Equal(total is null, now.GetProperty("percent").ValueKind == JsonValueKind.Null);
            Assert.True(total is null || now.GetProperty("percent").GetDouble() is >= 0 and <= 100);

            // A phase that lasts is spoken of several times.
            int number = now.GetProperty("number").GetInt32();
            Assert.InRange(number, 1, ended.Count + 1);
            announced = now.GetProperty("phases").ValueKind == JsonValueKind.Null ? null : now.GetProperty("phases").GetInt32();
            ended.RemoveRange(number - 1, ended.Count - number + 1);
            ended.Add(phase);
        }

        // As many came in the end as the last one said that there would be.
        Assert.Equal(announced ?? ended.Count, ended.Count);
        return [.. ended];
    }
}

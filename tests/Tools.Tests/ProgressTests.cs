using System.Diagnostics;

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
        Assert.Matches(@"^dtfile: spooling: 100 B, \d+ B/s$", talking.StandardError.ReadLine());
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
    public void Who_asks_for_more_hears_rates_and_all_ranges()
    {
        ToolResult made = _work.Line("ckfile a -o x.ckf -v").Ends(0);
        Assert.Matches(@"^ckfile: 195 KiB in \d+\.\d\d s \(.*/s\)\n$", made.Errors);

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
}

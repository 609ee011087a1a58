using System.Diagnostics;

namespace BinarySync.Reliability.Tests;

/// <summary>
/// A hundred parts of a set, in random order, some together, with `dtfile apply` killed again and again: the same commands lead to the
/// master.
/// </summary>
public sealed class SetKillTests(ITestOutputHelper output) : IDisposable
{
    private const int Parts = 100;
    private const int GroupBytes = 8 << 20;

    private readonly Workspace _work = new();
    private readonly Random _random = new(RunSeed.Value);

    public void Dispose() => _work.Dispose();

    /// <summary>By how much the target is larger than the master. An ordinary run tries one of the two, another one each day.</summary>
    public static TheoryData<int> Sizes => RunShare.IsWide ? [-3, 3] : [RunSeed.Value % 2 == 0 ? -3 : 3];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_hundred_parts_in_random_order_with_kills_in_between(int megabytesMore)
    {
        Prepare(megabytesMore);
        int[] order = [.. Enumerable.Range(1, Parts)];
        _random.Shuffle(order);
        int kills = 0;
        for (int at = 0; at < Parts;)
        {
            int[] some = [.. order.Skip(at).Take(1 + _random.Next(6))];
            string[] command = ["dtfile", "apply", .. some.Select(part => $"p.{part:D3}.dtf"), "target"];
            while (_random.Next(2) == 0)
            {
                kills += Kill(command) ? 1 : 0;
            }

            // The last one may have been killed when all was done.
            at += some.Length;
            ToolResult result = _work.Run(command).Ends(0).Prints("complete: ");
            Assert.DoesNotContain("has changed since", result.Errors, StringComparison.Ordinal);
        }

        output.WriteLine($"BINARYSYNC_SEED={RunSeed.Value}: {kills} runs were killed");
        Assert.InRange(kills, 1, int.MaxValue);
        _work.Run("cmp", "b", "target").Ends(0);
        _work.Shell("dtfile apply p.???.dtf target --verify full").Succeeds().Prints("complete: all 100 parts are applied");
        Assert.DoesNotContain(_work.Names, name => name.StartsWith("target.", StringComparison.Ordinal));
    }

    // A target of zeros, most of it a hole; each group of the master's content is of one letter, so that its parts are small.
    private void Prepare(int megabytesMore)
    {
        using (FileStream b = File.Create(_work["b"]))
        {
            byte[] group = new byte[GroupBytes];
            for (int i = 0; i < Parts; i++)
            {
                Array.Fill(group, (byte)(1 + i));
                b.Write(group);
            }
        }

        using (FileStream a = File.Create(_work["target"]))
        {
            a.SetLength(((long)Parts * GroupBytes) + (megabytesMore << 20));
        }

        _work.Line("ckfile target -b 64K -o a.ckf").Succeeds();
        _work.Line("ckfile b -b 64K").Succeeds();
        _work.Line("dtreq --remote a.ckf --master b.ckf -o p.dtr").Succeeds();
        _work.Line("dtfile b -r p.dtr --split 16M --progress none").Succeeds();
        Assert.Contains($"p.{Parts}.dtf", _work.Names);
    }

    private bool Kill(string[] command)
    {
        using Process process = Tool.Start(_work.Root, command);
        Task<string> said = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(100 + _random.Next(500)))
        {
            process.Kill();
            process.WaitForExit();
        }

        Task.WaitAll(said, errors);
        return process.ExitCode != 0;
    }
}

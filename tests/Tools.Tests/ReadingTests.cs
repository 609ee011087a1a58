using System.Text.RegularExpressions;

namespace BinarySync.Tools.Tests;

/// <summary>What the programs read, as strace sees it.</summary>
public sealed partial class ReadingTests : IDisposable
{
    private const int Block = 4096;

    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [LinuxTheory("strace")]
    [InlineData(1)]
    [InlineData(3)]
    public void The_data_file_costs_the_requested_blocks_and_no_pass_over_the_master(int threads)
    {
        byte[] a = Bytes.Pattern(64 << 20);
        byte[] b = [.. a];
        int[] changed = [0, 1, 5, 900, 901, 903, 8000, 16383];
        foreach (int block in changed)
        {
            b[block * Block] ^= 0xFF;
        }

        b.AsSpan(3000 * Block, 40 * Block).Clear();
        _work.Prepare(a, b);
        (long Offset, long Length)[] reads = Reads("b", $"dtfile b -r p.dtr -o x.dtf -t {threads}");
        Assert.NotEmpty(reads);

        // Gaps of up to 64 KiB may be read through. What becomes zeros is looked at too: the remote has content there.
        int[] cleared = [.. Enumerable.Range(3000, 40)];
        HashSet<long> near = [.. cleared, .. changed.SelectMany(block => Enumerable.Range(block - 16, 33)).Select(block => (long)block)];
        Assert.All(reads, read => Assert.All(
            Enumerable.Range(0, (int)((read.Length + Block - 1) / Block)), i => Assert.Contains((read.Offset / Block) + i, near)));
        Assert.InRange(
            reads.Sum(read => read.Length),
            (changed.Length + cleared.Length) * Block,
            ((changed.Length + cleared.Length) * Block) + (4 * (64 << 10)));
    }

    [LinuxTheory("strace")]
    [InlineData("trust")]
    [InlineData("read")]
    public void Holes_are_not_read_unless_asked_for(string holes)
    {
        using (FileStream sparse = File.Create(_work["sparse"]))
        {
            sparse.SetLength(64 << 20);
            sparse.Position = 10 << 20;
            sparse.Write(Bytes.Pattern(1 << 20));
        }

        long read = Reads("sparse", $"ckfile sparse -o x.ckf --holes {holes}").Sum(read => read.Length);
        if (holes == "read")
        {
            Assert.Equal(64 << 20, read);
        }
        else
        {
            Assert.InRange(read, 1 << 20, 2 << 20);
        }
    }

    [LinuxFact]
    public void A_tebibyte_of_holes_costs_next_to_nothing()
    {
        using (FileStream sparse = File.Create(_work["sparse"]))
        {
            sparse.SetLength(1L << 40);
            for (int i = 0; i < 16; i++)
            {
                sparse.Position = (long)i << 36;
                sparse.Write(Bytes.Pattern(64 << 10, i));
            }
        }

        _work.Line("ckfile sparse").Succeeds();
        Assert.InRange(_work.Read("sparse.ckf").Length, 1, 100 << 10);
        Assert.Equal(256, _work.Line("ckfile info sparse.ckf --json").Json.GetProperty("trailer").GetProperty("data_blocks").GetInt32());
    }

    [LinuxTheory("strace")]
    [InlineData("a.ckf", "ckfile info a.ckf")]
    [InlineData("a.ckf", "dtreq --no-copy --remote a.ckf --master b.ckf -o x.dtr")]
    [InlineData("p.dtr", "dtfile b -r p.dtr -o x.dtf")]
    public void A_message_is_read_once(string message, string line)
    {
        byte[] a = Content.Make(2_000_000);
        _work.Prepare(a, Content.Later(a, 2_000_000, 4096));
        long read = Reads(message, line).Sum(read => read.Length);

        // How much there is to do stands in the trailer, at the end: that is looked at beforehand.
        const int Trailer = 300;
        Assert.InRange(read, 1, _work.Read(message).Length + Trailer);
    }

    // Offset and length of every read of a file, by whichever call; the offset of a plain read is not known, and given as 0.
    private (long Offset, long Length)[] Reads(string file, string line)
    {
        string trace = _work["trace"];
        _work.Line($"strace -f -qq -e signal=none -o {trace} -e trace=read,pread64,preadv,preadv2 -P {_work[file]} {line}").Ends(0);
        List<(long, long)> reads = [];
        foreach (string call in File.ReadLines(trace))
        {
            Match match = Call().Match(call);
            if (match.Success && long.Parse(match.Groups["got"].Value) is > 0 and long got)
            {
                reads.Add((match.Groups["offset"].Success ? long.Parse(match.Groups["offset"].Value) : 0, got));
            }
        }

        return [.. reads];
    }

    [GeneratedRegex(@"(?:pread64|preadv|preadv2|read)(?:\(| resumed>).*?(?:, (?<offset>\d+))?\) += (?<got>\d+)$")]
    private static partial Regex Call();
}

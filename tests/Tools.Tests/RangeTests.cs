namespace BinarySync.Tools.Tests;

/// <summary>Ranges through the whole cycle: only what was asked for is compared, sent and written.</summary>
public sealed class RangeTests : IDisposable
{
    private const int Block = 4096;

    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("--range 2-4", new[] { 2, 3, 4 })]
    [InlineData("--range 7", new[] { 7 })]
    [InlineData("--range 18-", new[] { 18, 19, 20 })]
    [InlineData("--range 5-6 --range 1-2 --range 3-4 --range 20-20", new[] { 1, 2, 3, 4, 5, 6, 20 })]
    [InlineData("--bytes 4095+2", new[] { 0, 1 })]
    [InlineData("--bytes 8K+4K --range 9-9", new[] { 2, 9 })]
    [InlineData("--range 0-", new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 })]
    public void Only_these_blocks_become_new(string ranges, int[] blocks)
    {
        byte[] a = Bytes.Pattern((20 * Block) + 100);
        byte[] b = Bytes.Pattern((20 * Block) + 100, seed: 7);
        _work.Line($"ckreq -o r.ckr {ranges}").Succeeds();
        _work.Prepare(a, b, "-r r.ckr");
        Assert.Equal(
            blocks.Length, _work.Line("dtfile info p.dtf --json").Json.GetProperty("trailer").GetProperty("data_blocks").GetInt32());

        // The same ranges given to ckfile make the same file.
        _work.Line($"ckfile b -o direct.ckf {ranges}").Succeeds();
        Assert.Equal(_work.Read("b.ckf"), _work.Read("direct.ckf"));

        _work.Line("dtfile apply p.dtf a --check-base --verify full").Succeeds();
        byte[] expected = [.. a];
        foreach (int block in blocks)
        {
            int length = Math.Min(Block, b.Length - (block * Block));
            b.AsSpan(block * Block, length).CopyTo(expected.AsSpan(block * Block));
        }

        _work.Holds("a", expected);
        _work.Line("ckfile check a b.ckf").Succeeds();
    }

    [Fact]
    public void Ranges_past_the_end_are_clipped_with_a_note_and_open_ones_without()
    {
        _work.Write("a", Bytes.Pattern(10 * Block));
        _work.Line("ckfile a -o 1.ckf --range 8-12")
            .Ends(0)
            .Says("ckfile: note: ranges go past the 10 blocks of a; they were clipped to its end\n");
        _work.Line("ckfile a -o 2.ckf --range 8-").Succeeds();
        Assert.Equal(_work.Read("1.ckf"), _work.Read("2.ckf"));
        _work.Line("ckfile a -o 3.ckf --range 100-200").Ends(0).Says("clipped");
        _work.Line("ckfile info 3.ckf").Succeeds().Prints("none of the blocks");
        _work.Line("ckfile a -o 4.ckf --range 8-12 -q").Succeeds();
    }

    [Fact]
    public void Sizes_that_differ_outside_the_ranges_are_left()
    {
        byte[] a = Bytes.Pattern((10 * Block) + 50);
        byte[] b = Bytes.Pattern((15 * Block) + 70, seed: 7);
        _work.Write("a", a);
        _work.Write("b", b);
        _work.Line("ckfile a --range 3-5").Succeeds();
        _work.Line("ckfile b --range 3-5").Succeeds();
        _work.Line("dtreq --remote a.ckf --master b.ckf -o p.dtr").Ends(0)
            .Says("dtreq: note: the sizes differ, and the ranges leave out a part of the difference: the target will keep its size\n");
        _work.Line("dtfile b -r p.dtr").Succeeds();
        _work.Line("dtfile apply p.dtf a")
            .Ends(0)
            .Says("dtfile: note: the ranges of p.dtf do not cover everything between the two sizes: a keeps its size\n");
        byte[] expected = [.. a];
        b.AsSpan(3 * Block, 3 * Block).CopyTo(expected.AsSpan(3 * Block));
        _work.Holds("a", expected);
    }

    [Theory]
    [InlineData(10, 15)]
    [InlineData(15, 10)]
    [InlineData(15, 0)]
    [InlineData(0, 3)]
    public void A_range_to_the_end_takes_the_size_along(int blocksBefore, int blocksAfter)
    {
        byte[] a = Bytes.Pattern(blocksBefore == 0 ? 0 : (blocksBefore * Block) + 50);
        byte[] b = Bytes.Pattern(blocksAfter == 0 ? 0 : (blocksAfter * Block) + 70, seed: 7);
        int first = Math.Min(Math.Min(blocksBefore, blocksAfter), 8);
        _work.Prepare(a, b, $"--range {first}-");
        _work.Line("dtfile apply p.dtf a --allow-shrink").Succeeds();
        int kept = first * Block;
        _work.Holds("a", [.. a.AsSpan(0, Math.Min(kept, b.Length)), .. b.AsSpan(Math.Min(kept, b.Length))]);
    }

    [Fact]
    public void A_pair_with_different_ranges_is_compared_where_both_speak()
    {
        byte[] a = Bytes.Pattern(20 * Block);
        byte[] b = Bytes.Pattern(20 * Block, seed: 7);
        _work.Write("a", a);
        _work.Write("b", b);
        _work.Line("ckfile a --range 2-9 --range 15-16").Succeeds();
        _work.Line("ckfile b --range 8-15").Succeeds();
        _work.Line("dtreq --remote a.ckf --master b.ckf -o p.dtr").Succeeds();
        _work.Line("dtfile b -r p.dtr").Succeeds();
        _work.Line("dtfile apply p.dtf a --verify full").Succeeds();
        byte[] expected = [.. a];
        b.AsSpan(8 * Block, 2 * Block).CopyTo(expected.AsSpan(8 * Block));
        b.AsSpan(15 * Block, Block).CopyTo(expected.AsSpan(15 * Block));
        _work.Holds("a", expected);
    }

    [Fact]
    public void Check_compares_the_ranges_only()
    {
        byte[] a = Bytes.Pattern(20 * Block);
        _work.Write("a", a);
        _work.Line("ckfile a --range 5-6").Succeeds();
        a[10 * Block]++;
        _work.Write("a", a);
        _work.Line("ckfile check a a.ckf").Succeeds();
        a[6 * Block]++;
        _work.Write("a", a);
        _work.Line("ckfile check a a.ckf").Ends(1).SaysNothing().Prints("a: block 6 differs (bytes 24576+4096)");
    }

    [Theory]
    [InlineData("ckfile a -o x.ckf -r w.ckr -b 8K", "w.ckr asks for blocks of 4 KiB; -b says 8 KiB")]
    [InlineData("ckfile a -o x.ckf -r w.ckr -a xxh3", "w.ckr asks for xxh128; -a says xxh3")]
    [InlineData("ckfile a -o x.ckf -r w.ckr --range 1-2", "w.ckr asks for ranges of its own")]
    public void A_request_and_options_that_contradict_it_are_refused(string line, string words)
    {
        _work.Write("a", Bytes.Pattern(10 * Block));
        _work.Line("ckreq -o w.ckr --range 3-4").Succeeds();
        Untouched before = _work.Remember();
        _work.Line(line).Fails(2, words, "leave out");
        before.Check();
    }

    [Fact]
    public void A_request_and_options_that_say_the_same_are_fine()
    {
        _work.Write("a", Bytes.Pattern(10 * Block));
        _work.Line("ckreq -o w.ckr -b 8K -a sha256").Succeeds();
        _work.Line("ckfile a -o 1.ckf -r w.ckr -b 8192 -a sha256 --range 0-1").Succeeds();
        _work.Line("ckfile a -o 2.ckf -b 8192 -a sha256 --range 0-1").Succeeds();
        Assert.Equal(_work.Read("2.ckf"), _work.Read("1.ckf"));
    }
}

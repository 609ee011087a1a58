using System.Text.Json;

namespace BinarySync.Tools.Tests;

/// <summary>Parts of a set, applied by `dtfile apply`.</summary>
public sealed class SetTests : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData(30, 24)]
    [InlineData(24, 30)]
    public void One_after_the_other_and_back_again(int a, int b)
    {
        Prepare(a, b);
        _work.Line("dtfile apply p.003.dtf target --undo u3.dtf").Succeeds().Prints("incomplete: of 3 parts, 3 is applied; missing: 1-2");
        Assert.Contains("target.binarysync-set", _work.Names);
        _work.Line("dtfile apply p.001.dtf target --undo u1.dtf").Succeeds().Prints("incomplete: of 3 parts, 1, 3 are applied; missing: 2");
        _work.Line("dtfile apply p.002.dtf target --undo u2.dtf --verify full").Succeeds().Prints("complete: all 3 parts are applied");
        _work.Holds("target", _work.Read("b"));
        Assert.DoesNotContain("target.binarysync-set", _work.Names);

        _work.Line("dtfile apply u2.dtf target").Succeeds();
        _work.Line("dtfile apply u1.dtf target").Succeeds();
        _work.Line("dtfile apply u3.dtf target --verify full").Succeeds().Prints("complete: all 3 parts are applied");
        _work.Holds("target", _work.Read("a"));
        Assert.DoesNotContain(_work.Names, name => name.StartsWith("target.", StringComparison.Ordinal));
    }

    [Fact]
    public void All_at_once_in_whatever_order()
    {
        Prepare(30, 24);

        _work.Line("dtfile apply p.002.dtf p.003.dtf p.001.dtf target --dry-run")
            .Succeeds()
            .Prints("then complete: all 3 parts are applied");
        Assert.DoesNotContain("target.binarysync-set", _work.Names);
        _work.Line("dtfile apply --verify full --check-base p.002.dtf p.003.dtf p.001.dtf target").Succeeds()
            .Prints("target: parts 1-3 of 3: ").Prints("complete: all 3 parts are applied");

        _work.Holds("target", _work.Read("b"));
    }

    [Fact]
    public void Json_says_what_is_missing()
    {
        Prepare(24, 30);

        JsonElement result = _work.Line("dtfile apply p.001.dtf p.003.dtf target --json").Succeeds().Json;

        Assert.False(result.GetProperty("complete").GetBoolean());
        Assert.Equal([1, 3], result.GetProperty("parts_applied").EnumerateArray().Select(number => number.GetInt32()));
        Assert.Equal([2], result.GetProperty("parts_missing").EnumerateArray().Select(number => number.GetInt32()));
        Assert.Equal(
            ["p.001.dtf", "p.003.dtf"], result.GetProperty("parts").EnumerateArray().Select(part => part.GetProperty("file").GetString()));
        Assert.True(_work.Line("dtfile apply p.002.dtf target --json").Succeeds().Json.GetProperty("complete").GetBoolean());
    }

    [Fact]
    public void A_target_that_somebody_changed_in_between_is_not_cut()
    {
        Prepare(30, 24);
        _work.Line("dtfile apply p.001.dtf p.002.dtf target").Succeeds();
        File.SetLastWriteTimeUtc(_work["target"], DateTime.UtcNow.AddSeconds(-5));

        _work.Line("dtfile apply p.003.dtf target").Ends(0).Says("target has changed since target.binarysync-set was written")
            .Prints("incomplete: of 3 parts, 3 is applied; missing: 1-2");

        Assert.Equal(30 << 20, new FileInfo(_work["target"]).Length);
        _work.Line("dtfile apply p.001.dtf p.002.dtf target").Succeeds().Prints("complete");
        _work.Holds("target", _work.Read("b"));
    }

    [Fact]
    public void A_part_that_is_in_place_where_others_differ_is_known_to_be()
    {
        byte[] a = Content.Make(3_000_000);
        byte[] b = [.. a];
        b.AsSpan(100_000, 50_000).Reverse();
        _work.Prepare(a, b);
        _work.Line("dtfile b -r p.dtr --split 16M").Succeeds();
        a[2_000_000]++;
        _work.Write("target", a);
        _work.Line("dtfile apply p.001.dtf target --verify full").Fails(7, "others differ from the content that the data file describes");
        b[2_000_000]++;

        ToolResult again = _work.Line("dtfile apply p.001.dtf target").Succeeds().Prints("complete");

        Assert.DoesNotContain("warning", again.Errors, StringComparison.Ordinal);
        _work.Holds("target", b);
    }

    [Fact]
    public void A_whole_data_file_that_makes_the_target_equal_to_a_master_leaves_no_note()
    {
        Prepare(24, 30);
        _work.Line("dtfile apply p.001.dtf target").Succeeds();
        _work.Line("ckfile target -q").Succeeds();
        _work.Line("dtfile b -q --remote target.ckf -o rest.dtf").Succeeds();
        _work.Line("dtfile apply rest.dtf target").Succeeds();
        Assert.Contains("target.binarysync-set", _work.Names);
        _work.Line("dtfile apply rest.dtf target --verify full --dry-run").Succeeds();
        Assert.Contains("target.binarysync-set", _work.Names);
        _work.Line("dtfile apply rest.dtf target --verify full").Succeeds();
        Assert.DoesNotContain("target.binarysync-set", _work.Names);
        _work.Holds("target", _work.Read("b"));
    }

    [Fact]
    public void A_note_of_another_set_or_a_damaged_one_is_replaced()
    {
        Prepare(24, 30);
        _work.Line("dtfile apply p.001.dtf target").Succeeds();
        byte[] note = _work.Read("target.binarysync-set");
        note[30] ^= 1;
        _work.Write("target.binarysync-set", note);

        _work.Line("dtfile apply p.002.dtf target")
            .Ends(0)
            .Says("target.binarysync-set is damaged, or from a newer program; it is replaced");

        _work.Line("dtfile b -r p.dtr --split 32M -o q.dtf").Succeeds();
        _work.Line("dtfile apply q.001.dtf target").Ends(0).Says("target.binarysync-set is about another set; it is replaced");
        _work.Holds("target", _work.Read("b"));
    }

    [Fact]
    public void What_does_not_fit_together_is_refused_and_nothing_is_written()
    {
        Prepare(24, 30);
        _work.Line("dtfile b -r p.dtr --split 32M -o q.dtf").Succeeds();
        _work.Write("other", Content.Make(9000, 5));
        _work.Line("ckfile other -b 64K").Succeeds();
        _work.Line("dtreq --remote a.ckf --master other.ckf -o other.dtr").Ends(0);
        _work.Line("dtfile other -r other.dtr --split 16M").Ends(0);
        byte[] cut = _work.Read("p.003.dtf");
        _work.Write("cut.dtf", cut.AsSpan(0, cut.Length / 2));
        Untouched before = _work.Remember();

        _work.Line("dtfile apply p.001.dtf q.001.dtf target").Fails(4, "p.001.dtf and q.001.dtf are parts of two different sets");
        _work.Line("dtfile apply p.001.dtf other.001.dtf target").Fails(4, "p.001.dtf and other.001.dtf are parts of two different sets");
        _work.Line("dtfile apply p.001.dtf p.002.dtf p.001.dtf target").Fails(4, "p.001.dtf and p.001.dtf are both part 1 of the set");
        _work.Line("dtfile apply p.001.dtf p.002.dtf target --verify full").Fails(4, "of 3 parts, 3 is missing; nothing was written");
        _work.Line("dtfile apply p.001.dtf p.dtf target").Fails(2, "p.dtf: is not part of a set");
        _work.Line("dtfile apply p.001.dtf - target").Fails(2, "'-' can be the only data file");
        _work.Line("dtfile apply p.001.dtf p.002.dtf target --undo u.dtf").Fails(2, "--undo is for one data file at a time");
        _work.Line("dtfile apply p.001.dtf p.002.dtf target --repair r.dtr").Fails(2, "--repair is for one data file at a time");
        _work.Line("dtfile apply p.001.dtf target --repair r.dtr").Fails(2, "--repair is for a whole data file");
        _work.Line("dtfile apply p.001.dtf cut.dtf target").Fails(3, "cut.dtf: ends too early");
        _work.Line("dtfile apply p.001.dtf").Fails(2, "TARGET is missing");
        _work.Line("dtfile apply").Ends(2).Says("FILE.dtf is missing").Says("TARGET is missing");
        before.Check();

        _work.Line("dtfile apply p.002.dtf target").Succeeds();
        _work.Line("dtfile apply p.001.dtf target --check-base").Fails(
            4, "target: is no longer the base: of 3 parts, 2 is already applied");
    }

    [Fact]
    public void A_part_may_come_from_a_pipe()
    {
        Prepare(24, 30);
        foreach (int part in new[] { 2, 3, 1 })
        {
            _work.Shell($"cat p.00{part}.dtf | dtfile apply - target").Succeeds();
        }

        _work.Holds("target", _work.Read("b"));
    }

    private void Prepare(int megabytesOfA, int megabytesOfB)
    {
        byte[] b = new byte[(megabytesOfB << 20) - 777];
        Content.Make(1 << 20, 9).CopyTo(b, 0);
        for (int at = 0; at < b.Length; at += 1 << 16)
        {
            b.AsSpan(at, Math.Min(b.Length - at, 1 << 16)).Fill((byte)(1 + (at >> 16)));
        }

        // Blocks of zeros in front: content for three parts, whatever the size.
        b.AsSpan(0, Math.Max(0, b.Length - (24 << 20))).Clear();
        _work.Prepare(Content.Make(megabytesOfA << 20), b, "-b 64K");
        _work.Line("dtfile b -r p.dtr --split 16M").Succeeds();
        _work.Write("target", _work.Read("a"));
    }
}

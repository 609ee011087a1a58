using System.Text.Json;

namespace BinarySync.Tools.Tests;

/// <summary>Coarse first, then fine, through the four programs.</summary>
public sealed class RefineTests : IDisposable
{
    private const int Coarse = 64 << 10;

    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData(900_000, 900_000)]
    [InlineData(900_000, 1_200_000)]
    [InlineData(1_200_000, 900_000)]
    [InlineData(14 * Coarse, 18 * Coarse)]
    [InlineData(18 * Coarse, 14 * Coarse)]
    [InlineData(0, 300_000)]
    [InlineData(300_000, 0)]
    public void The_remote_ends_as_the_master_and_that_is_proved(int before, int after)
    {
        byte[] a = Content.Make(before);
        byte[] b = Later(a, after);
        Prepare(a, b);
        Fine();
        _work.Line("dtfile apply fine.dtf a --check-base --verify full --undo undo.dtf --allow-shrink").Ends(0);
        _work.Holds("a", b);
        _work.Line("dtfile apply fine.dtf a --check-base --verify full")
            .Succeeds()
            .Prints("equal to the content that the data file describes");
        _work.Line("dtfile apply undo.dtf a --check-base --verify full --allow-shrink").Succeeds();
        _work.Holds("a", a);
    }

    [Fact]
    public void Every_message_repeats_the_parent()
    {
        byte[] a = Content.Make(900_000);
        Prepare(a, Later(a, 950_000));
        Fine();
        JsonElement coarse = _work.Line("dtreq info coarse.dtr --json").Succeeds().Json;
        string[] infos =
            ["ckreq info fine.ckr", "ckfile info fine-a.ckf", "ckfile info fine-b.ckf", "dtreq info fine.dtr", "dtfile info fine.dtf"];
        foreach (string line in infos)
        {
            JsonElement parent = _work.Line($"{line} --json").Succeeds().Json.GetProperty("header").GetProperty("parent");
            Assert.Equal(Coarse, parent.GetProperty("block_size").GetInt32());
            Assert.Equal(coarse.GetProperty("trailer").GetProperty("base_root").GetString(), parent.GetProperty("base_root").GetString());
            Assert.Equal(
                coarse.GetProperty("trailer").GetProperty("target_root").GetString(), parent.GetProperty("target_root").GetString());
            _work.Line(line).Succeeds().Prints("refines blocks of 65536 (64 KiB)");
        }
    }

    [Fact]
    public void The_hash_is_the_coarse_one_s_unless_another_is_asked_for()
    {
        byte[] a = Content.Make(900_000);
        Prepare(a, Later(a, 900_000), "-a sha256");
        _work.Line("ckreq --refine coarse.dtr -o 1.ckr").Succeeds().Prints("1.ckr: asks for sha256 of blocks of 4 KiB, ");
        _work.Line("ckreq --refine coarse.dtr -a xxh3 -b 512 --label x -o 2.ckr")
            .Succeeds()
            .Prints("2.ckr: asks for xxh3 of blocks of 512 B, ");
        Assert.Equal("x", _work.Line("ckreq info 2.ckr --json").Succeeds().Json.GetProperty("header").GetProperty("label").GetString());
        _work.Shell("ckreq --refine - -o 3.ckr < coarse.dtr").Ends(0);
        Assert.Equal(_work.Read("1.ckr"), _work.Read("3.ckr"));
    }

    [Fact]
    public void What_cannot_be_refined_or_does_not_belong_together_is_refused()
    {
        byte[] a = Content.Make(900_000);
        byte[] b = Later(a, 950_000);
        Prepare(a, b);
        Fine();
        _work.Line("ckfile a -b 4K -o plain-a.ckf").Succeeds();
        _work.Write("third", new byte[10]);
        byte[] changed = [.. b];
        changed[^1] ^= 1;
        _work.Write("c", changed);
        _work.Line($"ckfile c -b {Coarse} -o c.ckf").Succeeds();
        _work.Line("dtreq --remote a.ckf --master c.ckf -o other.dtr").Ends(0);
        _work.Line("ckreq --refine other.dtr -o other.ckr").Succeeds();
        _work.Line("ckfile a -r other.ckr -o other-a.ckf").Succeeds();
        Untouched before = _work.Remember();
        _work.Line("ckreq --refine coarse.dtr -b 64K -o x.ckr").Fails(
            2, "coarse.dtr has blocks of 64 KiB; blocks of 64 KiB do not refine it", "-b");
        _work.Line("ckreq --refine coarse.dtr --range 1-2 -o x.ckr").Fails(2, "--refine", "leave out --range and --bytes");
        _work.Line("ckreq --refine fine.dtr -b 512 -o x.ckr").Fails(4, "fine.dtr: is itself a refinement", "the coarse request");
        _work.Line("ckreq --refine coarse.dtr -o coarse.dtr -f").Fails(2, "coarse.dtr is an input");
        _work.Line("ckfile third -r fine.ckr -o x.ckf").Fails(
            4, "third: has 10 bytes; the request refines a comparison of targets of 900000 and 950000 bytes", "start again");
        _work.Line("ckfile a -r fine.ckr --range 1-2 -o x.ckf").Fails(2, "fine.ckr asks for ranges of its own");
        _work.Line("dtreq --remote plain-a.ckf --master fine-b.ckf -o x.dtr").Fails(
            4, "fine-b.ckf refines a coarse data request, plain-a.ckf does not", "ckreq --refine");
        _work.Line("dtreq --remote other-a.ckf --master fine-b.ckf -o x.dtr").Fails(
            4, "other-a.ckf and fine-b.ckf refine different data requests", "ckreq --refine");
        _work.Line("dtreq --remote fine-b.ckf --master fine-a.ckf -o x.dtr").Fails(
            4, "fine-b.ckf: is for a target of 950000 bytes; the remote of the coarse request has 900000");
        before.Check();
    }

    [Fact]
    public void A_remote_that_changed_outside_is_found_where_the_user_asks()
    {
        byte[] a = Content.Make(900_000);
        byte[] b = Later(a, 900_000);
        Prepare(a, b);
        Fine();
        a[3 * Coarse] ^= 1;
        _work.Write("a", a);
        Untouched before = _work.Remember();
        _work.Line("dtfile apply fine.dtf a --check-base").Fails(
            4, "a: is not the base of the coarse request that fine.dtf refines", "start again");
        before.Check();
        _work.Line("dtfile apply fine.dtf a --verify full").Fails(7, "others differ from the content that the data file describes");
        b[3 * Coarse] ^= 1;
        _work.Holds("a", b);
    }

    [Fact]
    public void Where_nothing_differs_a_note_says_so()
    {
        byte[] a = Content.Make(900_000);
        Prepare(a, a);
        _work.Line("ckreq --refine coarse.dtr -o fine.ckr")
            .Ends(0)
            .Says("ckreq: note: nothing differs in coarse.dtr: the request asks for one block");
    }

    // docs/manual/sending-less.md, "Coarse first, then fine": what travels. 128 MiB stand for its 1 TiB, in blocks of 128 KiB and 512
    // bytes for 1 MiB and 4 KiB; 0.1 % has changed.
    [Fact]
    public void Less_travels_where_changes_lie_together()
    {
        const int Size = 128 << 20;
        const int Large = 128 << 10;
        const int Block = 512;
        const int Changed = Size / 1000 / Block;
        byte[] a = new byte[Size];
        new Random(5).NextBytes(a);
        _work.Write("a", a);
        long direct = Travels(Clustered(), "direct", refined: false);
        long together = Travels(Clustered(), "together", refined: true);
        long scattered = Travels(Scattered(), "scattered", refined: true);

        // The Manual says: about 200 times less; at worst, every change in a coarse block of its own, a quarter.
        Assert.InRange((double)direct / together, 150, 210);
        Assert.InRange((double)direct / scattered, 3.3, 4.2);

        byte[] Clustered()
        {
            byte[] b = [.. a];
            for (int i = 0; i < Changed; i++)
            {
                b[(100 * Large) + (i * Block)] ^= 1;
            }

            return b;
        }

        byte[] Scattered()
        {
            byte[] b = [.. a];
            for (int i = 0; i < Changed; i++)
            {
                b[(long)i * (Size / Changed)] ^= 1;
            }

            return b;
        }

        // The checksum files of both sides, which are nearly all of it: the data file is the same either way.
        long Travels(byte[] b, string name, bool refined)
        {
            _work.Write("b", b);
            if (!refined)
            {
                _work.Line($"ckfile a -b {Block} -o {name}-a.ckf").Succeeds();
                _work.Line($"ckfile b -b {Block} -o {name}-b.ckf").Succeeds();
                return Lengths($"{name}-a.ckf", $"{name}-b.ckf");
            }

            _work.Line($"ckfile a -b {Large} -o {name}-a.ckf").Succeeds();
            _work.Line($"ckfile b -b {Large} -o {name}-b.ckf").Succeeds();
            _work.Line($"dtreq --remote {name}-a.ckf --master {name}-b.ckf -o {name}.dtr").Ends(0);
            _work.Line($"ckreq --refine {name}.dtr -b {Block} -o {name}.ckr").Succeeds();
            _work.Line($"ckfile a -r {name}.ckr -o {name}-fine-a.ckf").Succeeds();
            _work.Line($"ckfile b -r {name}.ckr -o {name}-fine-b.ckf").Succeeds();
            return Lengths($"{name}-a.ckf", $"{name}-b.ckf", $"{name}.dtr", $"{name}.ckr", $"{name}-fine-a.ckf", $"{name}-fine-b.ckf");
        }
    }

    private long Lengths(params string[] names) => names.Sum(name => new FileInfo(_work[name]).Length);

    private void Prepare(byte[] a, byte[] b, string options = "")
    {
        _work.Write("a", a);
        _work.Write("b", b);
        string more = options.Length > 0 ? " " + options : "";
        _work.Line($"ckfile a -b {Coarse} -o a.ckf{more}").Succeeds();
        _work.Line($"ckfile b -b {Coarse} -o b.ckf{more}").Succeeds();
        _work.Line("dtreq --remote a.ckf --master b.ckf -o coarse.dtr").Ends(0);
    }

    private void Fine()
    {
        _work.Line("ckreq --refine coarse.dtr -b 4K -o fine.ckr").Succeeds();
        _work.Line("ckfile a -r fine.ckr -o fine-a.ckf").Succeeds();
        _work.Line("ckfile b -r fine.ckr -o fine-b.ckf").Succeeds();
        _work.Line("dtreq --remote fine-a.ckf --master fine-b.ckf -o fine.dtr").Ends(0);
        _work.Line("dtfile b -r fine.dtr -o fine.dtf").Ends(0);
    }

    // Changed in coarse blocks 5 and 9 only; what is longer is new.
    private static byte[] Later(byte[] a, int length)
    {
        byte[] b = Content.Make(length, seed: 3);
        a.AsSpan(0, Math.Min(a.Length, length)).CopyTo(b);
        foreach (int at in new[] { 5 * Coarse, (9 * Coarse) + 5000 })
        {
            if (at < length)
            {
                b[at] ^= 0x55;
            }
        }

        return b;
    }
}

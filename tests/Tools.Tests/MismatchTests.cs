using System.Diagnostics;

namespace BinarySync.Tools.Tests;

/// <summary>Files and targets that do not belong together, or changed since: exit 4, and nothing is touched.</summary>
public sealed class MismatchTests : IDisposable
{
    private const int Block = 4096;

    private readonly Workspace _work = new();
    private readonly byte[] _a = Bytes.Pattern((30 * Block) + 17);
    private readonly byte[] _b;

    public MismatchTests()
    {
        _b = [.. _a, .. Bytes.Pattern(5000, seed: 9)];
        Bytes.Pattern(4 * Block, seed: 3).CopyTo(_b, 10 * Block);
        _b.AsSpan(20 * Block, 2 * Block).Clear();
        _work.Prepare(_a, _b);
    }

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Checksum_files_of_different_making()
    {
        _work.Line("ckfile a -b 8K -o 8k.ckf").Succeeds();
        _work.Line("ckfile a -a sha256 -o sha.ckf").Succeeds();
        _work.Line("ckfile a --range 0-3 -o low.ckf").Succeeds();
        _work.Line("ckfile b --range 8-9 -o high.ckf").Succeeds();
        Untouched before = _work.Remember();
        _work.Line("dtreq --remote 8k.ckf --master b.ckf -o x.dtr").Fails(
            4, "different block sizes: 8k.ckf has 8192, b.ckf has 4096", "same checksum request");
        _work.Line("dtreq --remote sha.ckf --master b.ckf -o x.dtr").Fails(
            4, "different hashes: sha.ckf has sha256, b.ckf has xxh128", "same checksum request");
        _work.Line("dtreq --remote low.ckf --master high.ckf -o x.dtr").Fails(4, "no block in common", "--range");
        before.Check();
    }

    [Fact]
    public void A_request_for_another_master()
    {
        _work.Write("longer", [.. _b, 1]);
        _work.Write("other", Bytes.Pattern(_b.Length, seed: 77));
        Untouched before = _work.Remember();
        _work.Line("dtfile longer -r p.dtr -o x.dtf").Fails(
            4, $"longer: has {_b.Length + 1} bytes; p.dtr was made for a master of {_b.Length} bytes", "is this the master");
        _work.Line("dtfile other -r p.dtr -o x.dtf").Fails(
            4, "other: differs from what p.dtr asks for: 8 blocks (10-13, 20-21, 30-31)", "or this is another master");
        before.Check();
    }

    [Fact]
    public void The_next_checksum_file_is_made_of_the_right_one_only()
    {
        _work.Line("ckfile a -b 8K -o 8k.ckf").Succeeds();
        _work.Write("cut.ckf", _work.Read("a.ckf")[..^30]);
        Untouched before = _work.Remember();
        _work.Line("dtfile apply p.dtf a --update-ckf b.ckf -o n.ckf").Fails(4, "nothing was written", "--update-ckf");
        _work.Line("dtfile apply p.dtf a --update-ckf 8k.ckf -o n.ckf").Fails(4, "8k.ckf: has another block size", "--update-ckf");
        _work.Line("dtfile apply p.dtf a --update-ckf cut.ckf -o n.ckf").Fails(3, "cut.ckf: ends too early");
        _work.Line("dtfile apply p.dtf a --update-ckf a.ckf").Fails(2, "needs a name", "-o");
        _work.Line("dtfile apply p.dtf a -o n.ckf").Fails(2, "-o needs --update-ckf");
        _work.Line("dtfile apply p.dtf a --update-ckf a.ckf -o n.ckf --dry-run").Fails(2, "cannot be used together");
        _work.Line("dtfile apply p.dtf a --update-ckf a.ckf -o b.ckf").Fails(2, "exists already");
        _work.Line("dtfile apply p.dtf a --update-ckf a.ckf -o u.dtf -f --undo u.dtf").Fails(2, "u.dtf is another file of this command");
        _work.Line("dtfile apply p.dtf a --update-ckf a.ckf -o a.ckf -f").Fails(2, "a.ckf is another file of this command");
        _work.Line("dtfile apply p.dtf a -f").Fails(2, "-f needs --update-ckf");
        _work.Line("dtfile apply p.dtf a --update-ckf a.ckf -o n.ckf --verify none").Fails(2, "cannot be used together");
        before.Check();
        _work.Line("dtfile apply p.dtf a --update-ckf a.ckf -o n.ckf").Succeeds();
        _work.Line("ckfile check b n.ckf").Succeeds();

        // Good for the next round.
        _work.Line("dtreq --remote n.ckf --master b.ckf -o none.dtr").Succeeds();
    }

    [Theory]
    [InlineData("lz4")]
    [InlineData("none")]
    public void A_master_that_changed_since_has_its_ranges_named(string codec)
    {
        foreach (int block in new[] { 10, 12, 13, 31 })
        {
            _b[(block * Block) + 5] ^= 1;
        }

        _work.Write("b", _b);
        Untouched before = _work.Remember();
        _work.Line($"dtfile b -r p.dtr -o x.dtf -c {codec}").Fails(
            4, "b: differs from what p.dtr asks for: 4 blocks (10, 12-13, 31)", "the master has changed");

        // With --force the file that is there stays, too.
        _work.Line("dtfile b -r p.dtr -o p.dtf -f").Fails(4, "b: differs from what p.dtr asks for: 4 blocks (10, 12-13, 31)");
        before.Check();
    }

    [Fact]
    public void A_change_that_no_request_asks_for_is_not_the_data_file_s_business()
    {
        _b[5] ^= 1;
        _work.Write("b", _b);
        _work.Line("dtfile b -r p.dtr -o x.dtf").Succeeds();
        Assert.Equal(_work.Read("p.dtf"), _work.Read("x.dtf"));
    }

    [Fact]
    public void A_data_file_for_another_target()
    {
        _work.Write("longer", [.. _a, 1]);
        _work.Write("other", Bytes.Pattern(_a.Length, seed: 77));
        Untouched before = _work.Remember();
        _work.Line("dtfile apply p.dtf longer").Fails(
            4, $"longer: has {_a.Length + 1} bytes; p.dtf is for a target of {_a.Length} or {_b.Length} bytes", "is this the target");
        _work.Line("dtfile apply p.dtf other").Fails(
            4, "other: neither as p.dtf expects nor already new: 7 blocks (10-13, 20-21, 30) of the 8 to be patched");
        _work.Line("dtfile apply p.dtf other --dry-run").Fails(4, "7 blocks (10-13, 20-21, 30)");
        before.Check();
    }

    [Fact]
    public void A_target_that_changed_since_has_its_ranges_named_and_can_be_overruled()
    {
        byte[] changed = [.. _a];
        foreach (int block in new[] { 11, 20, 21, 30 })
        {
            changed[(block * Block) + 3] ^= 0x10;
        }

        changed[5] ^= 1;
        _work.Write("a", changed);
        Untouched before = _work.Remember();
        _work.Line("dtfile apply p.dtf a").Fails(
            4,
            "a: neither as p.dtf expects nor already new: 4 blocks (11, 20-21, 30) of the 8 to be patched; nothing was written",
            "the target has changed since its checksum file was made");
        _work.Line("dtfile apply p.dtf a --force-unrecognized --dry-run")
            .Ends(0)
            .Says("dtfile: warning: neither as expected nor already new");
        before.Check();
        _work.Line("dtfile apply p.dtf a --force-unrecognized").Ends(0).Says("dtfile: warning: neither as expected nor already new");
        byte[] expected = [.. _b];
        expected[5] ^= 1;
        _work.Holds("a", expected);
    }

    /// <summary>Whoever is in a hurry would take the option that gives up the check.</summary>
    [Fact]
    public void No_hint_leads_to_overwriting_what_is_not_known_or_to_a_request_that_nobody_made()
    {
        _work.Write("other", Bytes.Pattern(_a.Length, seed: 77));
        byte[] changed = [.. _a];
        changed[(11 * Block) + 3] ^= 0x10;
        _work.Write("changed", changed);
        foreach (string target in new[] { "other", "changed", "changed --check-base" })
        {
            string errors = _work.Line($"dtfile apply p.dtf {target}").Ends(4).Errors;
            Assert.DoesNotContain("--force-unrecognized", errors, StringComparison.Ordinal);
            Assert.DoesNotContain("request", errors, StringComparison.Ordinal);
        }

        _work.Line("dtfile apply p.dtf changed").Fails(
            4, "neither as p.dtf expects", "make a new checksum file of the target, and of that a new data file on the master");
    }

    [LinuxFact("strace")]
    public void A_target_that_another_run_has_left_half_patched_is_called_that()
    {
        byte[] c = [.. _b];
        Bytes.Pattern(8 * Block, seed: 8).CopyTo(c, 10 * Block);
        _work.Write("c", c);
        _work.Line("dtfile c -q --remote a.ckf -o c.dtf").Succeeds();
        _work.Line($"strace -f -qq -o /dev/null -e inject=pwrite64:error=EIO:when=2 -P {_work["a"]} dtfile apply p.dtf a -t 1").Ends(5);
        byte[] half = _work.Read("a");
        Assert.NotEqual(_a, half);

        _work.Line("dtfile apply c.dtf a --abandon-journal").Fails(
            4, "neither as c.dtf expects", "an interrupted run has left it half patched: finish that run, or take it back");

        Assert.Equal(half, _work.Read("a"));
        _work.Line("dtfile apply p.dtf a").Ends(0);
        _work.Holds("a", _b);
    }

    [Fact]
    public void Where_all_is_in_place_there_is_nothing_for_an_undo_file()
    {
        _work.Line("dtfile apply p.dtf a").Succeeds();
        Untouched before = _work.Remember();
        _work.Line("dtfile apply p.dtf a --undo u.dtf").Fails(
            4, "a: is up to date already: p.dtf would write nothing", "the undo file of the run that wrote it is the way back");
        before.Check();

        byte[] half = [.. _a];
        _b.AsSpan(10 * Block, Block).CopyTo(half.AsSpan(10 * Block));
        _work.Write("half", half);
        _work.Line("dtfile apply p.dtf half --undo u.dtf").Fails(
            4,
            "no undo file can be made: 1 of its blocks is no longer what p.dtf was made for",
            "if an earlier run made an undo file, name that one");
    }

    [Fact]
    public void What_is_refused_before_anything_is_written_says_that_nothing_was_written()
    {
        byte[] flipped = _work.Read("p.dtf");
        flipped[200] ^= 1;
        _work.Write("flip.dtf", flipped);
        _work.Write("cut.dtf", _work.Read("p.dtf").AsSpan()[..^100]);
        _work.Write("longer.dtf", [.. _work.Read("p.dtf"), 1]);
        _work.Write("long", [.. _a, 1]);
        Untouched before = _work.Remember();
        foreach (string option in new[] { "", " -n", " --undo u.dtf", " --json" })
        {
            _work.Line($"dtfile apply flip.dtf a{option}").Fails(3, "; nothing was written");
            _work.Line($"dtfile apply cut.dtf a{option}").Fails(3, "cut.dtf: ends too early: it was cut short, or is still being written");
            _work.Line($"dtfile apply cut.dtf a{option}").Fails(3, "; nothing was written");
            _work.Line($"dtfile apply longer.dtf a{option}").Fails(3, "; nothing was written");
            _work.Line($"dtfile apply a.ckf a{option}").Fails(3, "; nothing was written");
            _work.Line($"dtfile apply p.dtf long{option}").Fails(4, "bytes; nothing was written");
        }

        before.Check();
        Assert.DoesNotContain("nothing was written", _work.Line("dtfile info cut.dtf").Ends(3).Errors, StringComparison.Ordinal);
    }

    /// <summary>The line that a dry run recommends must not fail at once.</summary>
    [Fact]
    public void A_dry_run_asks_for_the_places_of_what_would_be_made()
    {
        _work.Write("there.dtr", "content"u8);
        Untouched before = _work.Remember();
        foreach (string option in new[] { "", " -n" })
        {
            _work.Line($"dtfile apply p.dtf a --undo nodir/u.dtf{option}").Fails(2, ": there is no directory nodir");
            _work.Line($"dtfile apply p.dtf a --repair nodir/r.dtr{option}").Fails(2, ": there is no directory nodir");
            _work.Line($"dtfile apply p.dtf a --repair there.dtr{option}").Fails(2, "there.dtr: exists already");
        }

        _work.Line("dtfile apply p.dtf a --undo u.dtf -n")
            .Succeeds()
            .Prints("u.dtf was not made: whether there is room for it is not known");
        before.Check();
    }

    [Fact]
    public void A_change_outside_the_data_file_is_found_where_the_user_asks()
    {
        byte[] changed = [.. _a];
        changed[5] ^= 1;
        _work.Write("a", changed);
        Untouched before = _work.Remember();
        _work.Line("dtfile apply p.dtf a --check-base").Fails(4, "a: is not the base of p.dtf", "make a new checksum file");
        before.Check();
        _work.Line("dtfile apply p.dtf a --verify full").Fails(7, "others differ from the content that the data file describes");
        byte[] expected = [.. _b];
        expected[5] ^= 1;
        _work.Holds("a", expected);
    }

    [Fact]
    public void A_check_names_sizes_and_ranges()
    {
        _work.Line("ckfile check a a.ckf").Succeeds().Prints("a: equal to a.ckf");
        ToolResult result = _work.Line("ckfile check b a.ckf").Ends(1).SaysNothing();
        result.Prints($"b: has {_b.Length} bytes; a.ckf says {_a.Length}")
            .Prints("b: blocks 10-13 differ (bytes 40960+16384)")
            .Prints("blocks 20-21 differ")
            .Prints("blocks 30-31 differ");
        Assert.False(_work.Line("ckfile check b a.ckf --json").Ends(1).Json.GetProperty("equal").GetBoolean());
        Assert.Empty(_work.Line("ckfile check b a.ckf -q").Ends(1).SaysNothing().Text);
    }

    [LinuxTheory]
    [InlineData("", 4)]
    [InlineData(" --live", 0)]
    public void A_source_that_changes_while_it_is_read(string option, int exit)
    {
        using (FileStream source = File.Create(_work["source"]))
        {
            source.Write(Bytes.Pattern(40 << 20));
        }

        // The first section has come out, the last cannot: the pipe between is full. So the program is in the middle.
        using Process process = Tool.Start(_work.Root, ("ckfile source -b 512 -o -" + option).Split(' '));
        Assert.NotEqual(-1, process.StandardOutput.BaseStream.ReadByte());
        File.SetLastWriteTimeUtc(_work["source"], DateTime.UnixEpoch);
        ToolResult result = Tool.Finish(process, "ckfile source").Ends(exit);
        Assert.Equal(exit != 0, result.Errors.Contains("error: source: changed while it was read", StringComparison.Ordinal));
    }
}

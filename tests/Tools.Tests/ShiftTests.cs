using System.Text.Json;

namespace BinarySync.Tools.Tests;

/// <summary>`dtfile --remote --shift`: content that moved by any number of bytes is copied, not sent.</summary>
public sealed class ShiftTests : IDisposable
{
    private const int Size = 1 << 20;
    private const int BlockSize = 4096;

    private readonly Workspace _work = new();
    private readonly byte[] _a = Content.Make(Size + 1000);

    // Bytes put in front and taken out in the middle; longer than A by some of the latter.
    private readonly byte[] _b;

    public ShiftTests()
    {
        _b = [.. Content.Make(1037, 7), .. _a[..(Size / 2)], .. _a[((Size / 2) + 777)..], .. Content.Make(50, 8)];
        _work.Write("a", _a);
        _work.Write("b", _b);
    }

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("-a sha256 -b 512")]
    [InlineData("-b 64K")]
    public void Content_that_moved_is_copied_and_taken_back(string how)
    {
        _work.Line($"ckreq --shift {how} -o r.ckr".Replace("  ", " ", StringComparison.Ordinal)).Succeeds();
        _work.Line("ckfile a -r r.ckr").Succeeds().Prints("--remote a.ckf --shift");

        _work.Line("dtfile b --remote a.ckf --shift -o f.dtf").Succeeds().Prints("to copy");

        Assert.InRange(_work.Read("f.dtf").Length, 100, 300_000);
        _work.Line("dtfile apply f.dtf a --dry-run").Succeeds();
        _work.Holds("a", _a);
        _work.Line("dtfile apply f.dtf a --undo u.dtf --check-base --verify full").Succeeds().Prints("copied from elsewhere");
        _work.Holds("a", _b);
        _work.Line("dtfile apply f.dtf a").Succeeds().Prints(": 0 blocks written");
        _work.Line("dtfile apply u.dtf a").Succeeds();
        _work.Holds("a", _a);
    }

    [RootTheory]
    [InlineData("512")]
    [InlineData("4096")]
    public void Both_sides_are_devices(string sectorSize)
    {
        // A device is a number of sectors, and does not grow.
        byte[] a = _a[..Size];
        byte[] b = _b[..Size];
        _work.Write("a", a);
        _work.Write("b", b);
        using (LoopDevice remote = new(_work["a"], "--sector-size", sectorSize))
        {
            using LoopDevice master = new(_work["b"], "--read-only", "--sector-size", sectorSize);
            _work.Line($"ckfile {remote.Path} --shift -o a.ckf").Succeeds();
            _work.Line($"dtfile {master.Path} --remote a.ckf --shift -o f.dtf").Succeeds();

            // A device and a file of equal content are equal.
            Assert.Equal(_work.Line("dtfile b --remote a.ckf --shift -o - -q").Succeeds().Output, _work.Read("f.dtf"));
            Assert.InRange(_work.Read("f.dtf").Length, 100, 60_000);

            _work.Line($"dtfile apply f.dtf {remote.Path} --undo u.dtf --verify full").Succeeds();
            Command.Demand("blockdev", "--flushbufs", remote.Path);
            _work.Holds("a", b);
            _work.Line($"dtfile apply u.dtf {remote.Path}").Succeeds();
        }

        _work.Holds("a", a);
    }

    [LinuxTheory]
    [InlineData("ckfile a --shift -o - | dtfile b --remote - --shift -o - | dtfile apply - a")]
    [InlineData("ckreq --shift -o - | ckfile a -r - -o - | dtfile b --remote /dev/stdin --shift -o f.dtf && dtfile apply f.dtf a")]
    [InlineData("mkfifo r d && (ckfile a --shift -o - > r & dtfile b --remote r --shift -o - > d & dtfile apply d a)")]
    public void A_whole_cycle_through_pipes(string line)
    {
        _work.Shell(line).Ends(0).Prints("copied from elsewhere");
        _work.Holds("a", _b);
        Assert.DoesNotContain(_work.Names, name => name.StartsWith('.'));
    }

    [Fact]
    public void What_comes_from_a_pipe_makes_the_same_file()
    {
        _work.Line("ckfile a --shift").Succeeds();
        _work.Line("dtfile b --remote a.ckf --shift -o f.dtf").Succeeds();

        _work.Feed(_work.Read("a.ckf"), "dtfile b --remote - --shift -o g.dtf").Succeeds();

        Assert.Equal(_work.Read("f.dtf"), _work.Read("g.dtf"));
        _work.Feed(_work.Read("a.ckf"), "dtfile b --remote - --shift")
            .Fails(2, "the output needs a name of its own if an input comes from a pipe");
    }

    [Fact]
    public void A_checksum_file_without_rolling_sums_is_refused()
    {
        _work.Line("ckfile a").Succeeds();
        Untouched before = _work.Remember();
        foreach (string line in (string[])["dtfile b --remote a.ckf --shift -o f.dtf", "dtfile b --remote - --shift -o f.dtf"])
        {
            _work.Feed(_work.Read("a.ckf"), line).Fails(2, "has no rolling sums", "make it anew with ckfile --shift");
        }

        _work.Line("dtfile b --remote a.ckf --shift -o f.dtf --json").Ends(2).Says("\"reason\":\"no-rolling-sums\"");
        before.Check();
    }

    [Fact]
    public void Lines_that_cannot_be_meant_are_usage_errors()
    {
        _work.Prepare(_a, _b, "--shift");
        Untouched before = _work.Remember();
        _work.Line("dtfile b -r p.dtr --shift -o f.dtf").Fails(2, "--shift needs --remote", "a data request already says what is copied");
        _work.Line("dtfile b --shift").Fails(2, "no request is given");
        _work.Line("dtfile b --remote a.ckf --shift --split 16M -o f.dtf").Fails(2, "--split needs a data request", "leave out --split");
        _work.Line("dtfile b --remote a.ckf --shift --part 1 -o f.dtf").Fails(2, "--part names a part of a set");
        _work.Line("dtfile b --remote a.ckf --shift -o a.ckf -f").Fails(2, "a.ckf is an input of this command");
        before.Check();
    }

    [Fact]
    public void Info_and_results_say_where_content_comes_from()
    {
        _work.Line("ckreq --shift -o r.ckr").Succeeds();
        _work.Line("ckfile a -r r.ckr").Succeeds();
        foreach (string line in (string[])["ckreq info r.ckr --json", "ckfile info a.ckf --json"])
        {
            Assert.True(_work.Line(line).Succeeds().Json.GetProperty("header").GetProperty("rolling_sums").GetBoolean());
        }

        JsonElement made = _work.Line("dtfile b --remote a.ckf --shift -o f.dtf --json").Succeeds().Json;
        Assert.True(made.GetProperty("header").GetProperty("shift").GetBoolean());
        Assert.Equal(0, made.GetProperty("blocks_left_out").GetInt64());
        Assert.Equal(_work.Read("f.dtf").Length, made.GetProperty("length").GetInt64());
        long copied = made.GetProperty("trailer").GetProperty("copy_blocks").GetInt64();
        Assert.InRange(made.GetProperty("trailer").GetProperty("data_blocks").GetInt64(), 1, 6);
        Assert.InRange(copied, 150, 257);

        JsonElement info = _work.Line("dtfile info f.dtf --extents --json").Succeeds().Json;
        Assert.True(info.GetProperty("header").GetProperty("shift").GetBoolean());
        JsonElement[] copies =
            [.. info.GetProperty("extents").EnumerateArray().Where(run => run.GetProperty("new").GetString() == "copy")];
        Assert.Equal(copied, copies.Sum(run => run.GetProperty("count").GetInt64()));
        Assert.All(copies, run =>
        {
            long first = run.GetProperty("first").GetInt64() * BlockSize;
            long source = run.GetProperty("source_offset").GetInt64();
            int length = (int)Math.Min(run.GetProperty("count").GetInt64() * BlockSize, _b.Length - first);
            Assert.True(_a.AsSpan((int)source, length).SequenceEqual(_b.AsSpan((int)first, length)));
        });
        _work.Line("dtfile info f.dtf --extents").Succeeds()
            .Prints("content may be copied from any byte").Prints($"from byte {BlockSize - 1037} ");

        // The key is there only if there are such copies.
        _work.Line("dtfile a --remote a.ckf --shift -o same.dtf").Succeeds().Prints("there is nothing to apply");
        Assert.False(_work.Line("dtfile info same.dtf --json").Succeeds().Json.GetProperty("header").TryGetProperty("shift", out _));
    }

    [Fact]
    public void Who_compares_two_files_with_rolling_sums_is_told_what_they_are_for()
    {
        const string Words = "note: content that moved by part of a block is sent: only dtfile --remote --shift";
        _work.Line("ckfile a --shift").Succeeds();
        _work.Line("ckfile b --shift").Succeeds();
        _work.Line("ckfile b -o plain.ckf").Succeeds();

        _work.Line("dtreq --remote a.ckf --master b.ckf -o 1.dtr").Ends(0).Says(Words);
        _work.Line("dtreq --remote a.ckf --master b.ckf -o 2.dtr --no-copy").Ends(0).Says(Words);
        _work.Line("dtreq --remote a.ckf --master plain.ckf -o 3.dtr").Ends(0).Says(Words);

        // Nothing is sent, or nothing could have been found.
        _work.Line("dtreq --remote b.ckf --master b.ckf -o 4.dtr").Succeeds();
        _work.Line("dtreq --remote plain.ckf --master a.ckf -o 5.dtr").Succeeds();
    }

    [Fact]
    public void It_is_not_applied_as_it_arrives()
    {
        _work.Line("ckfile a --shift").Succeeds();
        _work.Line("dtfile b --remote a.ckf --shift --no-repeats -o f.dtf").Succeeds();

        _work.Line("dtfile apply f.dtf a --stream").Fails(4, "it cannot be applied as it arrives", "and without --base and --shift");
        _work.Feed(_work.Read("f.dtf"), "dtfile apply - a --stream").Fails(4, "it cannot be applied as it arrives");

        _work.Holds("a", _a);
    }

    [Fact]
    public void What_is_sent_nevertheless_is_compressed_over_old_content()
    {
        byte[] b = [.. _b];
        for (int at = 200_000; at < 400_000; at += BlockSize)
        {
            // Nothing of these blocks is found, because of one byte; without the bytes put in front they would be near.
            b[at] ^= 1;
        }

        // And a stretch that did not move.
        _a.AsSpan(800_000, 100_000).CopyTo(b.AsSpan(800_000));
        for (int at = 800_000; at < 900_000; at += BlockSize)
        {
            b[at] ^= 1;
        }

        _work.Write("b", b);
        _work.Write("old", _a);
        _work.Line("ckfile a --shift").Succeeds();
        _work.Line("dtfile b --remote a.ckf --shift -o plain.dtf").Succeeds();

        JsonElement made = _work.Line("dtfile b --remote a.ckf --shift --base old -o f.dtf --json").Succeeds().Json;

        Assert.True(made.GetProperty("header").GetProperty("shift").GetBoolean());
        Assert.True(made.GetProperty("header").GetProperty("prefix").GetBoolean());
        Assert.InRange(made.GetProperty("base").GetProperty("frames_over_it").GetInt64(), 1, 100);
        Assert.InRange(_work.Read("f.dtf").Length, 1000, _work.Read("plain.dtf").Length - 80_000);
        _work.Line("dtfile apply f.dtf a --undo u.dtf --verify full").Succeeds();
        _work.Holds("a", b);
        _work.Line("dtfile apply u.dtf a").Succeeds();
        _work.Holds("a", _a);
    }

    [Fact]
    public void A_source_that_changed_is_found_before_anything_is_written()
    {
        _work.Line("ckfile a --shift").Succeeds();
        _work.Line("dtfile b --remote a.ckf --shift -o f.dtf").Succeeds();
        byte[] changed = [.. _a];
        changed[300_000] ^= 1;
        _work.Write("a", changed);

        _work.Line("dtfile apply f.dtf a").Ends(4);
        _work.Line("dtfile apply f.dtf a --dry-run").Ends(4);

        _work.Holds("a", changed);
    }

    [Fact]
    public void Ranges_hold_for_sources_too()
    {
        _work.Line("ckfile a --shift --range 0-100 --range 200- -o a.ckf").Succeeds();

        _work.Line("dtfile b --remote a.ckf --shift -o f.dtf").Ends(0);

        _work.Line("dtfile apply f.dtf a --verify full").Ends(0);
        byte[] expected = [.. _b[..(101 * BlockSize)], .. _a[(101 * BlockSize)..(200 * BlockSize)], .. _b[(200 * BlockSize)..]];
        _work.Holds("a", expected);
    }

    [Fact]
    public void The_checksum_file_of_the_target_follows()
    {
        _work.Line("ckfile a --shift").Succeeds();
        _work.Line("dtfile b --remote a.ckf --shift -o f.dtf").Succeeds();

        _work.Line("dtfile apply f.dtf a --update-ckf a.ckf -o new.ckf").Ends(0).Says("new.ckf has no rolling sums");

        _work.Line("ckfile check b new.ckf").Succeeds();
    }
}

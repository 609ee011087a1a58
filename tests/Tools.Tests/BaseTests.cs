using System.Text.Json;

namespace BinarySync.Tools.Tests;

/// <summary>`dtfile --base` (docs/manual/sending-less.md, "A few bytes in each block").</summary>
public sealed class BaseTests : IDisposable
{
    private readonly Workspace _work = new();
    private readonly byte[] _a = new byte[4_000_000];
    private readonly byte[] _b;

    public BaseTests()
    {
        Random random = new(3);
        random.NextBytes(_a);
        _b = [.. _a, .. new byte[10_000]];
        for (int at = 0; at < _a.Length; at += 3 * 4096)
        {
            random.NextBytes(_b.AsSpan(at + random.Next(4000), 20));
        }

        random.NextBytes(_b.AsSpan(_a.Length));
        _work.Prepare(_a, _b);
        _work.Write("old", _a);
    }

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("dtfile b -r p.dtr --base old -o f.dtf --json")]
    [InlineData("dtfile b --remote a.ckf --base old -o f.dtf --json")]
    [InlineData("dtfile b --remote a.ckf --base old -o f.dtf --json -c zstd:19")]
    public void It_is_small_and_says_what_the_old_content_was_good_for(string line)
    {
        using JsonDocument said = JsonDocument.Parse(_work.Line(line).Ends(0).Text);
        JsonElement old = said.RootElement.GetProperty("base");

        Assert.Equal("old", old.GetProperty("file").GetString());
        Assert.Equal(old.GetProperty("frames").GetInt64(), old.GetProperty("frames_over_it").GetInt64());
        Assert.Equal(0, old.GetProperty("frames_unlike_it").GetInt64());
        Assert.InRange(_work.Read("f.dtf").Length, 10_000, 80_000);
        _work.Line("dtfile apply f.dtf a --undo u.dtf --verify full --check-base").Ends(0);
        _work.Holds("a", _b);
        _work.Line("dtfile apply f.dtf a").Ends(0).Prints("0 blocks written");
        _work.Line("dtfile apply u.dtf a").Ends(0);
        _work.Holds("a", _a);
    }

    [Fact]
    public void Content_that_the_remote_does_not_have_is_not_used_and_a_warning_says_so()
    {
        byte[] old = [.. _a];

        // In a block that differs.
        old[3 * 4096] ^= 1;
        _work.Write("old", old);

        _work.Line("dtfile b --remote a.ckf --base old -o f.dtf").Ends(0)
            .Says("warning: old is not what the remote has, or cannot be read, in 1 of 2 frames: they are compressed without it")
            .Prints("1 of 2 frames are compressed over the content of old");
        _work.Line("dtfile b --remote a.ckf --base b -o g.dtf").Ends(0).Says("nothing is compressed over it");

        _work.Line("dtfile apply f.dtf a").Ends(0);
        _work.Holds("a", _b);
    }

    [Fact]
    public void What_cannot_be_made_over_old_content_is_refused()
    {
        _work.Line("dtfile b -r p.dtr --base old -c lz4").Fails(2, "--base needs zstd", "only zstd compresses over old content");
        _work.Line("dtfile b -r p.dtr --base nowhere").Fails(2, "nowhere: No such file or directory");
        _work.Line("dtfile b -r p.dtr --base old -o old -f").Fails(2, "old is an input of this command");
        _work.Line("dtreq merge p.dtr -o m.dtr").Ends(0);
        _work.Line("dtfile b -r m.dtr --base old").Fails(4, "is merged for several remotes", "leave out --base");
        _work.Line("ckfile a -b 2M -o large.ckf").Ends(0);
        _work.Line("dtfile b --remote large.ckf --base old").Fails(2, "has blocks of 2097152 bytes", "leave out --base");
        Assert.DoesNotContain(_work.Names, name => name is "m.dtf" or "large.dtf");
    }

    [Fact]
    public void It_is_not_applied_as_it_arrives_and_info_says_what_it_cannot_check()
    {
        _work.Line("dtfile b --remote a.ckf --base old --no-repeats -o f.dtf").Ends(0);

        _work.Line("dtfile apply f.dtf a --stream").Fails(4, "it cannot be applied as it arrives", "without --base");
        _work.Line("dtfile info f.dtf").Ends(0)
            .Says("content over old content was not decoded (frames: 2)")
            .Prints("frames, prefix    2");
        _work.Holds("a", _a);
    }

    [Fact]
    public void A_target_with_only_some_blocks_of_a_frame_new_is_refused_and_left_alone()
    {
        _work.Line("dtfile b --remote a.ckf --base old -o f.dtf").Ends(0);
        byte[] mixed = [.. _b[..4096], .. _a[4096..]];
        _work.Write("a", mixed);

        _work.Line("dtfile apply f.dtf a").Fails(4, "the old content over which f.dtf has", "make a new checksum file");
        _work.Line("dtfile apply f.dtf a --dry-run --json").Ends(4).Says("\"reason\":\"old-content-missing\"");

        _work.Holds("a", mixed);
    }

    // The journal is another program's: giving it up leaves what a killed run would have left.
    [Fact]
    public void Where_an_interrupted_run_was_given_up_the_hint_says_so()
    {
        _work.Line("dtfile b --remote a.ckf --base old -o f.dtf").Ends(0);
        _work.Write("a", [.. _b[..4096], .. _a[4096..]]);
        _work.Write("a.binarysync-journal", "not a journal"u8);

        _work.Line("dtfile apply f.dtf a --abandon-journal").Fails(4, "the old content over which f.dtf has", "has left it half patched");
    }

    [LinuxFact]
    public void A_set_is_made_over_old_content_too()
    {
        byte[] a = new byte[40_000_000];
        new Random(4).NextBytes(a);
        byte[] b = [.. a];
        for (int at = 0; at < a.Length; at += 4096)
        {
            b[at + 100] ^= 1;
        }

        _work.Prepare(a, b);
        _work.Write("old", a);

        _work.Line("dtfile b -r p.dtr --base old --split 16M -o s.dtf").Ends(0).Prints("frames are compressed over the content of old");

        _work.Shell("dtfile info s.*.dtf && dtfile apply s.*.dtf a --verify full").Ends(0);
        _work.Holds("a", b);
    }
}

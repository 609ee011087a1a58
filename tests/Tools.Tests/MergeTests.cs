using System.Text.Json;

namespace BinarySync.Tools.Tests;

/// <summary>One data file for many remotes, through the four programs.</summary>
public sealed class MergeTests : IDisposable
{
    private const int Block = 4096;

    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Ten_remotes_of_different_ages_and_sizes_get_one_data_file()
    {
        // Each later self of the image is the base of one remote; the master is the last one.
        List<byte[]> ages = [Content.Make(700_000)];
        while (ages.Count < 11)
        {
            ages.Add(Content.Later(ages[^1], ages.Count == 4 ? 150_000 : 700_000 + (ages.Count * 3_217), Block, seed: 10 + ages.Count));
        }

        byte[] b = ages[^1];
        Requests([.. ages.Take(10)], b);
        _work.Line("dtreq merge 0.dtr 1.dtr 2.dtr 3.dtr 4.dtr 5.dtr 6.dtr 7.dtr 8.dtr 9.dtr --label all -o all.dtr")
            .Succeeds()
            .Prints("all.dtr: for 10 remotes: ");
        _work.Line("dtfile b -r all.dtr").Succeeds();
        JsonElement[] bases = [
            .. _work.Line("dtfile info all.dtf --json").Succeeds().Json.GetProperty("header").GetProperty("bases").EnumerateArray()];
        Assert.Equal(ages.Take(10).Select(age => age.Length), bases.Select(one => one.GetProperty("size").GetInt32()));

        // It has each block once: far less than the ten together.
        long merged = new FileInfo(_work["all.dtf"]).Length;
        long together = 0;
        for (int i = 0; i < 10; i++)
        {
            _work.Line($"dtfile b -r {i}.dtr -o {i}.dtf").Succeeds();
            together += new FileInfo(_work[$"{i}.dtf"]).Length;
        }

        Assert.InRange(merged, 1, together / 4);
        for (int i = 0; i < 10; i++)
        {
            _work.Line($"dtfile apply all.dtf a{i} --request {i}.dtr --check-base --verify full --undo undo{i}.dtf")
                .Succeeds()
                .Prints("equal to the content that the data file describes");
            _work.Holds($"a{i}", b);
        }

        // The way back is an ordinary data file.
        _work.Line("dtfile apply undo3.dtf a3 --check-base --verify full").Succeeds();
        _work.Holds("a3", ages[3]);
        _work.Shell("cat all.dtf | dtfile apply - a3 --request 3.dtr").Succeeds();
        _work.Holds("a3", b);
    }

    [Fact]
    public void A_wrong_request_or_none_is_refused_before_anything_is_written()
    {
        byte[] a = Content.Make(300_000);
        byte[] b = Content.Later(a, 320_000, Block, seed: 4);
        byte[] stranger = Content.Later(a, 300_000, Block, seed: 5);
        Requests([a, stranger], b);
        _work.Line("dtreq merge 0.dtr -o all.dtr").Succeeds().Prints("for 1 remote: ");
        _work.Line("dtfile b -r all.dtr").Succeeds();
        _work.Line("dtfile b -r 0.dtr").Succeeds();
        Untouched before = _work.Remember();
        _work.Line("dtfile apply all.dtf a1 --request 1.dtr").Fails(
            4,
            "1.dtr: is not one of the requests that all.dtf was merged from: it starts from other old content than any of them",
            "the request of this remote");
        _work.Line("dtfile apply all.dtf a1 --request 0.dtr").Fails(4, "a1: neither as all.dtf expects nor already new");
        _work.Line("dtfile apply all.dtf a0 --request all.dtr").Fails(4, "all.dtr: is not one of the requests");
        _work.Line("dtfile apply all.dtf a0").Fails(2, "all.dtf is merged for several remotes", "--request");
        _work.Line("dtfile apply 0.dtf a0 --request 0.dtr").Fails(2, "0.dtf is for one remote and needs no request", "leave out --request");
        _work.Line("dtfile apply all.dtf a0 --request -").Fails(2, "standard input is a pipe");
        _work.Line("dtfile apply all.dtf a0 --request 0.dtf").Fails(3, "0.dtf: is a data file");
        _work.Line("dtfile apply all.dtf a0 --request nothing.dtr").Fails(2, "nothing.dtr");
        before.Check();
        _work.Line("dtfile apply all.dtf a0 --request 0.dtr").Succeeds();
        _work.Holds("a0", b);
    }

    /// <summary>Each block of which it speaks is as it expects: the others are not.</summary>
    [Fact]
    public void Another_remote_s_request_is_refused_also_where_it_fits()
    {
        byte[] a = Content.Make(300_000);
        byte[] b = [.. a];
        b[10 * Block]++;
        b[40 * Block]++;
        byte[] halfWay = [.. a];
        halfWay[10 * Block]++;
        Requests([a, halfWay, b], b);
        _work.Line("dtreq merge 0.dtr 1.dtr 2.dtr -o all.dtr").Succeeds();
        _work.Line("dtfile b -r all.dtr").Succeeds();
        Untouched before = _work.Remember();
        foreach (string other in new[] { "1", "2" })
        {
            _work.Line($"dtfile apply all.dtf a0 --request {other}.dtr").Fails(
                4, $"a0: is not the base of {other}.dtr: its blocks outside the data file differ", "is it this remote's own request?");
        }

        _work.Line("dtfile apply all.dtf a1 --request 2.dtr --dry-run").Fails(4, "a1: is not the base of 2.dtr");
        before.Check();
        for (int i = 0; i < 3; i++)
        {
            // And once more, when there is nothing left to do.
            _work.Line($"dtfile apply all.dtf a{i} --request {i}.dtr").Succeeds();
            _work.Line($"dtfile apply all.dtf a{i} --request {i}.dtr").Succeeds();
            _work.Holds($"a{i}", b);
        }
    }

    [Fact]
    public void What_does_not_belong_together_is_not_merged()
    {
        byte[] a = Content.Make(300_000);
        byte[] b = Content.Later(a, 320_000, Block, seed: 4);
        Requests([a], b);
        _work.Line("ckfile a0 -o 8k-a.ckf -b 8K").Succeeds();
        _work.Line("ckfile b -o 8k-b.ckf -b 8K").Succeeds();
        _work.Line("dtreq --remote 8k-a.ckf --master 8k-b.ckf -o 8k.dtr").Succeeds();
        _work.Line("dtreq --remote b.ckf --master 0.ckf -o back.dtr").Succeeds();
        _work.Line("dtreq merge 0.dtr -o merged.dtr").Succeeds();
        _work.Line("ckreq --refine 8k.dtr -o fine.ckr").Succeeds();
        _work.Line("ckfile a0 -r fine.ckr -o fine-a.ckf").Succeeds();
        _work.Line("ckfile b -r fine.ckr -o fine-b.ckf").Succeeds();
        _work.Line("dtreq --remote fine-a.ckf --master fine-b.ckf -o fine.dtr").Succeeds();
        Untouched before = _work.Remember();
        _work.Line("dtreq merge 0.dtr 8k.dtr -o x.dtr").Fails(
            4, "the requests have different block sizes: 0.dtr has 4096, 8k.dtr has 8192", "ckreq");
        _work.Line("dtreq merge 0.dtr back.dtr -o x.dtr").Fails(
            4, "the requests have different target sizes: 0.dtr has 320000, back.dtr has 300000", "--master");
        _work.Line("dtreq merge 0.dtr merged.dtr -o x.dtr").Fails(4, "merged.dtr: is merged already");
        _work.Line("dtreq merge fine.dtr -o x.dtr").Fails(4, "fine.dtr: refines a coarse request");
        _work.Line("ckreq --refine merged.dtr -b 512 -o x.ckr").Fails(
            4, "merged.dtr: is merged from the requests of several remotes", "own request");
        _work.Line("dtreq merge 0.dtr b.ckf -o x.dtr").Fails(3, "b.ckf: is a checksum file");
        _work.Line("dtreq merge 0.dtr - -o x.dtr").Fails(2, "standard input is a pipe");
        _work.Line("dtreq merge 0.dtr -o 0.dtr -f").Fails(2, "0.dtr is an input");
        _work.Line("dtreq merge -o x.dtr").Fails(2, "FILE.dtr");
        before.Check();
    }

    // a0, a1, ... and b, and of each pair its request.
    private void Requests(byte[][] remotes, byte[] b)
    {
        _work.Write("b", b);
        _work.Line("ckfile b -o b.ckf").Succeeds();
        for (int i = 0; i < remotes.Length; i++)
        {
            _work.Write($"a{i}", remotes[i]);
            _work.Line($"ckfile a{i} -o {i}.ckf").Succeeds();
            _work.Line($"dtreq --remote {i}.ckf --master b.ckf -o {i}.dtr").Succeeds();
        }
    }
}

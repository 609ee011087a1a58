using System.Diagnostics;
using System.Text;

namespace BinarySync.Tools.Tests;

/// <summary>What the programs say to somebody who uses them for the first time: all of it, nothing scrubbed.</summary>
public sealed class FirstUseTests : Typed
{
    public FirstUseTests()
    {
        byte[] a = Bytes.Pattern(20 * Block);
        byte[] b = Bytes.Pattern(20 * Block);
        Bytes.Pattern(2 * Block, seed: 3).CopyTo(b, 10 * Block);
        Work.Prepare(a, b);
        Work.Write("old disk.img", a);
        Work.Line("ckreq -o r.ckr").Ends(0);
    }

    [Fact]
    public void Nothing_typed_or_half_of_it()
    {
        Type(
            "ckreq",
            "ckfile",
            "dtreq",
            "dtfile",
            "ckfile info",
            "ckfile check a",
            "ckfile join",
            "dtfile apply",
            "dtfile apply p.dtf",
            "dtfile apply a",
            "ckfile a -b",
            "dtfile p.dtf",
            "dtfile p.dtr --label x",
            "dtfile b");
        Verify();
    }

    [Fact]
    public void A_slip_in_a_name()
    {
        Type(
            "ckfile a --haash sha256",
            "ckfile a --blocksize 4K",
            "ckfile a --block_size=4K",
            "ckfile a -B 4K",
            "ckfile a -b4K",
            "ckfile a -qf",
            "ckfile a -qx",
            "ckfile -help",
            "ckfile --frobnicate a",
            "ckfile a -z");
        Type("dtfile apply p.dtf a --dryrun", "dtfile apply p.dtf a -c lz4", "dtfile b --undo u.dtf", "dtfile b -r p.dtr --splt fat32");
        Type(
            "dtfile aply p.dtf a --dry-run",
            "ckfile chek a a.ckf",
            "ckfile inof a.ckf",
            "ckfile inof",
            "dtreq megre p.dtr -o all.dtr",
            "ckreq inof r.ckr",
            "ckfile no-such-file");
        Type(
            "ckfile a --block-size 4000 -o x.ckf",
            "ckfile a -a sha265",
            "dtfile apply p.dtf a --verify ful",
            "dtfile apply --verify p.dtf a",
            "ckfile a --range 0-9,12 -o x.ckf");
        Verify();
    }

    [Fact]
    public void Asking_for_help()
    {
        Type("ckfile help", "dtfile help", "ckfile help check", "dtfile help apply", "ckfile help nothing", "ckfile version now");
        string ofCheck = Work.Line("ckfile check --help").Succeeds().Text;
        foreach (string line in new[] { "ckfile --help check", "ckfile check a --help a.ckf", "ckfile -? check" })
        {
            Assert.Equal(ofCheck, Work.Line(line).Succeeds().Text);
        }

        Assert.Equal(Work.Line("ckfile check -h").Succeeds().Text, Work.Line("ckfile -h check a b c").Succeeds().Text);

        Assert.Equal(Work.Line("ckfile --help").Text, Work.Line("ckfile a --help").Text);
        Verify();
    }

    [Fact]
    public void Files_in_each_others_place()
    {
        Type(
            "ckfile a b",
            "ckfile a r.ckr -q",
            "ckfile a a.ckf",
            "ckfile a.ckf b.ckf",
            "ckfile check a.ckf a",
            "ckfile check a b",
            "ckfile join a b -o x.ckf");
        Type(
            "ckreq r.ckr",
            "dtreq a.ckf b.ckf",
            "dtreq a.ckf b.ckf -o x.dtr --label y",
            "dtreq --remote a.ckf b.ckf",
            "dtreq --master b.ckf a.ckf",
            "dtreq --remote a --master b",
            "dtreq a b",
            "dtreq p.dtr",
            "dtreq p.dtr p.dtr");
        Type(
            "dtfile b p.dtr -c none",
            "dtfile p.dtr b",
            "dtfile b a.ckf",
            "dtfile p.dtf a",
            "dtfile -r b p.dtr",
            "dtfile --remote b a.ckf -o x.dtf",
            "dtfile b -r a.ckf -o x.dtf",
            "dtfile b --remote p.dtr -o x.dtf");
        Type(
            "ckfile -",
            "ckfile - -o x.ckf",
            "ckfile check - a.ckf",
            "dtfile - -r p.dtr",
            "dtfile apply p.dtf -",
            "dtfile apply p.dtf nothing-yet.img",
            "ckfile a -f -o /dev/stdout",
            "dtreq --remote a.ckf --master -");
        Type("dtfile apply p.dtr a", "dtfile apply a p.dtr", "dtfile apply p.dtf p.dtr", "dtfile apply p.dtf");
        Verify();
    }

    [Fact]
    public void Data_file_and_target_swapped()
    {
        Untouched before = Work.Remember();
        Type("dtfile apply a p.dtf");
        TypeWords("dtfile", "apply", "old disk.img", "p.dtf", "--undo", "it's.dtf", "--verify=full");
        before.Check();
        Verify();
    }

    [Fact]
    public void A_file_that_is_still_sealed_or_packed()
    {
        (string Extension, string Start)[] wrapped =
        [
            ("age", "age-encryption.org/v1\n"), ("asc", "-----BEGIN AGE ENCRYPTED FILE-----\n"), ("gpg", "-----BEGIN PGP MESSAGE-----\n"),
            ("gz", "\u001F\u008B\b"), ("zst", "(\u00B5/\u00FD"), ("xz", "\u00FD7zXZ\0"), ("bz2", "BZh9"),
        ];
        foreach ((string extension, string start) in wrapped)
        {
            Work.Write("p.dtf." + extension, [.. Encoding.Latin1.GetBytes(start), .. Work.Read("p.dtf")]);
        }

        Untouched before = Work.Remember();
        Type([.. wrapped.Select(file => $"dtfile apply p.dtf.{file.Extension} a --dry-run")]);
        Type(
            "dtfile b -r p.dtf.age -o x.dtf",
            "dtreq --remote a.ckf --master p.dtf.gz -o x.dtr",
            "dtfile apply p.dtf.age p.dtf.gz a",
            "ckfile info p.dtf.xz");
        before.Check();
        Verify();
    }

    /// <summary>There is no file to be copied again: the command before the pipe is meant.</summary>
    [Fact]
    public void What_comes_through_a_pipe_and_is_no_message()
    {
        Untouched before = Work.Remember();
        Pipe("dtfile apply - a", []);
        Pipe("dtfile apply - a", "Welcome to Debian GNU/Linux 12\n"u8);
        Pipe("dtfile apply - a", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        Pipe("dtfile apply - a", "age-encryption.org/v1\n"u8);
        Pipe("dtfile apply - a", Work.Read("p.dtf").AsSpan(0, 100));
        Pipe("dtfile apply - a", [.. Work.Read("p.dtf"), .. "Bye!\n"u8]);
        Pipe("dtfile b --remote - -o x.dtf", "ssh: no route\n"u8);
        before.Check();
        Verify();
    }

    [RootFact]
    public void A_device_in_the_place_of_the_data_file()
    {
        using LoopDevice device = new(Work["a"]);
        Work.Line($"dtfile apply {device.Path} p.dtf").Fails(
            3, "is not a BinarySync file", $"the target comes last: dtfile apply p.dtf {device.Path}");
    }

    /// <summary>All of a disk would be copied into the spool otherwise, before the first look at it.</summary>
    [Fact]
    public void What_is_no_message_is_refused_before_it_is_spooled()
    {
        using Process apply = Tool.Start(Work.Root, "dtfile", "apply", "-", "a");
        apply.StandardInput.BaseStream.Write(Work.Read("b").AsSpan(0, Block));
        apply.StandardInput.BaseStream.Flush();
        Tool.Finish(apply, "dtfile apply - a").Fails(3, "standard input: is not a BinarySync file");
    }

    [Fact]
    public void A_message_that_is_checksummed()
    {
        Type("ckfile a.ckf", "ckfile p.dtf -q -o x.ckf", "ckfile check p.dtf x.ckf", "ckfile check a.ckf b.ckf --json");
        Work.Write("only-the-name.ckf", Work.Read("a"));
        Type("ckfile only-the-name.ckf");
        Verify();
    }

    [Fact]
    public void The_remote_in_the_place_of_the_master()
    {
        Type("dtfile a -r p.dtr -o x.dtf", "dtreq --remote b.ckf --master a.ckf -o swapped.dtr", "dtfile b -r swapped.dtr -o x.dtf");
        byte[] other = Work.Read("b");
        other[(10 * Block) + 1]++;
        Work.Write("other", other);
        Type("dtfile other -r p.dtr -o x.dtf");
        Work.Write("longer", [.. Work.Read("b"), .. Bytes.Pattern(Block)]);
        Type(
            "ckfile longer -q",
            "dtreq --remote a.ckf --master longer.ckf -q -o longer.dtr",
            "dtfile a -r longer.dtr -o x.dtf",
            "dtfile b -r longer.dtr --split 16M");
        Verify();
    }

    private void Pipe(string line, ReadOnlySpan<byte> input) => Record("... | " + line, Work.Feed(input.ToArray(), line));

    private void TypeWords(params ReadOnlySpan<string> words) =>
        Record(string.Join(' ', words.ToArray().Select(word => $"<{word}>")), Work.Run(words));
}

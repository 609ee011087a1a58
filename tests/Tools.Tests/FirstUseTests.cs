using System.Diagnostics;
using System.Text;

namespace BinarySync.Tools.Tests;

/// <summary>What the programs say to somebody who uses them for the first time: all of it, nothing scrubbed.</summary>
public sealed class FirstUseTests : IDisposable
{
    private const int Block = 4096;

    private readonly Workspace _work = new();
    private readonly StringBuilder _transcript = new();

    public FirstUseTests()
    {
        byte[] a = Bytes.Pattern(20 * Block);
        byte[] b = Bytes.Pattern(20 * Block);
        Bytes.Pattern(2 * Block, seed: 3).CopyTo(b, 10 * Block);
        _work.Prepare(a, b);
        _work.Write("old disk.img", a);
        _work.Line("ckreq -o r.ckr").Ends(0);
    }

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Nothing_typed_or_half_of_it()
    {
        Type("ckreq", "ckfile", "dtreq", "dtfile", "ckfile info", "ckfile check a", "ckfile join", "dtfile apply", "dtfile apply p.dtf", "dtfile apply a", "ckfile a -b", "dtfile p.dtf", "dtfile p.dtr --label x", "dtfile b");
        Snapshot.Verify(MeasuredFigures.Fix(_transcript.ToString()));
    }

    [Fact]
    public void A_slip_in_a_name()
    {
        Type("ckfile a --haash sha256", "ckfile a --blocksize 4K", "ckfile a --block_size=4K", "ckfile a -B 4K", "ckfile a -b4K", "ckfile a -qf", "ckfile a -qx", "ckfile -help", "ckfile --frobnicate a", "ckfile a -z");
        Type("dtfile apply p.dtf a --dryrun", "dtfile apply p.dtf a -c lz4", "dtfile b --undo u.dtf", "dtfile b -r p.dtr --splt fat32");
        Type("dtfile aply p.dtf a --dry-run", "ckfile chek a a.ckf", "ckfile inof a.ckf", "ckfile inof", "dtreq megre p.dtr -o all.dtr", "ckreq inof r.ckr", "ckfile no-such-file");
        Type("ckfile a --block-size 4000 -o x.ckf", "ckfile a -a sha265", "dtfile apply p.dtf a --verify ful");
        Snapshot.Verify(MeasuredFigures.Fix(_transcript.ToString()));
    }

    [Fact]
    public void Asking_for_help()
    {
        Type("ckfile help", "ckfile help check", "dtfile help apply", "ckfile version");
        string ofCheck = _work.Line("ckfile check --help").Succeeds().Text;
        foreach (string line in new[] { "ckfile --help check", "ckfile check a --help a.ckf", "ckfile check -h", "ckfile -h check a b c", "ckfile -? check" })
        {
            Assert.Equal(ofCheck, _work.Line(line).Succeeds().Text);
        }

        Assert.Equal(_work.Line("ckfile --help").Text, _work.Line("ckfile a --help").Text);
        Snapshot.Verify(MeasuredFigures.Fix(_transcript.ToString()));
    }

    [Fact]
    public void Files_in_each_others_place()
    {
        Type("ckfile a b", "ckfile a r.ckr -q", "ckfile a a.ckf", "ckfile a.ckf b.ckf", "ckfile check a.ckf a", "ckfile check a b", "ckfile join a b -o x.ckf");
        Type("ckreq r.ckr", "dtreq a.ckf b.ckf", "dtreq a.ckf b.ckf -o x.dtr --label y", "dtreq --remote a.ckf b.ckf", "dtreq --master b.ckf a.ckf", "dtreq --remote a --master b", "dtreq a b", "dtreq p.dtr", "dtreq p.dtr p.dtr");
        Type("dtfile b p.dtr -c none", "dtfile p.dtr b", "dtfile b a.ckf", "dtfile p.dtf a", "dtfile -r b p.dtr", "dtfile --remote b a.ckf -o x.dtf", "dtfile b -r a.ckf -o x.dtf", "dtfile b --remote p.dtr -o x.dtf");
        Type("dtfile apply p.dtr a", "dtfile apply p.dtf p.dtr", "dtfile apply p.dtf");
        Snapshot.Verify(MeasuredFigures.Fix(_transcript.ToString()));
    }

    [Fact]
    public void Data_file_and_target_swapped()
    {
        Untouched before = _work.Remember();
        Type("dtfile apply a p.dtf");
        TypeWords("dtfile", "apply", "old disk.img", "p.dtf", "--undo", "it's.dtf", "--verify=full");
        before.Check();
        Snapshot.Verify(MeasuredFigures.Fix(_transcript.ToString()));
    }

    [RootFact]
    public void A_device_in_the_place_of_the_data_file()
    {
        using LoopDevice device = new(_work["a"]);
        _work.Line($"dtfile apply {device.Path} p.dtf").Fails(3, "is not a BinarySync file", $"the target comes last: dtfile apply p.dtf {device.Path}");
    }

    /// <summary>All of a disk would be copied into the spool otherwise, before the first look at it.</summary>
    [Fact]
    public void What_is_no_message_is_refused_before_it_is_spooled()
    {
        using Process apply = Tool.Start(_work.Root, "dtfile", "apply", "-", "a");
        apply.StandardInput.BaseStream.Write(_work.Read("b").AsSpan(0, Block));
        apply.StandardInput.BaseStream.Flush();
        Tool.Finish(apply, "dtfile apply - a").Fails(3, "standard input: is not a BinarySync file");
    }

    [Fact]
    public void A_message_that_is_checksummed()
    {
        Type("ckfile a.ckf", "ckfile p.dtf -q -o x.ckf", "ckfile check p.dtf x.ckf", "ckfile check a.ckf b.ckf --json");
        _work.Write("only-the-name.ckf", _work.Read("a"));
        Type("ckfile only-the-name.ckf");
        Snapshot.Verify(MeasuredFigures.Fix(_transcript.ToString()));
    }

    [Fact]
    public void The_remote_in_the_place_of_the_master()
    {
        Type("dtfile a -r p.dtr -o x.dtf", "dtreq --remote b.ckf --master a.ckf -o swapped.dtr", "dtfile b -r swapped.dtr -o x.dtf");
        byte[] other = _work.Read("b");
        other[(10 * Block) + 1]++;
        _work.Write("other", other);
        Type("dtfile other -r p.dtr -o x.dtf");
        _work.Write("longer", [.. _work.Read("b"), .. Bytes.Pattern(Block)]);
        Type("ckfile longer -q", "dtreq --remote a.ckf --master longer.ckf -q -o longer.dtr", "dtfile a -r longer.dtr -o x.dtf", "dtfile b -r longer.dtr --split 16M");
        Snapshot.Verify(MeasuredFigures.Fix(_transcript.ToString()));
    }

    private void Type(params string[] lines)
    {
        foreach (string line in lines)
        {
            Record(line, _work.Line(line));
        }
    }

    private void TypeWords(params ReadOnlySpan<string> words) => Record(string.Join(' ', words.ToArray().Select(word => $"<{word}>")), _work.Run(words));

    private void Record(string line, ToolResult result)
    {
        _transcript.Append("$ ").AppendLine(line).Append(result.Text);
        foreach (string error in result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            _transcript.Append("2> ").AppendLine(error);
        }

        _transcript.AppendLine(result.Exit == 0 ? "" : $"[exit {result.Exit}]\n");
    }
}

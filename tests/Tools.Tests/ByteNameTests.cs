namespace BinarySync.Tools.Tests;

/// <summary>
/// Names that are no UTF-8, and a working directory that has such a name or none at all: paths are bytes, and no file of another name
/// is touched or made.
/// </summary>
public sealed class ByteNameTests : IDisposable
{
    // "caf", a byte that is no UTF-8.
    private const string Name = @"$'caf\xe9";

    private readonly Workspace _work = new();
    private readonly byte[] _a = Content.Make(600_000);
    private readonly byte[] _b;

    public ByteNameTests()
    {
        _b = Content.Later(_a, 700_000, 4096);
        _work.Prepare(_a, _b);
    }

    public void Dispose()
    {
        // The runtime cannot remove what it cannot name.
        _work.Shell("find . -mindepth 1 -delete").Ends(0);
        _work.Dispose();
    }

    [LinuxFact]
    public void A_whole_cycle_under_such_names()
    {
        _work.Shell($"cp a {Name}.img' && cp b {Name}b.img' && ckfile {Name}.img' && ckfile {Name}b.img' -o {Name}b.ckf'")
            .Ends(0)
            .Prints(@"caf\351.img.ckf: ");
        _work.Shell($"dtreq --remote {Name}.img.ckf' --master {Name}b.ckf' -o {Name}.dtr' && dtfile {Name}b.img' -r {Name}.dtr'")
            .Ends(0)
            .Prints(@"next: dtfile apply $'caf\351.dtf' TARGET");
        _work.Shell(
            $"dtfile apply {Name}.dtf' {Name}.img' --undo {Name}.undo' && cmp b {Name}.img' && dtfile apply {Name}.undo' {Name}.img' && "
                + $"cmp a {Name}.img'").Ends(0);
        _work.Shell($"cat {Name}.dtf' | dtfile apply - {Name}.img' --spool . && cmp b {Name}.img'").Ends(0);
        Assert.Equal(_work.Read("p.dtf"), _work.Shell($"cat {Name}.dtf'").Output);
        OnlySuchNames();
    }

    [LinuxFact]
    public void Json_has_the_byte_as_python_reads_it()
    {
        _work.Shell($"cp a.ckf {Name}.ckf'").Ends(0);
        Assert.Contains(@"""caf\udce9.ckf""", _work.Shell($"ckfile info {Name}.ckf' --json").Ends(0).Text, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Errors_show_the_byte()
    {
        _work.Shell($"ckfile {Name}' -o x").Fails(2, @"caf\351: No such file");
        _work.Shell($"ckfile a -o {Name}/x'").Fails(2, @"caf\351");
        _work.Shell($"cp a {Name}' && ckfile a -o {Name}'").Fails(2, @"caf\351: exists already");
        _work.Shell($"ckfile a -o {Name}' -f").Ends(0);
        _work.Shell($"cmp a.ckf {Name}'").Ends(0);
        _work.Shell($"ckfile a -f -o {Name}\\xc3\\xa9\\xed\\xb3\\xa9\\xff'").Ends(0).Prints("caf\\351\u00E9\\355\\263\\251\\377: ");
        _work.Shell($"ckreq --label {Name}' -o l.ckr").Fails(2, "is not UTF-8 text");
        OnlySuchNames();
    }

    // The very character that the runtime puts in the place of such bytes is a character like any other.
    [LinuxFact]
    public void The_replacement_character_itself()
    {
        _work.Shell($"ckfile a -o $'\\xef\\xbf\\xbd.ckf' && cp $'\\xef\\xbf\\xbd.ckf' {Name}.ckf'").Ends(0);
        _work.Line("ckfile info \uFFFD.ckf").Succeeds();
        _work.Shell($"ckfile check a $'\\xef\\xbf\\xbd.ckf' && ckfile info {Name}.ckf'").Ends(0);
    }

    [LinuxFact]
    public void A_working_directory_with_such_a_name()
    {
        _work.Shell($"mkdir {Name}d' && cp a b p.dtr p.dtf {Name}d'").Ends(0);
        string go = $"cd {Name}d' && ";
        _work.Shell(go + "dtfile apply p.dtf a --undo undo.dtf -q && cmp a b && dtfile apply undo.dtf a -q").Ends(0);
        _work.Shell(go + "dtfile apply - a -q <p.dtf && cmp a b && ckfile a && dtfile b -r p.dtr --split 16M -o s.dtf -q").Ends(0);
        _work.Shell(go + "mkdir set && cp s.001.dtf set && dtfile info set && rm -r set").Ends(0).Prints("set/s.001.dtf");
        _work.Shell(go + "ln -s a link && dtfile apply undo.dtf link -q && test -L link && cmp a ../a").Ends(0);
        _work.Shell(go + "cat ../a.ckf | dtreq --remote - --master ../b.ckf -o x.dtr -q && cmp x.dtr p.dtr").Ends(0);
        Assert.Equal("a\na.ckf\nb\nlink\np.dtf\np.dtr\ns.001.dtf\nundo.dtf\nx.dtr\n", _work.Shell(go + "ls -A").Text);
        OnlySuchNames();
    }

    [LinuxFact]
    public void A_working_directory_that_is_gone()
    {
        string gone = $"mkdir gone && cd gone && rmdir ../gone && ";
        _work.Shell(gone + $"dtfile apply {_work["p.dtf"]} {_work["a"]} --undo {_work["undo.dtf"]} -q").Ends(0);
        _work.Holds("a", _b);
        _work.Shell(gone + $"ckfile {_work["b"]} -o {_work["x.ckf"]} -q").Ends(0);
        _work.Shell(gone + $"ckfile info {_work["a.ckf"]} -q").Ends(0);
        _work.Shell(gone + $"dtfile apply - {_work["a"]} -q < {_work["undo.dtf"]}").Ends(0);
        _work.Holds("a", _a);
        string apply = $"dtfile apply {_work["p.dtf"]} {_work["a"]} --undo u";
        foreach (string line in (string[])[$"ckfile {_work["b"]}", $"ckfile {_work["b"]} -o x", "ckfile a", "dtfile apply p.dtf a", apply])
        {
            Assert.InRange(_work.Shell(gone + line).Exit, 2, 5);
        }

        _work.Holds("a", _a);
    }

    [LinuxFact]
    public void Directories_that_variables_name()
    {
        _work.Shell(
            $"mkdir {Name}t' && cat a.ckf | TMPDIR=$PWD/{Name}t' dtreq --remote - --master b.ckf -o - -q > x.dtr && cmp "
                + "x.dtr p.dtr").Ends(0);
        Assert.InRange(
            _work.Shell($"cat a.ckf | TMPDIR=$PWD/{Name}none' dtreq --remote - --master b.ckf -o - -q").Says(@"caf\351none").Exit, 2, 5);
        OnlySuchNames();
    }

    // The runtime's own listing shows U+FFFD for the byte: a file that really has it in its name is one that we have made wrongly.
    private void OnlySuchNames() =>
        Assert.Equal(string.Empty, _work.Shell(@"find . -name $'*\xef\xbf\xbd*'").Text);
}

using System.Net.Sockets;

namespace BinarySync.Tools.Tests;

/// <summary>Sources, targets and outputs that cannot be: each with its exit code, one clear line, and nothing touched.</summary>
public sealed class BadPathTests : IDisposable
{
    private readonly Workspace _work = new();
    private readonly byte[] _a = Content.Make(600_000);

    public BadPathTests()
    {
        _work.Prepare(_a, Content.Later(_a, 700_000, 4096));
        Directory.CreateDirectory(_work["directory"]);
    }

    public void Dispose() => _work.Dispose();

    [LinuxTheory]
    [InlineData("ckfile {0} -o x.ckf")]
    [InlineData("ckfile check {0} a.ckf")]
    [InlineData("dtfile {0} -r p.dtr -o x.dtf")]
    [InlineData("dtfile apply p.dtf {0}")]
    [InlineData("dtfile apply p.dtf {0} --dry-run")]
    public void What_is_neither_file_nor_block_device(string line)
    {
        Command.Demand("mkfifo", _work["a.fifo"]);
        File.CreateSymbolicLink(_work["dangling"], "nothing");
        Untouched before = _work.Remember();
        _work.Line(string.Format(line, "missing")).Fails(2, "missing: No such file or directory");
        _work.Line(string.Format(line, "dangling")).Fails(2, "dangling: No such file or directory");
        _work.Line(string.Format(line, "a/below")).Fails(2, "a/below: ");
        _work.Line(string.Format(line, "directory")).Fails(2, "directory: is a directory");
        _work.Line(string.Format(line, "/dev/null")).Fails(2, "/dev/null: is a character device");
        _work.Line(string.Format(line, "/dev/zero")).Fails(2, "/dev/zero: is a character device");
        _work.Line(string.Format(line, "a.fifo")).Fails(2, "a.fifo: is a");
        before.Check();
    }

    [Theory]
    [InlineData("notes.txt")]
    [InlineData("b")]
    [InlineData("a.ckf")]
    [InlineData("p.dtr")]
    [InlineData("p.dtf")]
    public void An_existing_file_that_is_no_undo_file_stays_and_another_name_is_wanted(string file)
    {
        _work.Write("notes.txt", "not to be lost"u8);
        _work.Write("copy.dtf", _work.Read("p.dtf"));
        Untouched before = _work.Remember();
        foreach (string option in new[] { "", " -n", " --json" })
        {
            _work.Line($"dtfile apply copy.dtf a --undo {file}{option}").Fails(
                2, $"{file}: exists already, and is not the undo file of copy.dtf", "name another file with --undo");
            _work.Line($"dtfile apply copy.dtf a --repair {file}{option}").Fails(
                2, $"{file}: exists already", "name another file with --repair");
        }

        before.Check();
    }

    [Fact]
    public void A_damaged_undo_file_is_called_damaged()
    {
        _work.Write("u.dtf", _work.Read("p.dtf").AsSpan()[..^40]);
        Untouched before = _work.Remember();
        _work.Line("dtfile apply p.dtf a --undo u.dtf").Fails(3, "u.dtf: ends too early", "name another file with --undo");
        before.Check();
    }

    [Theory]
    [InlineData("dtfile apply p.dtf p.dtf", "p.dtf is given as a data file and as the target", "the target comes last")]
    [InlineData("dtfile apply a a", "a is given as a data file and as the target", "the target comes last")]
    [InlineData("dtfile apply p.dtf a --undo a", "a is the target; --undo needs another file", null)]
    [InlineData("dtfile apply p.dtf a --undo ./a -n", "./a is the target; --undo needs another file", null)]
    [InlineData("dtfile apply p.dtf a --repair a", "a is the target; --repair needs another file", null)]
    [InlineData("dtfile apply p.dtf a --request a", "a is the target; --request needs another file", null)]
    [InlineData("dtfile apply p.dtf a --update-ckf a -o n.ckf", "a is the target; --update-ckf needs another file", null)]
    [InlineData("dtfile apply p.dtf a --update-ckf a.ckf -o a -f", "a is the target; -o needs another file", null)]
    public void A_target_that_is_given_twice(string line, string error, string? hint)
    {
        Untouched before = _work.Remember();
        _work.Line(line).Fails(2, error, hint);
        before.Check();
    }

    [Theory]
    [InlineData("ckfile {0} -o x.ckf", "source")]
    [InlineData("ckfile check {0} a.ckf", "source")]
    [InlineData("dtfile {0} -r p.dtr -o x.dtf", "source")]
    [InlineData("dtfile apply p.dtf {0}", "target")]
    [InlineData("dtfile apply p.dtf {0} --dry-run --journal directory", "target")]
    public void A_name_of_a_kind_that_is_not_known_is_no_missing_file(string line, string role)
    {
        Directory.CreateDirectory(_work["nbd:/host"]);
        _work.Write("nbd:/host/disk", _a);
        Untouched before = _work.Remember();
        ToolResult refused = _work.Line(string.Format(line, "nbd://host/disk"));
        refused.Fails(
            2, $"nbd://host/disk: nbd:// names no {role} here; known are paths", "if a file has that name, write ./nbd://host/disk");
        _work.Line(string.Format(line, "nothing+like.it://x")).Fails(2, $"nothing+like.it:// names no {role} here");
        _work.Line(string.Format(line, "no_scheme://x")).Fails(2, "no_scheme://x: No such file or directory");
        before.Check();
        Assert.NotEqual(2, _work.Line(string.Format(line, "./nbd://host/disk")).Exit);
    }

    [LinuxTheory]
    [InlineData("ckfile info {0}")]
    [InlineData("ckfile a -r {0} -o x.ckf")]
    [InlineData("ckfile check a {0}")]
    [InlineData("dtreq --remote {0} --master b.ckf -o x.dtr")]
    [InlineData("dtfile b -r {0} -o x.dtf")]
    [InlineData("dtfile apply {0} a")]
    public void A_message_that_is_a_character_device(string line)
    {
        Untouched before = _work.Remember();
        _work.Line(string.Format(line, "/dev/zero")).Fails(2, "/dev/zero: is a character device");
        _work.Line(string.Format(line, "/dev/null")).Fails(2, "/dev/null: is a character device");
        _work.Shell(string.Format(line, "-") + " < /dev/zero").Fails(2, "standard input: is a character device");
        before.Check();
    }

    [LinuxTheory]
    [InlineData("ckreq -o {0}")]
    [InlineData("ckfile a -o {0}")]
    [InlineData("dtreq --remote a.ckf --master b.ckf -o {0}")]
    [InlineData("dtfile b -r p.dtr -o {0}")]
    public void Outputs_that_cannot_be(string line)
    {
        _work.Write("there", "content"u8);
        Untouched before = _work.Remember();
        _work.Line(string.Format(line, "there")).Fails(2, "there: ", "-f replaces an existing output");
        _work.Line(string.Format(line, "nowhere/x")).Fails(2, "nowhere");
        _work.Line(string.Format(line, "directory") + " -f").Fails(2, "directory: ");
        _work.Line(string.Format(line, "/dev/null") + " -f").Fails(2, "/dev/null: ");
        _work.Line(string.Format(line, "there/x")).Fails(2, "there");
        before.Check();
        _work.Line(string.Format(line, "there") + " -f").Succeeds();
    }

    [LinuxTheory]
    [InlineData("ckfile a -o a -f", "a")]
    [InlineData("ckfile a -o link -f", "link")]
    [InlineData("ckfile a -r r.ckr -o r.ckr -f", "r.ckr")]
    [InlineData("dtreq --remote a.ckf --master b.ckf -o a.ckf -f", "a.ckf")]
    [InlineData("dtreq --remote a.ckf --master b.ckf -o ./b.ckf -f", "./b.ckf")]
    [InlineData("dtfile b -r p.dtr -o b -f", "b")]
    [InlineData("dtfile b -r p.dtr -o p.dtr -f", "p.dtr")]
    public void An_input_is_not_replaced_by_its_own_result(string line, string output)
    {
        _work.Line("ckreq -o r.ckr").Succeeds();
        Command.Demand("ln", _work["a"], _work["link"]);
        Untouched before = _work.Remember();
        _work.Line(line).Fails(2, $"{output} is an input of this command; it would be replaced");
        before.Check();
    }

    /// <summary>As above, but the files are others'.</summary>
    [RootFact("setpriv")]
    public void Who_may_read_and_write_it()
    {
        const string Powerless = "setpriv --bounding-set=-all --inh-caps=-all --clear-groups ";
        Command.Demand("mknod", _work["disk"], "b", "7", "250");
        Command.Demand("chown", "65534:6", _work["disk"]);
        Command.Demand("chmod", "0660", _work["disk"]);
        _work.Line(Powerless + "ckfile disk -o x.ckf").Fails(
            5,
            "disk: cannot open: Permission denied",
            "disk belongs to nobody:disk, mode 0660: root, nobody or a member of the group disk may open it");
        Command.Demand("chmod", "0640", _work["disk"]);
        _work.Line(Powerless + "dtfile apply p.dtf disk").Fails(
            5, "disk: ", "disk belongs to nobody:disk, mode 0640: root or nobody may open it");
        Command.Demand("chown", "0:12345", _work["disk"]);
        Command.Demand("chmod", "0060", _work["disk"]);
        _work.Line(Powerless + "ckfile disk -o x.ckf").Fails(
            5, "disk: ", "disk belongs to root:12345, mode 0060: root or a member of the group 12345 may open it");
        Directory.CreateDirectory(_work["closed/inner"]);
        _work.Write("closed/inner/b", _a);
        Command.Demand("chown", "65534:6", _work["closed"]);
        Command.Demand("chmod", "0700", _work["closed"]);
        _work.Line(Powerless + "ckfile closed/inner/b -o x.ckf").Fails(
            5, "closed/inner/b: ", "/closed belongs to nobody:disk, mode 0700: root or nobody may enter it");
    }

    /// <summary>Root without its capabilities is a user like any other who owns the files.</summary>
    [RootFact("setpriv")]
    public void What_may_not_be_read_or_written()
    {
        const string Powerless = "setpriv --bounding-set=-all --inh-caps=-all ";
        _work.Write("secret", _a);
        File.Copy(_work["secret"], _work["a2"]);
        Command.Demand("chmod", "000", _work["secret"]);
        Command.Demand("chmod", "444", _work["a2"]);
        Command.Demand("chmod", "555", _work["directory"]);
        _work.Line(Powerless + "ckfile secret -o x.ckf").Fails(5, "secret: ").Says("Permission denied");
        _work.Line(Powerless + "dtfile secret -r p.dtr -o x.dtf").Fails(5, "secret: ").Says("Permission denied");
        _work.Line(Powerless + "dtfile apply p.dtf a2").Fails(5, "a2: ").Says("Permission denied");
        _work.Line(Powerless + "dtfile apply p.dtf a2 --dry-run").Succeeds();
        _work.Line(Powerless + "ckfile a -o directory/x.ckf").Fails(5, "directory").Says("Permission denied");
        _work.Line(Powerless + "ckfile info secret").Fails(5, "secret: ").Says("Permission denied");
        Assert.Equal(_a, _work.Read("a2"));
        Assert.DoesNotContain(_work.Names, name => name.StartsWith('x'));
        Assert.Empty(Directory.GetFileSystemEntries(_work["directory"]));
    }

    [RootFact("mount")]
    public void A_read_only_file_system()
    {
        using Mount mount = Mount.Memory(_work["ro"], "4m");
        File.Copy(_work["a"], _work["ro/a"]);
        Command.Demand("mount", "-o", "remount,ro", mount.Point);
        Untouched before = _work.Remember();
        _work.Line("dtfile apply p.dtf ro/a").Fails(5, "ro/a: ").Says("Read-only file system");
        _work.Line("ckfile a -o ro/x.ckf").Fails(5, "ro").Says("Read-only file system");
        before.Check();
    }

    [RootTheory]
    [InlineData("ckfile a -b 512 -o small/x")]
    [InlineData("dtreq --remote a.ckf --master b.ckf -o small/x")]
    [InlineData("dtfile b -r p.dtr -o small/x")]
    [InlineData("dtfile b -r p.dtr -o small/there -f")]
    public void No_space_for_the_output(string line)
    {
        using Mount mount = Mount.Memory(_work["small"], "8k");
        File.WriteAllText(_work["small/there"], "content");
        File.WriteAllBytes(_work["small/full"], new byte[4096]);
        Untouched before = _work.Remember();
        _work.Line(line).Fails(5, "small", "make room on that file system, or write to another one").Says("No space left on device");
        before.Check();
    }

    [RootFact("mount")]
    public void No_space_to_grow_is_found_before_anything_is_written()
    {
        byte[] b = Bytes.Pattern(3 << 20);
        _work.Prepare(_a, b);
        using Mount mount = Mount.Memory(_work["small"], "2m");
        File.Copy(_work["a"], _work["small/a"]);
        _work.Line("dtfile apply p.dtf small/a").Fails(5, "; no byte of the target was changed", "make room");
        Assert.Equal(_a, _work.Read("small/a"));
    }

    [LinuxFact]
    public void A_file_size_limit_is_an_error_and_no_signal()
    {
        Untouched before = _work.Remember();
        // The runtime itself makes files where it keeps code writable and executable apart; the limit would hit those first.
        _work.Shell("ulimit -f 16; DOTNET_EnableWriteXorExecute=0 exec dtfile b -r p.dtr -o x.dtf").Fails(5, "File too large");
        before.Check();
    }

    [Theory]
    [InlineData("ckreq", "option '--output' is required")]
    [InlineData("ckfile a -b 1000 -o x", "block size 1000 is not a power of two from 512 to 64M; the nearest is 1K")]
    [InlineData("ckfile a -b 128M -o x", "block size 134217728 is not a power of two from 512 to 64M; the nearest is 64M")]
    [InlineData("ckfile a -b -o x", "")]
    [InlineData("ckfile a -b 4KX -o x", "'4KX' is not a size; write 4096, 4K or 1M")]
    [InlineData("ckfile a -a md5 -o x", "'md5' is not a hash; choose one of xxh128, xxh3, blake3, sha256")]
    [InlineData("ckfile a --range 5-3 -o x", "the range '5-3' ends before it begins")]
    [InlineData("ckfile a --bytes 5 -o x", "'5' is not a range of bytes; write OFFSET+LENGTH")]
    [InlineData("ckfile a --bytes 5+0 -o x", "the range '5+0' has no bytes")]
    [InlineData("ckfile a -t 0 -o x", "'0' is not a number from 1 to 256")]
    [InlineData("ckfile a -t many -o x", "'many' is not a number from 1 to 256")]
    [InlineData("ckfile a --holes maybe -o x", "'maybe' is not one of trust, read")]
    [InlineData("ckfile a --progress fancy -o x", "'fancy' is not a kind of progress; choose one of auto, bar, plain, json, none")]
    [InlineData("ckfile a b -o x", "'b' is one argument too many")]
    [InlineData("ckfile a --frobnicate -o x", "there is no option '--frobnicate'")]
    [InlineData("ckfile a -fo x", "there is no option '-fo'")]
    [InlineData("ckfile a -o x -o y", "")]
    [InlineData("dtfile b -r p.dtr -c zip -o x", "'zip' is not a compression; choose one of none, lz4, lz4:1 to lz4:12")]
    [InlineData("dtfile b -r p.dtr -c lz4:13 -o x", "'lz4:13' is not a compression")]
    [InlineData("dtfile b -o x", "no request is given")]
    [InlineData("dtfile b -r p.dtr --remote a.ckf -o x", "-r and --remote cannot be used together")]
    [InlineData("dtfile b -r p.dtr --holes read -o x", "--holes needs --remote")]
    [InlineData("dtfile apply p.dtf a --verify some", "'some' is not one of none, written, full")]
    [InlineData("dtreq --remote a.ckf -o x", "option '--master' is required")]
    public void Wrong_command_lines(string line, string words)
    {
        Untouched before = _work.Remember();
        ToolResult result = _work.Line(line).Ends(2).Says($"error: {words}").Says("hint: see '");
        Assert.Empty(result.Text);
        Assert.All(result.Errors.TrimEnd('\n').Split('\n'), text => Assert.Matches("^[a-z]+: (error|hint): [^A-Z].*[^.]$", text));
        before.Check();
    }

    [Fact]
    public void Outputs_without_a_name_get_one_in_the_current_directory()
    {
        Directory.CreateDirectory(_work["here"]);
        foreach ((string line, string made) in new[]
        {
            ("ckfile ../a", "a.ckf"),
            ("dtreq --remote ../a.ckf --master ../b.ckf", "a.dtr"),
            ("dtfile ../b -r ../p.dtr", "p.dtf"),
            ("dtfile ../b --remote ../a.ckf", "a.dtf"),
        })
        {
            Tool.Run(_work["here"], null, line.Split(' ')).Succeeds().Prints($"{made}: ");
            Assert.True(File.Exists(_work[$"here/{made}"]));
        }
    }

    [Fact]
    public void Names_that_look_like_something_else()
    {
        foreach (string name in new[] { "@a", "-a", "info", "with space", "umlaut-ä", "100%" })
        {
            _work.Write(name, _a);
            _work.Run("ckfile", "./" + name, "-o", "./out.ckf", "-f").Succeeds();
            Assert.Equal(_work.Read("a.ckf"), _work.Read("out.ckf"));
            _work.Run("dtfile", "apply", "p.dtf", "./" + name).Succeeds();
            _work.Holds(name, _work.Read("b"));
        }

        _work.Run("ckfile", "@a", "-o", "x.ckf").Succeeds();
        _work.Run("ckfile", "-o", "y.ckf", "--", "-a").Succeeds();
    }

    /// <summary>
    /// Each file of each command, in turn, is nothing, a place that is no file, or a name that cannot be: an error of the user is
    /// never called a defect, and nothing hangs.
    /// </summary>
    [LinuxTheory]
    [InlineData("ckreq -o {0}")]
    [InlineData("ckreq --refine {0} -o x")]
    [InlineData("ckreq info {0}")]
    [InlineData("ckfile {0} -o x")]
    [InlineData("ckfile a -o {0}")]
    [InlineData("ckfile a -r {0} -o x")]
    [InlineData("ckfile info {0}")]
    [InlineData("ckfile check {0} a.ckf")]
    [InlineData("ckfile check a {0}")]
    [InlineData("ckfile check a a.ckf --map {0}")]
    [InlineData("ckfile join {0} b.ckf -o x")]
    [InlineData("ckfile join a.ckf -o {0}")]
    [InlineData("dtreq --remote {0} --master b.ckf -o x")]
    [InlineData("dtreq --remote a.ckf --master {0} -o x")]
    [InlineData("dtreq --remote a.ckf --master b.ckf -o {0}")]
    [InlineData("dtreq info {0}")]
    [InlineData("dtreq merge {0} p.dtr -o x")]
    [InlineData("dtreq merge p.dtr -o {0}")]
    [InlineData("dtfile {0} -r p.dtr -o x")]
    [InlineData("dtfile b -r {0} -o x")]
    [InlineData("dtfile b --remote {0} -o x")]
    [InlineData("dtfile b -r p.dtr -o {0}")]
    [InlineData("dtfile b -r p.dtr --split 16M -o {0}")]
    [InlineData("dtfile info {0}")]
    [InlineData("dtfile apply {0} a")]
    [InlineData("dtfile apply {0} p.dtf a")]
    [InlineData("dtfile apply p.dtf {0}")]
    [InlineData("dtfile apply p.dtf a --dry-run --request {0}")]
    [InlineData("dtfile apply p.dtf a --dry-run --undo {0}")]
    [InlineData("dtfile apply p.dtf a --dry-run --repair {0}")]
    [InlineData("dtfile apply p.dtf a --dry-run --journal {0}")]
    [InlineData("dtfile apply - a --dry-run --spool {0}")]
    [InlineData("dtfile apply p.dtf a --update-ckf {0} -o x")]
    [InlineData("dtfile apply p.dtf a --update-ckf a.ckf -o {0}")]
    public void Names_that_are_none(string line)
    {
        using Socket listening = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listening.Bind(new UnixDomainSocketEndPoint(_work["socket"]));
        string[] words = line.Split(' ');
        string[] names =
            [
                "",
                "-",
                "/",
                ".",
                "..",
                "a/",
                "a/x",
                "directory",
                "directory/",
                "socket",
                "/dev/null",
                "/dev/full",
                "/proc/self/mem",
                "/dev/fd/9",
                new('n', 256),
                string.Join('/', Enumerable.Repeat(new string('d', 200), 30))];
        foreach (string name in names)
        {
            ToolResult result = _work.Run(["timeout", "100", .. words.Select(word => word.Replace("{0}", name, StringComparison.Ordinal))]);
            Assert.True(result.Exit is >= 0 and <= 7, $"{line} '{name}': {result.Exit} {result.Errors}");
            if (name.Length == 0)
            {
                // What may follow --map is taken only where it is something.
                result.Ends(2).Says(line.Contains("--map", StringComparison.Ordinal) ? "one argument too many" : "is empty");
            }
        }

        Assert.DoesNotContain(_work.Names, name => name.StartsWith('.'));
    }

    [RootFact("mount")]
    public void A_file_that_is_longer_than_the_format_knows()
    {
        Directory.CreateDirectory(_work["wide"]);
        Command.Demand("mount", "-t", "tmpfs", "none", _work["wide"]);
        try
        {
            Command.Demand("truncate", "-s", "5E", _work["wide/huge"]);
            _work.Line("ckfile wide/huge -o x.ckf").Fails(
                5, "wide/huge: has 5764607523034234880 bytes; the largest possible size is 4611686018427387904");
            _work.Line("dtfile wide/huge -r p.dtr -o x.dtf").Fails(5, "wide/huge: has 5764607523034234880 bytes");
            _work.Line("dtfile apply p.dtf wide/huge").Fails(5, "wide/huge: has 5764607523034234880 bytes");
            _work.Line("ckfile check wide/huge a.ckf").Fails(5, "wide/huge: has 5764607523034234880 bytes");
        }
        finally
        {
            Command.Demand("umount", _work["wide"]);
        }
    }
}

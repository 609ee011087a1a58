using System.Buffers.Binary;
using System.Diagnostics;

namespace BinarySync.Tools.Tests;

/// <summary>What is unusual with a source, a target or an output, and was passed over in silence: one line each.</summary>
public sealed class SilenceTests : IDisposable
{
    private const int Size = 1 << 20;
    private const string NoStatx = "strace -f -qq -o /dev/null -e signal=none -e inject=statx:error=ENOSYS ";

    private readonly Workspace _work = new();
    private readonly byte[] _a = Content.Make(Size);
    private readonly byte[] _b;

    public SilenceTests()
    {
        _b = Content.Later(_a, Size, 4096);
        _work.Prepare(_a, _b);
    }

    public void Dispose() => _work.Dispose();

    [LinuxFact("strace")]
    public void A_target_with_several_names_changes_under_each()
    {
        const string Warning = "dtfile: warning: a has 3 names (hard links): the file changes under each of them";
        _work.Shell("ln a one && ln a two").Succeeds();
        Warns("dtfile apply p.dtf a --dry-run", Warning);
        Warns(NoStatx + "dtfile apply p.dtf a --dry-run", Warning);
        _work.Line("dtfile apply p.dtf a --dry-run -q").Succeeds();
        ToolResult json = _work.Line("dtfile apply p.dtf a --json").Ends(0).Says(Warning);
        Assert.Equal("a", json.Json.GetProperty("target").GetString());
        _work.Holds("two", _b);

        _work.Shell("rm one two && cp b a").Succeeds();
        _work.Line("dtfile apply p.dtf a").Succeeds();
    }

    [RootFact]
    public void A_regular_file_among_the_devices_is_named()
    {
        string name = $"/dev/binarysync-{Guid.NewGuid():N}";
        string linked = _work[Path.GetFileName(name)];
        string shared = name.Replace("/dev/", "/dev/shm/", StringComparison.Ordinal);
        string Warning(string tool, string path) => $"{tool}: warning: {path} is not a device but a regular file in /dev";
        try
        {
            File.Copy(_work["a"], name);
            File.CreateSymbolicLink(linked, name);
            Warns($"ckfile {name} -o x.ckf", Warning("ckfile", name));
            Warns($"ckfile {name} -o x.ckf -f --live", Warning("ckfile", name));
            Warns($"ckfile check {name} a.ckf", Warning("ckfile", name));
            Warns($"dtfile {name} --remote a.ckf -o x.dtf", Warning("dtfile", name));
            _work.Line($"dtfile apply p.dtf {linked} --dry-run").Ends(0).Says(Warning("dtfile", linked));
            Warns($"dtfile apply p.dtf {name} --dry-run", Warning("dtfile", name));
            Warns($"ckfile a -o {name} -f", Warning("ckfile", name));
            File.Delete(name);
            Warns($"ckfile a -o {name}", Warning("ckfile", name));
            _work.Line($"ckfile a -o {name} -f -q").Succeeds();
            File.Delete(name);
            Warns($"dtfile apply p.dtf a --undo {name}", Warning("dtfile", name));
            _work.Write("a", _a);
            File.Delete(name);
            Directory.CreateSymbolicLink(_work["d"], "/dev");
            Warns($"ckfile a -o d/{Path.GetFileName(name)} -f", Warning("ckfile", $"d/{Path.GetFileName(name)}"));
            _work.Line($"ckfile a -o {shared}").Succeeds();
            _work.Line("ckfile a -o /dev/null -f").Fails(2, "/dev/null: is a character device");
        }
        finally
        {
            File.Delete(name);
            File.Delete(shared);
        }
    }

    [RootTheory]
    [InlineData(446 + 8, true)] // where the first partition begins
    [InlineData(512 + 88, true)] // the checksum of a GPT's entries
    [InlineData(4096 + 88, true)]
    [InlineData(510, true)] // no table any more
    [InlineData(100, false)] // code that starts the machine
    [InlineData(70_000, false)]
    public void A_partition_table_that_changed_is_to_be_read_again(int offset, bool isTable)
    {
        byte[] a = Content.Make(Size);
        a.AsSpan(446, 64).Clear();
        a[446 + 4] = 0x83;
        BinaryPrimitives.WriteInt32LittleEndian(a.AsSpan(446 + 8), 64);
        BinaryPrimitives.WriteInt32LittleEndian(a.AsSpan(446 + 12), 128);
        BinaryPrimitives.WriteUInt16LittleEndian(a.AsSpan(510), 0xAA55);
        "EFI PART"u8.CopyTo(a.AsSpan(512));
        "EFI PART"u8.CopyTo(a.AsSpan(4096));
        byte[] b = [.. a];
        b[offset] ^= 1;
        _work.Prepare(a, b);
        using LoopDevice whole = new(_work["a"], "--partscan");
        string warning =
            $"dtfile: warning: the partition table of {whole.Path} has changed: the kernel uses the old one until blockdev --rereadpt "
                + $"{whole.Path}";
        _work.Line($"dtfile apply p.dtf {whole.Path} --dry-run").Ends(0).SaysNothing();
        _work.Line($"dtfile apply p.dtf {whole.Path} --undo u.dtf -q").Succeeds();
        ToolResult back = _work.Line($"dtfile apply u.dtf {whole.Path}").Ends(0);
        Assert.Equal(isTable ? warning + "\n" : "", back.Errors);
        _work.Line($"dtfile apply p.dtf {whole.Path}").Ends(0);
        _work.Line($"dtfile apply p.dtf {whole.Path}").Succeeds();

        // Of this one the kernel makes no partitions.
        _work.Write("plain", a);
        using LoopDevice plain = new(_work["plain"]);
        _work.Line($"dtfile apply p.dtf {plain.Path}").Succeeds();
    }

    [LinuxTheory("python3")]
    [InlineData("f = open(path, 'r+b')", true)]
    [InlineData("f = open(path, 'ab')", true)]
    [InlineData("f = open(path, 'r+b'); m = mmap.mmap(f.fileno(), 0); f.close()", true)]
    [InlineData("f = open(path, 'rb')", false)]
    [InlineData("f = open(path, 'rb'); m = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)", false)]
    [InlineData("f = open(path, 'r+b'); m = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ); f.close(); m.close()", false)]
    public void A_file_that_another_process_may_be_writing_to_is_named(string opening, bool writes)
    {
        using (Held("a", opening))
        {
            foreach (string command in
                (string[])[
                    "ckfile a -o x.ckf", "dtfile a --remote b.ckf -o x.dtf", "dtfile apply p.dtf a --dry-run", "dtfile apply p.dtf a"])
            {
                string who = command.Contains("apply", StringComparison.Ordinal) ? "another process" : "another process, or a loop device,";
                string warning = $"{command.Split(' ')[0]}: warning: {who} has a open for writing, or mapped";
                if (writes)
                {
                    Warns(command, warning);
                }
                else
                {
                    _work.Line(command).Succeeds();
                }
            }

            _work.Line("ckfile a -o y.ckf -q").Succeeds();
            _work.Line("ckfile a -o z.ckf --live").Succeeds();
        }

        _work.Line("ckfile a -o w.ckf").Succeeds();
        _work.Line("dtfile apply p.dtf a").Succeeds();
    }

    [LinuxFact("python3")]
    public void A_source_that_is_locked_for_writing_is_named()
    {
        using (Held("a", "f = open(path, 'r+b'); fcntl.lockf(f, fcntl.LOCK_EX, 1, 7)"))
        {
            Warns("ckfile a -o x.ckf", "ckfile: warning: another process has locked a for writing, perhaps an apply");
        }

        using (Held("a", "f = open(path, 'rb'); fcntl.lockf(f, fcntl.LOCK_SH, 1, 7)"))
        {
            _work.Line("ckfile a -o y.ckf").Succeeds();
        }
    }

    [LinuxFact("strace")]
    public void A_writer_that_comes_while_the_kernel_is_asked_ends_nothing()
    {
        // Each fcntl of the source takes half a second longer, and others open it for writing all the time.
        const string Slow = "strace -f -qq -o /dev/null -e signal=none -P b -e trace=fcntl -e inject=fcntl:delay_exit=500000 ";
        _work.Shell($"(while [ ! -e done ]; do : >> b; done) & {Slow} ckfile b -o x.ckf; code=$?; touch done; wait; exit $code").Ends(0);
        Assert.Equal(_work.Read("b.ckf"), _work.Read("x.ckf"));
    }

    [RootFact("python3")]
    public void A_device_that_another_process_holds_alone_is_named()
    {
        using LoopDevice device = new(_work["a"]);
        using (Held(device.Path, "f = os.open(path, os.O_RDWR | os.O_EXCL)"))
        {
            string warning = $"warning: another process holds {device.Path} exclusively, perhaps an apply";
            Warns($"ckfile {device.Path} -o x.ckf", "ckfile: " + warning);
            Warns($"dtfile {device.Path} --remote b.ckf -o x.dtf", "dtfile: " + warning);
            _work.Line($"ckfile {device.Path} -o y.ckf -q").Succeeds();
        }

        using (Held(device.Path, "f = os.open(path, os.O_RDONLY)"))
        {
            _work.Line($"ckfile {device.Path} -o z.ckf").Succeeds();
        }
    }

    [RootFact("mkfs.ext4")]
    public void A_device_that_is_mounted_for_reading_only_is_not_called_held()
    {
        _work.Write("disk", new byte[8 << 20]);
        using LoopDevice device = new(_work["disk"]);
        using (Mount.Ext4(device, _work["m"]))
        {
            _work.Line($"ckfile {device.Path} -o x.ckf").Ends(0).Says("is mounted read-write");
        }

        using (Mount.Of(_work["m"], "-o", "ro", device.Path))
        {
            _work.Line($"ckfile {device.Path} -o y.ckf").Succeeds();
        }
    }

    [RootFact("mkfs.ext4", "/usr/bin/chattr")]
    public void What_is_marked_as_not_to_be_changed_is_named_before_anything_is_read()
    {
        _work.Write("disk", new byte[16 << 20]);
        using LoopDevice device = new(_work["disk"]);
        using Mount mount = Mount.Ext4(device, _work["m"]);
        _work.Shell("cp a m/a && cp a.ckf m/a.ckf && mkdir m/d && cp a.ckf m/d/a.ckf").Succeeds();
        foreach ((string letter, string word) in ((string, string)[])[("i", "immutable"), ("a", "append-only")])
        {
            _work.Shell($"chattr +{letter} m/a m/a.ckf").Succeeds();
            string hint = $"if it may be changed, run as root: chattr -{letter} m/a";
            _work.Line("dtfile apply p.dtf m/a").Fails(5, $"m/a: cannot open: it is marked {word}", hint);
            Warns(
                "dtfile apply p.dtf m/a --dry-run",
                $"dtfile: warning: m/a is marked against changes, and cannot be patched like that: {hint}");
            _work.Line("ckfile b -o m/a.ckf -f").Fails(5, $"m/a.ckf: cannot be replaced: it is marked {word}", hint + ".ckf");
            _work.Line("ckfile b -o m/a.ckf").Fails(2, "m/a.ckf: exists already");
            _work.Shell($"chattr -{letter} m/a m/a.ckf && chattr +{letter} m/d").Succeeds();
            _work.Line("ckfile b -o m/d/a.ckf -f").Fails(
                5, $"m/d/a.ckf: cannot be replaced: the directory m/d is marked {word}", hint[..^1] + "d");
            ToolResult added = _work.Line("ckfile a -o m/d/new.ckf");
            if (letter == "a")
            {
                added.Succeeds();
            }
            else
            {
                added.Fails(5, "m/d/new.ckf: cannot be created: the directory m/d is marked immutable", hint[..^1] + "d");
            }

            _work.Shell($"chattr -{letter} m/d").Succeeds();
        }

        _work.Line("dtfile apply p.dtf m/a").Succeeds();
    }

    /// <summary>Exit 0 or 1, and this one line.</summary>
    private void Warns(string command, string warning)
    {
        string errors = _work.Line(command).Errors;
        Assert.StartsWith(warning, errors, StringComparison.Ordinal);
        Assert.Equal(errors.Length - 1, errors.IndexOf('\n', StringComparison.Ordinal));
        Assert.DoesNotContain("error:", errors, StringComparison.Ordinal);
    }

    /// <summary>A process that has opened something; it ends when this is disposed.</summary>
    private Holder Held(string path, string opening) => new(Tool.Start(
        _work.Root, "python3", "-c",
        $"import fcntl, mmap, os, sys; path = sys.argv[1]; {opening}; print('open', flush=True); sys.stdin.read()", path));

    private sealed class Holder : IDisposable
    {
        private readonly Process _process;

        public Holder(Process process)
        {
            _process = process;
            Assert.Equal("open", process.StandardOutput.ReadLine());
        }

        public void Dispose()
        {
            _process.StandardInput.Close();
            _process.WaitForExit();
            _process.Dispose();
        }
    }
}

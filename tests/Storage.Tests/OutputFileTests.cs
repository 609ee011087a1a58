using System.Diagnostics;
using BinarySync.Storage.Messages;

namespace BinarySync.Storage.Tests;

public sealed class OutputFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(262_144)]
    [InlineData(1_000_003)]
    public void An_output_appears_complete_and_only_at_commit(int length)
    {
        using (OutputFile output = OutputFile.Create(_directory["a"], replace: false))
        {
            output.Stream.Write(Bytes.Pattern(length));
            Assert.Equal(length, output.Stream.Position);
            Assert.DoesNotContain("a", _directory.Names);
            output.Commit();
            Assert.Throws<InvalidOperationException>(output.Commit);
        }

        Assert.Equal(["a"], _directory.Names);
        Assert.Equal(Bytes.Pattern(length), File.ReadAllBytes(_directory["a"]));
    }

    [Fact]
    public void Writes_of_all_sizes_keep_their_order()
    {
        byte[] expected = Bytes.Pattern(3_000_000);
        using OutputFile output = OutputFile.Create(_directory["a"], replace: false);
        for (int offset = 0, size = 1; offset < expected.Length; offset += size, size = (size * 3) + 1)
        {
            size = Math.Min(size, expected.Length - offset);
            output.Stream.Write(expected, offset, size);
            if (size == 13)
            {
                output.Stream.Flush();
            }
        }

        output.Commit();
        Assert.Equal(expected, File.ReadAllBytes(_directory["a"]));
    }

    [Fact]
    public void Nothing_is_left_without_a_commit()
    {
        using (OutputFile output = OutputFile.Create(_directory["a"], replace: false))
        {
            output.Stream.Write(Bytes.Pattern(500_000));
        }

        Assert.Empty(_directory.Names);
    }

    [Fact]
    public void What_exists_is_refused_up_front()
    {
        _directory.File("a", 5);

        StorageException error = Expect.Error(StorageError.Exists, () => OutputFile.Create(_directory["a"], replace: false));
        Assert.Equal(_directory["a"], error.Path);
        Expect.Error(StorageError.IsDirectory, () => OutputFile.Create(_directory.Path, replace: true));
        Expect.Error(StorageError.IsDirectory, () => OutputFile.Create(_directory["new/"], replace: true));
        Expect.Error(StorageError.DirectoryMissing, () => OutputFile.Create(_directory["none/a"], replace: false));
        Assert.Equal(["a"], _directory.Names);
    }

    [LinuxFact]
    public void A_file_is_no_directory() =>
        Expect.Error(StorageError.DirectoryMissing, () => OutputFile.Create(Path.Combine(_directory.File("a", 5), "b"), replace: true));

    [Fact]
    public void Replacing_keeps_the_old_file_until_commit()
    {
        _directory.File("a", 5);
        using (OutputFile output = OutputFile.Create(_directory["a"], replace: true))
        {
            output.Stream.WriteByte(99);
            Assert.Equal(Bytes.Pattern(5), File.ReadAllBytes(_directory["a"]));
            output.Commit();
        }

        Assert.Equal([99], File.ReadAllBytes(_directory["a"]));
        Assert.Equal(["a"], _directory.Names);
    }

    [Fact]
    public void A_file_that_appeared_meanwhile_is_kept()
    {
        using (OutputFile output = OutputFile.Create(_directory["a"], replace: false))
        {
            output.Stream.WriteByte(99);
            _directory.File("a", 5);
            Expect.Error(StorageError.Exists, output.Commit);
        }

        Assert.Equal(Bytes.Pattern(5), File.ReadAllBytes(_directory["a"]));
        Assert.Equal(["a"], _directory.Names);
    }

    [Fact]
    public void Two_outputs_of_one_name_do_not_disturb_each_other()
    {
        using OutputFile first = OutputFile.Create(_directory["a"], replace: true);
        using OutputFile second = OutputFile.Create(_directory["a"], replace: true);
        first.Stream.WriteByte(1);
        second.Stream.WriteByte(2);
        second.Commit();
        first.Commit();
        Assert.Equal([1], File.ReadAllBytes(_directory["a"]));
    }

    [LinuxTheory]
    [InlineData("file", false)]
    [InlineData("file", true)]
    [InlineData("none", false)]
    [InlineData("none", true)]
    [InlineData("loop", true)]
    [InlineData("/dev/null", true)]
    [InlineData("directory", true)]
    public void An_output_follows_no_link(string target, bool replace)
    {
        _directory.File("file", 5);
        Directory.CreateDirectory(_directory["directory"]);
        File.CreateSymbolicLink(_directory["loop"], target);

        StorageException error = Expect.Error(StorageError.IsLink, () => OutputFile.Create(_directory["loop"], replace));
        Assert.Contains($"symbolic link to {target},", error.Message, StringComparison.Ordinal);
        Expect.Error(StorageError.IsLink, () => OutputFile.DemandName(_directory["loop"], replace));
        Assert.Equal(["directory", "file", "loop"], _directory.Names);
        Assert.Equal(Bytes.Pattern(5), File.ReadAllBytes(_directory["file"]));
    }

    [LinuxFact]
    public void A_link_that_appears_meanwhile_is_replaced_itself_or_in_the_way()
    {
        _directory.File("file", 5);
        using (OutputFile first = OutputFile.Create(_directory["a"], replace: true))
        {
            File.CreateSymbolicLink(_directory["a"], "file");
            first.Stream.WriteByte(1);
            first.Commit();
        }

        Assert.Null(new FileInfo(_directory["a"]).LinkTarget);
        using OutputFile second = OutputFile.Create(_directory["b"], replace: false);
        File.CreateSymbolicLink(_directory["b"], "file");
        Expect.Error(StorageError.Exists, second.Commit);
        Assert.Equal(Bytes.Pattern(5), File.ReadAllBytes(_directory["file"]));
    }

    [LinuxFact]
    public void A_link_on_the_way_to_the_directory_is_followed()
    {
        Directory.CreateDirectory(_directory["there"]);
        File.CreateSymbolicLink(_directory["way"], "there");
        using (OutputFile output = OutputFile.Create(_directory["way/a"], replace: false))
        {
            output.Commit();
        }

        Assert.True(File.Exists(_directory["there/a"]));
    }

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Devices_and_pipes_are_never_replaced(bool replace)
    {
        Command.Demand("mkfifo", _directory["pipe"]);

        Expect.Error(StorageError.Exists, () => OutputFile.Create(_directory["pipe"], replace));
        Expect.Error(StorageError.Exists, () => OutputFile.Create("/dev/null", replace));
    }

    [LinuxFact]
    public void The_longest_name_can_be_had()
    {
        string name = new('n', 255);
        using (OutputFile output = OutputFile.Create(_directory[name], replace: false))
        {
            output.Commit();
        }

        Assert.Equal([name], _directory.Names);
        Expect.Error(StorageError.OpenFailed, () =>
        {
            using OutputFile output = OutputFile.Create(_directory[name + "n"], replace: false);
            output.Commit();
        });
    }

    [LinuxFact]
    public void Permissions_follow_the_umask()
    {
        string[] said = Probe.Shell($"umask 027; {Probe.CommandLine} output '{_directory["a"]}'; stat -c %a '{_directory["a"]}' >&2");
        Assert.Equal(["done", "640"], said);
    }

    [RootFact]
    public void A_full_disk_is_reported_once_and_again_and_leaves_nothing()
    {
        using Mount mount = Mount.Memory(_directory["small"], "1m");
        string path = Path.Combine(mount.Point, "a");
        using (OutputFile output = OutputFile.Create(path, replace: false))
        {
            StorageException error = Expect.Error(StorageError.NoSpace, () => output.Stream.Write(new byte[2 << 20]));
            Assert.Equal(path, error.Path);
            Assert.Contains("No space left on device", error.Message, StringComparison.Ordinal);
            Expect.Error(StorageError.NoSpace, () => output.Stream.WriteByte(1));
            Expect.Error(StorageError.NoSpace, output.Commit);
        }

        Assert.Empty(Directory.GetFileSystemEntries(mount.Point));
    }

    [RootFact]
    public void A_disk_that_is_full_only_at_commit_is_reported_then()
    {
        using LoopDevice device = new(_directory.Sparse("image", 2 << 20));
        using Mount mount = Mount.Ext4(device, _directory["small"]);
        using (OutputFile output = OutputFile.Create(Path.Combine(mount.Point, "a"), replace: false))
        {
            output.Stream.Write(new byte[200_000]);
            File.WriteAllBytes(Path.Combine(mount.Point, "b"), []);
            Command.Run("dd", "if=/dev/zero", $"of={mount.Point}/b", "bs=4k");
            Expect.Error(StorageError.NoSpace, output.Commit);
        }

        Assert.DoesNotContain(Directory.GetFiles(mount.Point), file => !file.EndsWith("/b", StringComparison.Ordinal));
    }

    [LinuxFact]
    public void A_process_that_is_killed_leaves_nothing()
    {
        using Process process = Linger(Probe.CommandLine);
        Assert.Empty(_directory.Names);
        process.Kill();
        process.WaitForExit();
        Assert.Equal(128 + 9, process.ExitCode);
        Assert.Empty(_directory.Names);
    }

    [LinuxFact("strace")]
    public void Where_no_file_is_without_a_name_it_is_hidden_until_the_process_ends()
    {
        using Process process = Linger(
            $"strace -f -o /dev/null -P '{_directory.Path}' -e inject=openat:error=EOPNOTSUPP:when=1 {Probe.CommandLine}");
        string name = Assert.Single(_directory.Names);
        Assert.Matches("^[.]a[.]partial-[0-9]+$", name);
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.Empty(_directory.Names);
    }

    [RootFact("unshare")]
    public void Where_there_is_no_proc_an_output_appears_all_the_same()
    {
        Assert.Equal(["done", "done"], Probe.Shell($"unshare --mount {Probe.CommandLine} output '{_directory["a"]}' without-proc"));
        Assert.Equal("content", File.ReadAllText(_directory["a"]));
        Assert.Equal(["a"], _directory.Names);
    }

    [LinuxTheory("strace")]
    [InlineData(false, "linkat write fsync linkat fsync fsync")]
    [InlineData(true, "linkat write fsync linkat linkat fsync rename fsync fsync")]
    public void An_output_is_durable_before_and_after_it_has_its_name(bool over, string calls)
    {
        if (over)
        {
            _directory.File("a", 10);
        }

        using TemporaryDirectory trace = new();
        string line =
            $"strace -f -y -o '{trace["trace"]}' -e trace=write,fsync,linkat,rename,renameat2 {Probe.CommandLine} output "
                + $"'{_directory["a"]}'";
        Assert.Equal(["done"], Probe.Shell(over ? line + " over" : line));
        Assert.Equal(calls, string.Join(' ', CallTrace.NamesOfCalls(trace["trace"], _directory.Path)));
        Assert.Equal("content", File.ReadAllText(_directory["a"]));
        Assert.Equal(["a"], _directory.Names);
    }

    [Fact]
    public void A_commit_that_failed_is_not_tried_again()
    {
        using OutputFile output = OutputFile.Create(_directory["a"], replace: false);
        _directory.File("a", 5);
        Expect.Error(StorageError.Exists, output.Commit);
        Assert.Throws<InvalidOperationException>(output.Commit);
    }

    /// <summary>A process in the middle of an output.</summary>
    private Process Linger(string commandLine)
    {
        Process process = Command.Start("sh", "-c", $"exec {commandLine} linger '{_directory["a"]}'");
        Assert.Equal("written", process.StandardOutput.ReadLine());
        return process;
    }
}

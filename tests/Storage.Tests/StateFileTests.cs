using System.Text;
using BinarySync.Storage.State;

namespace BinarySync.Storage.Tests;

public sealed class StateFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TemporaryDirectory _trace = new();

    public void Dispose()
    {
        _directory.Dispose();
        _trace.Dispose();
    }

    [Fact]
    public void A_state_file_is_replaced_overwritten_and_removed()
    {
        using StateFile state = new(_directory["a"]);
        Assert.Equal(_directory["a"], state.Name);
        Assert.Null(state.Read());

        state.Replace("first"u8);
        Assert.Equal("first", TextOf(state));
        state.Replace("the second"u8);
        state.Overwrite("THE"u8, 0);
        state.Overwrite("D"u8, 9);
        state.Overwrite([], 10);
        Assert.Equal("THE seconD", TextOf(state));
        Assert.Equal("THE seconD", File.ReadAllText(_directory["a"]));
        Assert.Equal(["a"], _directory.Names);

        state.Remove();
        Assert.Null(state.Read());
        Assert.Empty(_directory.Names);
        state.Remove();
        state.Replace(""u8);
        Assert.Equal("", TextOf(state));
    }

    [Fact]
    public void Another_object_reads_what_one_has_written()
    {
        using StateFile one = new(_directory["a"]);
        using StateFile other = new(_directory["a"]);
        one.Replace("first"u8);

        Assert.Equal("first", TextOf(other));
        one.Overwrite("F"u8, 0);
        Assert.Equal("First", TextOf(other));
        Assert.Throws<InvalidOperationException>(() => other.Overwrite("f"u8, 0));
    }

    [Fact]
    public void Nothing_is_overwritten_outside_what_was_put_there()
    {
        using StateFile state = new(_directory["a"]);
        Assert.Throws<InvalidOperationException>(() => state.Overwrite("f"u8, 0));
        state.Replace("first"u8);

        Assert.Throws<ArgumentOutOfRangeException>(() => state.Overwrite("st!"u8, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => state.Overwrite("f"u8, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => state.Replace(new byte[StateFile.LargestContent + 1]));
        Assert.Equal("first", TextOf(state));
        state.Remove();
        Assert.Throws<InvalidOperationException>(() => state.Overwrite("f"u8, 0));
    }

    [Fact]
    public void What_is_too_large_is_none_of_ours()
    {
        using StateFile state = new(_directory.File("a", StateFile.LargestContent));
        Assert.Equal(Bytes.Pattern(StateFile.LargestContent), state.Read());
        _directory.File("a", StateFile.LargestContent + 1);
        Expect.Error(StorageError.OpenFailed, () => _ = state.Read());
    }

    [LinuxFact]
    public void Nothing_but_a_regular_file_is_read_or_replaced()
    {
        _directory.File("there", 5);
        File.CreateSymbolicLink(_directory["link"], "there");
        File.CreateSymbolicLink(_directory["dangling"], "none");
        Command.Demand("mkfifo", _directory["pipe"]);
        Directory.CreateDirectory(_directory["directory"]);
        string[] before = [.. _directory.Names];

        foreach (string name in new[] { "link", "dangling", "pipe", "directory" })
        {
            using StateFile state = new(_directory[name]);
            Expect.Error(StorageError.OpenFailed, () => _ = state.Read());
            Expect.Error(StorageError.OpenFailed, () => state.Replace("new"u8));
        }

        Assert.Equal(before, _directory.Names);
        Assert.Equal(Bytes.Pattern(5), File.ReadAllBytes(_directory["there"]));
    }

    [LinuxFact("strace")]
    public void A_link_that_appears_between_looking_and_opening_is_not_followed()
    {
        Probe.Shell(Traced($"-P '{_directory["a"]}' -P '{_directory["a.new"]}' -e trace=openat"));
        string[] opened = File.ReadAllLines(_trace["trace"]).Where(line => line.Contains("open", StringComparison.Ordinal)).ToArray();
        Assert.Equal(3, opened.Length);
        Assert.All(opened, line => Assert.Contains("O_NOFOLLOW", line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_missing_directory_is_an_error_only_when_there_is_something_to_write()
    {
        using StateFile state = new(_directory["none/a"]);
        Assert.Null(state.Read());
        state.Remove();
        Expect.Error(StorageError.DirectoryMissing, () => state.Replace("first"u8));
    }

    [LinuxFact]
    public void What_a_killed_run_left_half_written_is_in_nobodys_way()
    {
        File.CreateSymbolicLink(_directory["a.new"], "victim");
        _directory.File("victim", 5);
        using StateFile state = new(_directory["a"]);
        state.Replace("first"u8);

        Assert.Equal(["a", "victim"], _directory.Names);
        Assert.Equal(Bytes.Pattern(5), File.ReadAllBytes(_directory["victim"]));
        _directory.File("a.new", 5);
        state.Remove();
        Assert.Equal(["victim"], _directory.Names);
    }

    [LinuxFact]
    public void The_longest_name_can_be_had_and_only_the_owner_may_look()
    {
        string name = new('n', 255);
        using StateFile state = new(_directory[name]);
        state.Replace("first"u8);

        Assert.Equal([name], _directory.Names);
        Assert.Equal("600", Command.Demand("stat", "-c", "%a", _directory[name]));
    }

    [RootFact]
    public void A_full_disk_leaves_the_old_content_and_nothing_else()
    {
        using Mount mount = Mount.Memory(_directory["small"], "64k");
        using StateFile state = new(Path.Combine(mount.Point, "a"));
        state.Replace(Bytes.Pattern(5000));
        Command.Run("dd", "if=/dev/zero", $"of={mount.Point}/b", "bs=4k");

        Expect.Error(StorageError.NoSpace, () => state.Replace(Bytes.Pattern(50_000)));
        Assert.Equal(Bytes.Pattern(5000), state.Read());
        state.Overwrite([77], 4999);
        Assert.Equal(77, state.Read()![4999]);
        Assert.Equal(["a", "b"], Directory.GetFiles(mount.Point).Select(Path.GetFileName).Order());
    }

    [LinuxFact("strace")]
    public void Each_change_is_durable_before_the_next_step()
    {
        Assert.Equal(["done", "done", "done", "done", "done", "done"], Probe.Shell(Traced("-e trace=pwrite64,fsync,rename,unlink")));
        string path = _directory["a"];
        string[] replaced = [
            $"unlink {path}.new",
            $"pwrite64 {path}.new",
            $"fsync {path}.new",
            $"rename {path}.new",
            $"fsync {path}",
            $"fsync {_directory.Path}"];
        string[] overwritten = [$"pwrite64 {path}", $"fsync {path}"];
        Assert.Equal(
            [.. replaced, .. replaced, .. overwritten, .. overwritten, $"unlink {path}.new", $"unlink {path}", $"fsync {_directory.Path}"],
            CallTrace.Calls(_trace["trace"], _directory.Path));
    }

    [LinuxTheory("strace")]
    [InlineData("fsync:error=EIO:when=1", "FlushFailed done done done done done")] // the new file: nothing has changed
    [InlineData("fsync:error=EIO:when=2", "FlushFailed done done done done done")] // it again, under its name
    [InlineData("fsync:error=EIO:when=3", "FlushFailed done done done done done")] // its directory
    [InlineData("fsync:error=EIO:when=4", "done FlushFailed done done done done")] // the old content can still be overwritten
    [InlineData("fsync:error=EIO:when=5", "done FlushFailed InvalidOperationException InvalidOperationException done done")] // either may be there
    [InlineData("fsync:error=EIO:when=6", "done FlushFailed InvalidOperationException InvalidOperationException done done")] // either may be there
    [InlineData("fsync:error=EIO:when=7", "done done FlushFailed FlushFailed done done")] // and is never trusted again
    [InlineData("fsync:error=EIO:when=9", "done done done done done FlushFailed")]
    [InlineData("fsync:error=EROFS:when=3", "FlushFailed done done done done done")] // as ext4 says after an error
    [InlineData("fsync:error=EINVAL:when=3", "done done done done done done")] // a file system that flushes no directories
    [InlineData("fsync:error=EINTR:when=2", "done done done done done done")]
    [InlineData("rename:error=EIO:when=1", "WriteFailed done done done done done")]
    [InlineData("rename:error=ENOSPC:when=2", "done NoSpace done done done done")]
    [InlineData("pwrite64:error=EIO:when=1", "WriteFailed done done done done done")]
    [InlineData("pwrite64:error=ENOSPC:when=2", "done NoSpace done done done done")]
    [InlineData("pwrite64:error=EIO:when=3", "done done WriteFailed done done done")]
    [InlineData("pwrite64:error=EIO:when=4", "done done done WriteFailed done done")]
    [InlineData("pread64:error=EIO:when=1", "done done done done ReadFailed done")]
    [InlineData("unlink:error=EIO:when=1", "done done done done done WriteFailed")]
    [InlineData("openat:error=EIO:when=1", "done done done done OpenFailed done")]
    public void Every_error_is_told(string fault, string said)
    {
        // The runtime reads and removes files of its own; its other calls do not touch these.
        string only = fault.Contains("unlink", StringComparison.Ordinal)
            || fault.Contains("read", StringComparison.Ordinal)
            || fault.Contains("openat", StringComparison.Ordinal)
            ? $"-P '{_directory["a"]}' "
            : "";
        Assert.Equal(said, string.Join(' ', Probe.Shell(Traced($"{only}-e inject={fault}"))));
        Assert.DoesNotContain("a.new", _directory.Names);
    }

    [LinuxTheory("strace")]
    [InlineData("pwrite64:error=EIO", "WriteFailed", "old")]
    [InlineData("fsync:error=EIO:when=1", "FlushFailed", "old")]
    [InlineData("rename:error=EIO", "WriteFailed", "old")]
    [InlineData("fsync:error=EIO:when=2", "FlushFailed", "new")]
    [InlineData("fsync:error=EIO:when=3", "FlushFailed", "new")]
    public void Until_the_rename_there_is_the_old_content(string fault, string said, string content)
    {
        File.WriteAllText(_directory["a"], "old");
        Assert.Equal([said], Probe.Shell($"strace -f -o /dev/null -e inject={fault} {Probe.CommandLine} replace '{_directory["a"]}'"));
        Assert.Equal(content, File.ReadAllText(_directory["a"]));
        Assert.Equal(["a"], _directory.Names);
    }

    [LinuxTheory("strace")]
    [InlineData("EACCES", "done")] // may be written but not read
    [InlineData("EMFILE", "FlushFailed")]
    [InlineData("EIO", "FlushFailed")]
    public void A_directory_that_cannot_be_opened_is_an_error_unless_it_is_not_ours_to_read(string error, string said) =>
        Assert.Equal(said, Probe.Shell(Traced($"-P '{_directory.Path}' -e inject=openat:error={error}"))[0]);

    private static string? TextOf(StateFile state) => state.Read() is { } content ? Encoding.UTF8.GetString(content) : null;

    private string Traced(string how) => $"strace -f -y -o '{_trace["trace"]}' {how} {Probe.CommandLine} state '{_directory["a"]}'";
}

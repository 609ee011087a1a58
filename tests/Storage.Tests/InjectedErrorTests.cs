namespace BinarySync.Storage.Tests;

/// <summary>
/// Errors that a healthy disk never gives, injected into a process of its own. The base class library's flushes report
/// success in the first of these.
/// </summary>
public sealed class InjectedErrorTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [LinuxFact("strace")]
    public void A_flush_that_fails_is_said_to_fail_and_never_trusted_again()
    {
        // Only the first fsync fails. The second would succeed, as the kernel's does over lost data.
        Assert.Equal(["done", "FlushFailed", "FlushFailed"], Inject("fsync:error=EIO:when=1", "flush"));
        Assert.Equal(["done", "FlushFailed", "FlushFailed"], Inject("fsync:error=ENOSPC:when=1", "flush"));
    }

    [LinuxFact("strace")]
    public void An_interrupted_flush_is_repeated() =>
        Assert.Equal(["done", "done", "done"], Inject("fsync:error=EINTR:when=1", "flush"));

    [LinuxTheory("strace")]
    [InlineData(1)]
    [InlineData(2)] // when it has its name
    public void An_output_whose_flush_fails_does_not_appear(int when)
    {
        Assert.Equal(["FlushFailed"], Inject($"fsync:error=EIO:when={when}", "output"));
        Assert.Empty(_directory.Names);
    }

    [LinuxTheory("strace")]
    [InlineData("fsync:error=EIO:when=1", "FlushFailed")]
    [InlineData("fsync:error=EIO:when=2", "FlushFailed")]
    [InlineData("rename:error=EIO:when=1", "WriteFailed")]
    [InlineData("linkat:error=ENOSPC:when=2", "NoSpace")]
    [InlineData("linkat:error=ENOSPC:when=3", "NoSpace")]
    public void An_output_that_fails_leaves_what_it_would_have_replaced(string fault, string said)
    {
        _directory.File("a", 10);
        string line = $"strace -f -o /dev/null -e inject={fault} {Probe.CommandLine} output '{_directory["a"]}' over";
        Assert.Equal([said], Probe.Shell(line));
        Assert.Equal(["a"], _directory.Names);
        Assert.Equal(Bytes.Pattern(10), File.ReadAllBytes(_directory["a"]));
    }

    [LinuxFact("strace")]
    public void An_output_whose_directory_is_not_durable_is_not_committed()
    {
        Assert.Equal(["FlushFailed"], Inject("fsync:error=EIO:when=3", "output"));
        Assert.Equal(["a"], _directory.Names);
    }

    [LinuxFact("strace")]
    public void An_output_that_cannot_have_its_name_does_not_appear()
    {
        Assert.Equal(["NoSpace"], Inject("linkat:error=ENOSPC:when=2", "output"));
        Assert.Equal(["WriteFailed"], Inject("linkat:error=EIO:when=2", "output"));
        Assert.Equal(["Exists"], Inject("linkat:error=EEXIST", "output"));
        Assert.Empty(_directory.Names);
    }

    // The first linkat asks whether there is a name to be had; a filter of a container refuses it with any of these.
    [LinuxTheory("strace")]
    [InlineData("EPERM", "")]
    [InlineData("ENOSYS", "")]
    [InlineData("EINVAL", "")]
    [InlineData("EPERM", ":when=2+")]
    [InlineData("ENOENT", ":when=2+")]
    [InlineData("EACCES", ":when=2+")]
    public void An_output_that_cannot_be_named_is_saved_all_the_same(string error, string when)
    {
        Assert.Equal(["done"], Inject($"linkat:error={error}{when}", "output"));
        Assert.Equal(["a"], _directory.Names);
        Assert.Equal("content", File.ReadAllText(_directory["a"]));

        string line = $"strace -f -o /dev/null -e inject=linkat:error={error}{when} {Probe.CommandLine} output '{_directory["a"]}' over";
        File.WriteAllText(_directory["a"], "old");
        Assert.Equal(["done"], Probe.Shell(line));
        Assert.Equal("content", File.ReadAllText(_directory["a"]));
        Assert.Equal(["a"], _directory.Names);
    }

    [LinuxFact("strace")]
    public void A_copy_of_an_output_that_cannot_be_named_is_flushed_or_fails()
    {
        Assert.Equal(["FlushFailed"], Inject("linkat:error=EPERM:when=2+ -e inject=fsync:error=EIO:when=2", "output"));
        Assert.Empty(_directory.Names);
        Assert.Equal(["NoSpace"], Inject("linkat:error=EPERM:when=2+ -e inject=pwrite64:error=ENOSPC", "output"));
        Assert.Empty(_directory.Names);
    }

    [LinuxTheory("strace")]
    [InlineData("statx:error=EPERM", "state", "done done done done done done")]
    [InlineData("statx:error=ENOSYS", "state", "done done done done done done")]
    [InlineData("statx:error=EPERM", "output", "done")]
    [InlineData("statx:error=EPERM", "flush", "done done done")]
    [InlineData("faccessat2:error=EPERM", "journal", "done")]
    [InlineData("faccessat2:error=ENOSYS", "journal", "done")]
    [InlineData("faccessat2,faccessat:error=EPERM", "journal", "done")]
    [InlineData("fchmod:error=EPERM", "output", "done")]
    [InlineData("renameat2:error=EPERM -e inject=linkat:error=EPERM", "output", "done")]
    public void A_call_that_a_filter_keeps_away_is_gone_without(string fault, string step, string said)
    {
        string path = _directory["a"];
        if (step is "flush" or "journal")
        {
            _directory.File("a", 10);
        }

        string more = step == "journal" ? $" '{_directory["state"]}'" : string.Empty;
        Assert.Equal(
            said, string.Join(' ', Probe.Shell($"strace -f -o /dev/null -e inject={fault} {Probe.CommandLine} {step} '{path}'{more}")));
    }

    [LinuxFact("strace")]
    public void Without_statx_others_are_recognised_all_the_same()
    {
        string path = _directory.File("a", 10);
        Command.Demand("chmod", "666", path);
        string[] said = Probe.Shell($"strace -f -o /dev/null -e inject=statx:error=EPERM {Probe.CommandLine} read '{path}'");
        Assert.Equal(["Untrusted"], said);
    }

    [LinuxTheory("strace")]
    [InlineData("EOPNOTSUPP")]
    [InlineData("EISDIR")] // a kernel that does not know the flag
    [InlineData("EINVAL")]
    public void An_output_appears_where_the_file_system_knows_no_nameless_files(string error)
    {
        Assert.Equal(["done"], InjectWithoutNameless("", error));
        Assert.Equal(["a"], _directory.Names);
        Assert.Equal("content", File.ReadAllText(_directory["a"]));
    }

    [LinuxTheory("strace")]
    [InlineData("EACCES")]
    [InlineData("EROFS")]
    public void A_directory_that_may_not_be_written_is_an_error_and_no_lack_of_nameless_files(string error)
    {
        (int exit, _, string errors) = Command.Run("sh", "-c", WithoutNameless("", error));
        Assert.NotEqual(0, exit);
        Assert.Contains($"{_directory["a"]}: cannot create: ", errors, StringComparison.Ordinal);
        Assert.Empty(_directory.Names);
    }

    [LinuxTheory("strace")]
    [InlineData("fsync:error=EIO:when=1", "FlushFailed", "")]
    [InlineData("fsync:error=EIO:when=2", "FlushFailed", "a")]
    [InlineData("renameat2:error=EIO", "WriteFailed", "")]
    [InlineData("renameat2:error=EINVAL", "done", "a")] // no exclusive rename
    [InlineData("renameat2:error=EINVAL -e inject=link:error=EPERM", "done", "a")] // no links either
    public void A_hidden_file_becomes_an_output_as_well_as_the_file_system_can(string fault, string said, string names)
    {
        Assert.Equal([said], InjectWithoutNameless($"-e inject={fault}"));
        Assert.Equal(names, string.Join(' ', _directory.Names));
    }

    [LinuxTheory("strace")]
    [InlineData("EIO", "WriteFailed")]
    [InlineData("ENOSPC", "NoSpace")]
    [InlineData("EDQUOT", "NoSpace")]
    [InlineData("EFBIG", "FileTooLarge")]
    [InlineData("EINTR", "done")]
    public void A_failed_write_keeps_its_kind_and_an_interrupted_one_is_repeated(string error, string kind) =>
        Assert.Equal([kind, "done", "done"], Inject($"pwrite64:error={error}:when=1", "flush"));

    [LinuxTheory("strace")]
    [InlineData("EIO", "ReadFailed")]
    [InlineData("EINTR", "done")]
    [InlineData("EINVAL", "done")] // direct input is refused: the plain way remains
    public void A_failed_read_below_the_cache_is_an_error_and_a_refused_one_is_not(string error, string kind)
    {
        string path = _directory.File("a", 10_000);
        string line = $"strace -f -o /dev/null -e inject=pread64:error={error}:when=1 -P '{path}' {Probe.CommandLine} uncached '{path}'";
        Assert.Equal([kind, "done"], Probe.Shell(kind == "done" ? line : line + " || true"));
    }

    [LinuxFact("strace")]
    public void A_failed_plain_read_is_an_error()
    {
        string path = _directory.File("a", 10_000);
        string line =
            $"strace -f -o /dev/null -e inject=pread64:error=EIO:when=2+ -P '{path}' {Probe.CommandLine} uncached '{path}' || true";
        Assert.Equal(["done", "ReadFailed"], Probe.Shell(line));
    }

    // Only calls on the directory, the file and the hidden file are met: the first to open the directory is that for a nameless file. The
    // hidden name has the number of the process, which -D lets the probe take over from the shell.
    private string[] InjectWithoutNameless(string faults, string error = "EOPNOTSUPP") => Probe.Shell(WithoutNameless(faults, error));

    private string WithoutNameless(string faults, string error) =>
        $"exec strace -D -f -o /dev/null -P '{_directory.Path}' -P '{_directory["a"]}' -P '{_directory.Path}'/.a.partial-$$ -e "
            + $"inject=openat:error={error}:when=1 {faults} {Probe.CommandLine} output '{_directory["a"]}'";

    private string[] Inject(string fault, string step)
    {
        if (step == "flush")
        {
            _directory.File("a", 10);
        }

        return Probe.Shell($"strace -f -o /dev/null -e inject={fault} {Probe.CommandLine} {step} '{_directory["a"]}'");
    }
}

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

    [LinuxFact("strace")]
    public void An_output_whose_flush_fails_does_not_appear()
    {
        Assert.Equal(["FlushFailed"], Inject("fsync:error=EIO:when=1", "output"));
        Assert.Empty(_directory.Names);
    }

    [LinuxFact("strace")]
    public void An_output_whose_directory_is_not_durable_is_not_committed() =>
        Assert.Equal(["FlushFailed"], Inject("fsync:error=EIO:when=2", "output"));

    [LinuxFact("strace")]
    public void An_output_appears_where_the_file_system_knows_no_exclusive_rename()
    {
        Assert.Equal(["done"], Inject("renameat2:error=EINVAL", "output"));
        Assert.Equal(["a"], _directory.Names);
        Assert.Equal("content", File.ReadAllText(_directory["a"]));
    }

    [LinuxFact("strace")]
    public void An_output_appears_where_the_file_system_knows_no_links_either()
    {
        Assert.Equal(["done"], Inject("renameat2:error=EINVAL -e inject=link:error=EPERM", "output"));
        Assert.Equal(["a"], _directory.Names);
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
        string line = $"strace -f -o /dev/null -e inject=pread64:error=EIO:when=2+ -P '{path}' {Probe.CommandLine} uncached '{path}' || true";
        Assert.Equal(["done", "ReadFailed"], Probe.Shell(line));
    }

    private string[] Inject(string fault, string step)
    {
        if (step == "flush")
        {
            _directory.File("a", 10);
        }

        return Probe.Shell($"strace -f -o /dev/null -e inject={fault} {Probe.CommandLine} {step} '{_directory["a"]}'");
    }
}

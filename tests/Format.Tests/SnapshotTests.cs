using BinarySync.Snapshots;

namespace BinarySync.Format.Tests;

/// <summary>The snapshot helper itself.</summary>
public sealed class SnapshotTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("binarysync-snapshots-");

    private string Source => Path.Combine(_directory.FullName, "SomeTests.cs");

    private string Verified => Path.Combine(_directory.FullName, "SomeTests.Member_a-b.verified.txt");

    private string Received => Path.Combine(_directory.FullName, "SomeTests.Member_a-b.received.txt");

    public SnapshotTests() => File.WriteAllText(Source, "");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void A_text_that_was_never_verified_fails_and_is_received()
    {
        Assert.Throws<SnapshotException>(() => Verify("one\ntwo"));
        Assert.Equal("one\ntwo\n", File.ReadAllText(Received));
        Assert.False(File.Exists(Verified));
    }

    [Fact]
    public void The_verified_text_passes_whatever_its_line_ends_and_removes_what_was_received()
    {
        File.WriteAllText(Verified, "one\ntwo\n");
        File.WriteAllText(Received, "earlier");
        Verify("one\r\ntwo");
        Assert.False(File.Exists(Received));
    }

    [Fact]
    public void Another_text_fails_with_the_lines_that_differ()
    {
        File.WriteAllText(Verified, "one\ntwo\nthree\n");
        SnapshotException exception = Assert.Throws<SnapshotException>(() => Verify("one\n2\nthree\n"));
        Assert.Contains("@@ line 2 @@\n-two\n+2\n", exception.Message.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal("one\n2\nthree\n", File.ReadAllText(Received));
        Assert.Equal("one\ntwo\nthree\n", File.ReadAllText(Verified));
    }

    private void Verify(string text) => Snapshot.Verify(text, Source, "Member", "a/b");
}

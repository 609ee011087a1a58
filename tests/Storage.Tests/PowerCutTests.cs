using BinarySync.Storage.Messages;
using BinarySync.Storage.State;

namespace BinarySync.Storage.Tests;

/// <summary>
/// What a file system finds after a power cut: the medium is copied while the file system is mounted, and the copy is mounted.
/// </summary>
public sealed class PowerCutTests : IDisposable
{
    private const long Size = 384 << 20; // XFS makes nothing below 300 MiB

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    // One change a test: the flush of the next one would make up for a missing flush of this.
    public static TheoryData<string> Outputs => ["new", "replaced"];

    public static TheoryData<string> Steps => ["replace", "overwrite", "create", "remove"];

    [RootTheory("mkfs.ext4")]
    [MemberData(nameof(Outputs))]
    public void An_output_that_was_committed_is_there_and_whole_on_ext4(string name) => AfterAnOutput("ext4", name);

    [RootTheory("mkfs.xfs")]
    [MemberData(nameof(Outputs))]
    public void An_output_that_was_committed_is_there_and_whole_on_xfs(string name) => AfterAnOutput("xfs", name);

    [RootTheory("mkfs.btrfs")]
    [MemberData(nameof(Outputs))]
    public void An_output_that_was_committed_is_there_and_whole_on_btrfs(string name) => AfterAnOutput("btrfs", name);

    [RootTheory("mkfs.ext4")]
    [MemberData(nameof(Steps))]
    public void A_state_file_is_as_it_was_last_written_on_ext4(string step) => AfterAStateFile("ext4", step);

    [RootTheory("mkfs.xfs")]
    [MemberData(nameof(Steps))]
    public void A_state_file_is_as_it_was_last_written_on_xfs(string step) => AfterAStateFile("xfs", step);

    [RootTheory("mkfs.btrfs")]
    [MemberData(nameof(Steps))]
    public void A_state_file_is_as_it_was_last_written_on_btrfs(string step) => AfterAStateFile("btrfs", step);

    private void AfterAnOutput(string kind, string name) => After(
        kind,
        before: place => File.WriteAllBytes(Path.Combine(place, "replaced"), [1, 2, 3]),
        then: place =>
        {
            using OutputFile output = OutputFile.Create(Path.Combine(place, name), replace: true);
            output.Stream.Write(Bytes.Pattern(300_000));
            output.Commit();
        },
        found: place =>
        {
            Assert.Equal(Bytes.Pattern(300_000), File.ReadAllBytes(Path.Combine(place, name)));
            Assert.Equal(name == "new" ? ["new", "replaced"] : ["replaced"], Names(place));
        });

    private void AfterAStateFile(string kind, string step) => After(
        kind,
        before: place =>
        {
            using StateFile old = new(Path.Combine(place, "old"));
            old.Replace(Bytes.Pattern(700));
        },
        then: place =>
        {
            using StateFile state = new(Path.Combine(place, step == "create" ? "created" : "old"));
            if (step == "remove")
            {
                state.Remove();
                return;
            }

            state.Replace(Bytes.Pattern(5000, seed: 1));
            if (step == "overwrite")
            {
                state.Overwrite(Bytes.Pattern(10, seed: 2), 4990);
            }
        },
        found: place =>
        {
            byte[] replaced = Bytes.Pattern(5000, seed: 1);
            byte[] overwritten = [.. replaced[..4990], .. Bytes.Pattern(10, seed: 2)];
            Assert.Equal(
                step switch { "remove" => null, "create" => Bytes.Pattern(700), "overwrite" => overwritten, _ => replaced },
                new StateFile(Path.Combine(place, "old")).Read());
            Assert.Equal(step == "create" ? replaced : null, new StateFile(Path.Combine(place, "created")).Read());
            Assert.Equal(step switch { "remove" => [], "create" => ["created", "old"], _ => new[] { "old" } }, Names(place));
        });

    private static string[] Names(string place) =>
        [.. Directory.GetFileSystemEntries(place).Select(path => Path.GetFileName(path)).Where(name => name != "lost+found").Order()];

    private void After(string kind, Action<string> before, Action<string> then, Action<string> found)
    {
        string image = _directory.Sparse("image", Size);
        using (LoopDevice device = new(image))
        {
            Command.Demand("mkfs." + kind, "-q", device.Path);
            using Mount mount = Mount.Of(_directory["mounted"], device.Path);
            before(mount.Point);
            Command.Demand("sync", "--file-system", mount.Point);
            then(mount.Point);
            Command.Demand("cp", "--sparse=always", image, _directory["copy"]);
        }

        // Only now: two file systems of one identity cannot be mounted together.
        using LoopDevice copy = new(_directory["copy"]);
        using Mount again = Mount.Of(_directory["mounted"], copy.Path);
        found(again.Point);
    }
}

namespace BinarySync.Reliability.Tests;

/// <summary>
/// Everything that the programs write, on a file system that has no room for it: exit 5, nothing lost, and the same command works once
/// there is room.
/// </summary>
public sealed class FullFileSystemTests : IDisposable
{
    private const string Full = "No space left on device";
    private const int Chunk = 1 << 20;

    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    // A kind that cannot be made here has no cases below: it is skipped here, where that is seen.
    [RootFact("mkfs.xfs")]
    public void Is_tried_on_xfs() => Assert.Contains("xfs", SmallFileSystem.KindNames);

    [RootFact("mkfs.btrfs")]
    public void Is_tried_on_btrfs() => Assert.Contains("btrfs", SmallFileSystem.KindNames);

    [RootTheory("mkfs.ext4")]
    [MemberData(nameof(SmallFileSystem.Kinds), MemberType = typeof(SmallFileSystem))]
    public void Of_the_outputs(string kind)
    {
        Prepare(8 * Chunk, 8 * Chunk);
        using SmallFileSystem small = new(kind);
        small.FillExcept(64 << 10);
        foreach ((string line, string made) in new[]
        {
            ("ckfile a -b 512 -o {0}", "a.ckf"),
            ("dtreq --remote a.ckf --master b.ckf -o {0}", "p.dtr"),
            ("dtfile b -r p.dtr -o {0}", "p.dtf"),
        })
        {
            _work.Line(string.Format(null, line, small["x"])).Fails(5, Full);
            Assert.Empty(small.Names);
        }

        small.Free();
        _work.Line($"dtfile b -r p.dtr -o {small["x"]}").Succeeds();
        Assert.Equal(_work.Read("p.dtf"), File.ReadAllBytes(small["x"]));
    }

    [RootTheory("mkfs.ext4")]
    [MemberData(nameof(SmallFileSystem.Kinds), MemberType = typeof(SmallFileSystem))]
    public void Of_the_spool(string kind)
    {
        Prepare(8 * Chunk, 8 * Chunk);
        using SmallFileSystem small = new(kind);
        small.FillExcept(64 << 10);
        byte[] data = _work.Read("p.dtf");
        Untouched before = _work.Remember();
        _work.Feed(data, $"dtfile apply - a --spool {small.Root}").Fails(5, Full, "--spool");
        before.Check();
        Assert.Empty(small.Names);
        small.Free();
        _work.Feed(data, $"dtfile apply - a --spool {small.Root}").Succeeds();
        _work.Holds("a", _work.Read("b"));
        Assert.Empty(small.Names);
    }

    [RootTheory("mkfs.ext4")]
    [MemberData(nameof(SmallFileSystem.Kinds), MemberType = typeof(SmallFileSystem))]
    public void Of_the_undo_file(string kind)
    {
        Prepare(8 * Chunk, 8 * Chunk);
        using SmallFileSystem small = new(kind);
        small.FillExcept(64 << 10);
        string line = $"dtfile apply p.dtf a --undo {small["u.dtf"]}";
        byte[] a = _work.Read("a");
        string[] names = [.. _work.Names];
        _work.Line(line).Fails(5, Full, "--undo");
        _work.Holds("a", a);
        Assert.Equal(names, _work.Names);
        Assert.Empty(small.Names);
        small.Free();
        _work.Line(line).Succeeds();
        _work.Holds("a", _work.Read("b"));
        _work.Line($"dtfile apply {small["u.dtf"]} a").Succeeds();
        _work.Holds("a", a);
    }

    [RootTheory("mkfs.ext4")]
    [MemberData(nameof(SmallFileSystem.Kinds), MemberType = typeof(SmallFileSystem))]
    public void Of_the_journal(string kind)
    {
        Prepare(4 * Chunk, 4 * Chunk);
        using SmallFileSystem small = new(kind);
        small.FillExcept(0);
        string line = $"dtfile apply p.dtf a --journal {small.Root}";
        byte[] a = _work.Read("a");
        string[] names = [.. _work.Names];
        ToolResult first = _work.Line(line);
        if (first.Exit == 0)
        {
            // A file of a few kilobytes can find room in the metadata of btrfs.
            Assert.Equal("btrfs", kind);
        }
        else
        {
            first.Fails(5, Full);
            _work.Holds("a", a);
            Assert.Equal(names, _work.Names);
            Assert.Empty(small.Names);
            small.Free();
            _work.Line(line).Succeeds();
        }

        _work.Holds("a", _work.Read("b"));
        Assert.Empty(small.Names);
    }

    [RootTheory("mkfs.ext4")]
    [MemberData(nameof(SmallFileSystem.Kinds), MemberType = typeof(SmallFileSystem))]
    public void Of_a_target_that_grows(string kind)
    {
        Prepare(4 * Chunk, 9 * Chunk);
        using SmallFileSystem small = new(kind);
        File.Copy(_work["a"], small["a"]);
        small.FillExcept(2 * Chunk);
        GoesOnOnceThereIsRoom(small, kind);
    }

    [RootTheory("mkfs.ext4")]
    [MemberData(nameof(SmallFileSystem.Kinds), MemberType = typeof(SmallFileSystem))]
    public void Of_a_target_whose_holes_are_filled(string kind)
    {
        byte[] a = Content.Make(8 * Chunk);
        byte[] b = [.. a];
        a.AsSpan(Chunk, 6 * Chunk).Clear();
        new Random(5).NextBytes(b.AsSpan(Chunk, 5 * Chunk));
        _work.Prepare(a, b);
        using SmallFileSystem small = new(kind);
        Command.Demand("cp", "--sparse=always", _work["a"], small["a"]);
        small.FillExcept(2 * Chunk);
        GoesOnOnceThereIsRoom(small, kind);
    }

    [RootTheory("mkfs.ext4")]
    [MemberData(nameof(SmallFileSystem.Kinds), MemberType = typeof(SmallFileSystem))]
    public void Of_everything_beside_the_target(string kind)
    {
        // Journal and undo file beside the target, which need not grow, and no room at all.
        Prepare(8 * Chunk, 8 * Chunk);
        using SmallFileSystem small = new(kind);
        File.Copy(_work["a"], small["a"]);
        small.FillExcept(0);
        string line = $"dtfile apply p.dtf {small["a"]} --undo {small["u.dtf"]}";
        _work.Line(line).Fails(5, Full);
        Assert.Equal(_work.Read("a"), File.ReadAllBytes(small["a"]));
        Assert.Equal(["a"], small.Names);
        small.Free();
        _work.Line(line).Succeeds();
        Assert.Equal(_work.Read("b"), File.ReadAllBytes(small["a"]));
    }

    private void GoesOnOnceThereIsRoom(SmallFileSystem small, string kind)
    {
        string line = $"dtfile apply p.dtf {small["a"]}";
        _work.Line(line).Fails(5, Full);
        byte[] a = _work.Read("a");
        byte[] now = File.ReadAllBytes(small["a"]);

        // What can be promised is promised before the first write: everywhere but on btrfs, which copies what is written.
        Assert.True(kind == "btrfs" || a.AsSpan().SequenceEqual(now), "the target was changed before it was known that there is no room");
        small.Free();
        _work.Line(line).Ends(0);
        Assert.Equal(_work.Read("b"), File.ReadAllBytes(small["a"]));
        PageCache.Drop(small["a"]);
        Assert.Equal(_work.Read("b"), File.ReadAllBytes(small["a"]));
        Assert.Equal(["a"], small.Names);
    }

    // Noise, so that no file system and no codec makes it smaller.
    private void Prepare(int lengthOfA, int lengthOfB)
    {
        byte[] a = new byte[lengthOfA];
        byte[] b = new byte[lengthOfB];
        new Random(1).NextBytes(a);
        new Random(2).NextBytes(b);
        a.AsSpan(0, Chunk).CopyTo(b);
        _work.Prepare(a, b, "-b 512");
    }
}

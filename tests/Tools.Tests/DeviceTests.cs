namespace BinarySync.Tools.Tests;

/// <summary>Block devices in every role.</summary>
public sealed class DeviceTests : IDisposable
{
    private const int Size = 8 << 20;

    private readonly Workspace _work = new();
    private readonly byte[] _a = Content.Make(Size);
    private readonly byte[] _b;

    public DeviceTests()
    {
        _b = Content.Later(_a, Size, 4096);
        _work.Write("a", _a);
        _work.Write("b", _b);
    }

    public void Dispose() => _work.Dispose();

    [RootTheory]
    [InlineData("512", "4K")]
    [InlineData("512", "512")]
    [InlineData("4096", "4K")]
    [InlineData("4096", "512")]
    [InlineData("4096", "1M")]
    public void Both_sides_are_devices(string sectorSize, string blockSize)
    {
        using (LoopDevice remote = new(_work["a"], "--sector-size", sectorSize))
        {
            using LoopDevice master = new(_work["b"], "--read-only", "--sector-size", sectorSize);
            _work.Line($"ckfile {remote.Path} -b {blockSize} -o a.ckf").Succeeds();
            _work.Line($"ckfile {master.Path} -b {blockSize} -o b.ckf").Succeeds();

            // A device and a file of equal content are equal.
            Assert.Equal(_work.Line($"ckfile b -b {blockSize} -o - -q").Succeeds().Output, _work.Read("b.ckf"));

            _work.Line("dtreq --remote a.ckf --master b.ckf -o p.dtr").Succeeds();
            _work.Line($"dtfile {master.Path} -r p.dtr").Succeeds();
            _work.Line($"dtfile apply p.dtf {remote.Path} --check-base --dry-run").Succeeds();
            _work.Line($"dtfile apply p.dtf {remote.Path} --check-base --verify full").Succeeds();
            Command.Demand("blockdev", "--flushbufs", remote.Path);
            _work.Holds("a", _b);
            _work.Line($"ckfile check {remote.Path} b.ckf").Succeeds();
        }

        _work.Holds("a", _b);
    }

    [RootTheory]
    [InlineData("512")]
    [InlineData("4096")]
    public void A_device_is_patched_as_far_as_the_master_goes_and_its_tail_left_alone(string sectorSize)
    {
        byte[] b = _b[..(Size - (3 * 4096) - 1000)];
        _work.Write("b", b);
        _work.Line("ckfile b").Succeeds();
        using LoopDevice remote = new(_work["a"], "--sector-size", sectorSize);
        _work.Line($"ckfile {remote.Path} -o a.ckf").Succeeds();
        _work.Line("dtreq --remote a.ckf --master b.ckf -o p.dtr").Succeeds();
        _work.Line("dtfile b -r p.dtr").Succeeds();
        _work.Line($"dtfile apply p.dtf {remote.Path}").Ends(0)
            .Says($"dtfile: note: {remote.Path} is 13.0 KiB longer than the master; that part was not changed\n");
        Command.Demand("blockdev", "--flushbufs", remote.Path);
        _work.Holds("a", [.. b, .. _a.AsSpan(b.Length)]);
        _work.Line($"ckfile check {remote.Path} b.ckf")
            .Ends(0)
            .Says("note: the device is 13.0 KiB longer than b.ckf says; that part was not compared");

        // Again: nothing to do, and the same note.
        _work.Line($"dtfile apply p.dtf {remote.Path} --verify full").Ends(0).Says("was not changed").Prints(": 0 blocks written");
    }

    [RootFact]
    public void Runs_of_zeros_on_a_device()
    {
        byte[] a = Bytes.Pattern(Size);
        byte[] b = [.. a];
        b.AsSpan(512 * 3, 5 << 20).Clear();
        b.AsSpan(6 << 20, 512).Clear();
        b.AsSpan((7 << 20) + 4096, 4096 * 3).Clear();
        _work.Prepare(a, b, "-b 512");
        using LoopDevice remote = new(_work["a"]);
        _work.Line($"dtfile apply p.dtf {remote.Path}").Succeeds().Prints("zeroed");
        Command.Demand("blockdev", "--flushbufs", remote.Path);
        _work.Holds("a", b);
    }

    [RootFact]
    public void Content_from_a_pipe_onto_a_device()
    {
        _work.Prepare(_a, _b);
        Directory.CreateDirectory(_work["room"]);
        using LoopDevice remote = new(_work["a"]);
        _work.Feed(_work.Read("p.dtf"), $"dtfile apply - {remote.Path} --spool room").Succeeds();
        Command.Demand("blockdev", "--flushbufs", remote.Path);
        _work.Holds("a", _b);
    }

    [RootFact]
    public void A_device_that_is_too_small()
    {
        _work.Prepare(_a, [.. _b, .. _b]);
        using LoopDevice remote = new(_work["a"]);
        Untouched before = _work.Remember();
        _work.Line($"dtfile apply p.dtf {remote.Path}").Fails(
            4,
            $"{remote.Path}: is a device of {Size} bytes; p.dtf needs {2 * Size} bytes",
            "then make a new checksum file of the target, and of that a new data file");
        before.Check();
    }

    [RootFact]
    public void A_read_only_device()
    {
        _work.Prepare(_a, _b);
        using LoopDevice remote = new(_work["a"], "--read-only");
        Untouched before = _work.Remember();
        _work.Line($"dtfile apply p.dtf {remote.Path}").Fails(5, $"{remote.Path}: ");
        before.Check();
    }

    [RootFact]
    public void A_mounted_device_is_no_target_and_as_a_source_warned_of()
    {
        using (FileStream image = File.Create(_work["image"]))
        {
            image.SetLength(16 << 20);
        }

        using LoopDevice device = new(_work["image"]);
        Command.Demand("mkfs.ext4", "-q", "-F", device.Path);
        _work.Line($"ckfile {device.Path} -o a.ckf").Succeeds();
        File.Copy(_work["image"], _work["later"]);
        Command.Demand("tune2fs", "-L", "later", _work["later"]);
        _work.Line("ckfile later -o b.ckf").Succeeds();
        _work.Line("dtreq --remote a.ckf --master b.ckf -o p.dtr").Succeeds();
        _work.Line("dtfile later -r p.dtr").Succeeds();
        using Mount mount = Mount.Of(_work["mounted"], device.Path);

        byte[] before = _work.Read("image");
        _work.Line($"dtfile apply p.dtf {device.Path}").Fails(6, $"{device.Path}: in use: mounted on {mount.Point}");
        _work.Line($"dtfile apply p.dtf {device.Path} --dry-run").Fails(6, $"{device.Path}: in use: mounted on {mount.Point}");
        _work.Line("dtfile apply p.dtf image").Fails(6, "image: in use: ");
        Assert.Equal(before, _work.Read("image"));
        string words = $"ckfile: warning: {device.Path} is mounted read-write on {mount.Point}: ";
        _work.Line($"ckfile {device.Path} -o x.ckf").Ends(0).Says(words);
        _work.Line($"ckfile {device.Path} -o y.ckf --live").Succeeds();
        _work.Line($"ckfile {device.Path} -o z.ckf -q").Succeeds();
    }
}

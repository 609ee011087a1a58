namespace BinarySync.Tests.Support;

/// <summary>A loop device over a file, detached after the test.</summary>
public sealed class LoopDevice : IDisposable
{
    public LoopDevice(string file, params string[] options) =>
        Path = Command.Demand("losetup", ["--find", "--show", .. options, file]);

    public string Path { get; }

    public void Dispose() => Command.Demand("losetup", "--detach", Path);
}

/// <summary>A file system that is mounted until the end of the test.</summary>
public sealed class Mount : IDisposable
{
    private Mount(string point) => Point = point;

    public string Point { get; }

    public static Mount Ext4(LoopDevice device, string point, params string[] options)
    {
        Command.Demand("mkfs.ext4", "-q", "-F", device.Path);
        return Of(point, [.. options, device.Path]);
    }

    /// <summary>A new file system of a kind that has a mkfs.</summary>
    public static Mount Of(string kind, LoopDevice device, string point)
    {
        Command.Demand(
            $"mkfs.{kind}", kind.StartsWith("ext", StringComparison.Ordinal) ? ["-q", "-F", device.Path] : ["-q", "-f", device.Path]);
        return Of(point, device.Path);
    }

    public static Mount Memory(string point, string size) => Of(point, "-t", "tmpfs", "-o", $"size={size},mode=755", "tmpfs");

    public static Mount Of(string point, params string[] arguments)
    {
        Directory.CreateDirectory(point);
        Command.Demand("mount", [.. arguments, point]);
        return new Mount(point);
    }

    public void Dispose() => Command.Demand("umount", Point);
}

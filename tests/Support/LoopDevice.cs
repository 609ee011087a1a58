namespace BinarySync.Tests.Support;

/// <summary>A loop device over a file, detached after the test.</summary>
public sealed class LoopDevice : IDisposable
{
    // To find a free device and to attach it are two calls. Who comes too late with the second one has the device exclusively for a
    // moment, though it belongs to somebody else by then. So one at a time, in all processes.
    public LoopDevice(string file, params string[] options) =>
        Path = Command.Demand("flock", ["/dev/loop-control", "losetup", "--find", "--show", .. options, file]);

    public string Path { get; }

    public void Dispose() => Command.Demand("losetup", "--detach", Path);
}

/// <summary>A loop device with nothing attached, of a number so high that nobody who looks for a free one gets it.</summary>
public sealed class EmptyLoopDevice : IDisposable
{
    private const string Add = "0x4C80";
    private const string Remove = "0x4C81";

    private static int _made;

    private readonly int _number = 100_000 + (Environment.ProcessId % 50_000 * 10) + (Interlocked.Increment(ref _made) % 10);

    public EmptyLoopDevice()
    {
        Control(Add);
        if (!File.Exists(Path))
        {
            string[] numbers = File.ReadAllText($"/sys/block/loop{_number}/dev").TrimEnd().Split(':');
            Command.Demand("mknod", Path, "b", numbers[0], numbers[1]);
        }
    }

    public string Path => $"/dev/loop{_number}";

    public void Dispose()
    {
        Control(Remove);
        File.Delete(Path);
    }

    private void Control(string request) =>
        Command.Demand("python3", "-c", $"import fcntl; fcntl.ioctl(open('/dev/loop-control'), {request}, {_number})");
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

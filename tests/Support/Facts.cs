namespace BinarySync.Tests.Support;

/// <summary>A test that needs Linux.</summary>
public sealed class LinuxFactAttribute : FactAttribute
{
    /// <param name="program">A program that must be installed as well.</param>
    /// <param name="another">Another one.</param>
    public LinuxFactAttribute(string? program = null, string? another = null) =>
        Skip = Need.Linux ?? (program is null ? null : Need.Program(program)) ?? (another is null ? null : Need.Program(another));
}

/// <summary>A test on real loop devices, which only root can make.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    /// <param name="program">A program that must be installed as well.</param>
    /// <param name="path">A path that must exist as well.</param>
    public RootFactAttribute(string program = "losetup", string path = "/") =>
        Skip = Need.Linux ?? Need.LoopDevices ?? Need.Program(program) ?? (Path.Exists(path) ? null : $"needs {path}");
}

/// <summary>As <see cref="RootFactAttribute"/>, with cases.</summary>
public sealed class RootTheoryAttribute : TheoryAttribute
{
    /// <param name="program">A program that must be installed as well.</param>
    public RootTheoryAttribute(string program = "losetup") => Skip = Need.Linux ?? Need.LoopDevices ?? Need.Program(program);
}

/// <summary>As <see cref="LinuxFactAttribute"/>, with cases.</summary>
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    /// <param name="program">A program that must be installed as well.</param>
    public LinuxTheoryAttribute(string? program = null) => Skip = Need.Linux ?? (program is null ? null : Need.Program(program));
}

/// <summary>A test on partitions of a loop device.</summary>
public sealed class PartitionFactAttribute : FactAttribute
{
    public PartitionFactAttribute() => Skip = Need.Partitions;
}

/// <summary>As <see cref="PartitionFactAttribute"/>, with cases.</summary>
public sealed class PartitionTheoryAttribute : TheoryAttribute
{
    public PartitionTheoryAttribute() => Skip = Need.Partitions;
}

/// <summary>A test on swap, which not every kernel or container lets root have.</summary>
public sealed class SwapFactAttribute : FactAttribute
{
    public SwapFactAttribute() => Skip = Need.Swap;
}

/// <summary>What a test cannot do without: null where it is there, else what is missing.</summary>
public static class Need
{
    private static readonly Lazy<string?> OfPartitions = new(() => Linux ?? LoopDevices ?? Program("addpart") ?? Try(PartitionMissing));

    private static readonly Lazy<string?> OfSwap = new(
        () => Linux ?? LoopDevices ?? Program("mkswap") ?? Program("swapon") ?? Try(SwapMissing));

    public static string? Linux => OperatingSystem.IsLinux() ? null : "needs Linux";

    public static string? LoopDevices { get; } =
        !Environment.IsPrivilegedProcess ? "needs root"
        : !Command.Exists("losetup") || !File.Exists("/dev/loop-control") ? "needs loop devices"
        : null;

    /// <summary>Partitions of a loop device, and somebody who makes their nodes.</summary>
    public static string? Partitions => OfPartitions.Value;

    /// <summary>Swap on a file.</summary>
    public static string? Swap => OfSwap.Value;

    public static string? Program(string name) => Command.Exists(name) ? null : $"needs {name}";

    // Where even what comes before it fails, the test is skipped by that.
    private static string? Try(Func<string, string?> missing)
    {
        using TemporaryDirectory directory = new();
        try
        {
            return missing(directory.Sparse("file", 8 << 20));
        }
        catch (InvalidOperationException failure)
        {
            return $"needs another system: {failure.Message}";
        }
    }

    private static string? PartitionMissing(string image)
    {
        using LoopDevice disk = new(image, "--partscan");
        Command.Demand("addpart", disk.Path, "1", "2048", "2048");
        return File.Exists(disk.Path + "p1") ? null : "needs nodes of partitions";
    }

    private static string? SwapMissing(string file)
    {
        // It may have no holes.
        File.WriteAllBytes(file, new byte[1 << 20]);
        Command.Demand("chmod", "600", file);
        Command.Demand("mkswap", file);
        if (Command.Run("swapon", file).Exit != 0)
        {
            return "needs leave to use swap";
        }

        Command.Demand("swapoff", file);
        return null;
    }
}

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

/// <summary>What a test cannot do without: null where it is there, else what is missing.</summary>
public static class Need
{
    public static string? Linux => OperatingSystem.IsLinux() ? null : "needs Linux";

    public static string? LoopDevices { get; } =
        !Environment.IsPrivilegedProcess ? "needs root"
        : !Command.Exists("losetup") || !File.Exists("/dev/loop-control") ? "needs loop devices"
        : null;

    public static string? Program(string name) => Command.Exists(name) ? null : $"needs {name}";
}

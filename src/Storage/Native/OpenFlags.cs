using System.Runtime.InteropServices;

namespace BinarySync.Storage.Native;

/// <summary>The flags of open(2) on Linux. Some of them differ between architectures.</summary>
internal static class OpenFlags
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int NoTerminal = 0x100;
    public const int CloseOnExec = 0x80000;

    private const int TemporaryBit = 0x400000;

    /// <summary>O_NONBLOCK.</summary>
    public const int NonBlocking = 0x800;

    // Compared one by one: the trimmer of .NET 10 knows the architecture that it trims for, and stops with an internal error at a 'switch'
    // over it.
    private static readonly bool _isPower = RuntimeInformation.ProcessArchitecture == Architecture.Ppc64le;
    private static readonly bool _isArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm
        || RuntimeInformation.ProcessArchitecture == Architecture.Arm64
        || RuntimeInformation.ProcessArchitecture == Architecture.Armv6;

    public static int Direct { get; } = _isArm ? 0x10000 : _isPower ? 0x20000 : 0x4000;

    public static int Directory { get; } = _isArm || _isPower ? 0x4000 : 0x10000;

    /// <summary>Fails if the last name of the path is a symbolic link.</summary>
    public static int NoFollow { get; } = _isArm || _isPower ? 0x8000 : 0x20000;

    /// <summary>A file without a name in the directory that is opened.</summary>
    public static int Temporary { get; } = TemporaryBit | Directory;
}

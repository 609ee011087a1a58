using System.Globalization;
using System.Runtime.InteropServices;

namespace BinarySync.Tests.Support;

/// <summary>
/// A shell starts its background jobs with SIGINT ignored, and a process hands that on to those that it starts: tests that run as such a
/// job would send it to programs that never hear of it.
/// </summary>
internal static class Interrupts
{
    private const int Signal = 2;

    /// <summary>No longer ignores the signal, if this process was started so.</summary>
    public static void Heed()
    {
        const string Ignored = "SigIgn:";
        if (OperatingSystem.IsLinux()
            && File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(Ignored, StringComparison.Ordinal)) is { } line
            && ulong.Parse(line.AsSpan(Ignored.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var ignored
            && (ignored & (1UL << (Signal - 1))) != 0)
        {
            Assert.NotEqual(-1, SetHandler(Signal, 0));
        }
    }

    [DllImport("libc", EntryPoint = "signal")]
    private static extern nint SetHandler(int signal, nint handler);
}

using System.Globalization;
using BinarySync.Storage.Native;

namespace BinarySync.Storage.Files;

/// <summary>
/// The runtime makes a socket and two pipes in the temporary directory, through which a debugger or a profiler may attach. A process that
/// is killed leaves them there. No setting of a program prevents that, so the names are removed at the start; DOTNET_EnableDiagnostics=1
/// keeps them.
/// </summary>
public static class RuntimeSockets
{
    // In /proc/self/stat, counted from behind the name, which is in brackets and may have blanks.
    private const int StartTimeField = 19;

    /// <summary>Removes the names. Never throws.</summary>
    public static void Withdraw()
    {
        bool isSaid = Environment.GetEnvironmentVariable("DOTNET_EnableDiagnostics") is "0" or "1";
        if (isSaid || !Posix.IsSupported || StartTime() is not { } started)
        {
            return;
        }

        string directory = ProcessText.Variable("TMPDIR") is { Length: > 0 } given ? given : "/tmp";
        string key = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{started}");
        Posix.Unlink(Path.Combine(directory, $"dotnet-diagnostic-{key}-socket"));
        Posix.Unlink(Path.Combine(directory, $"clr-debug-pipe-{key}-in"));
        Posix.Unlink(Path.Combine(directory, $"clr-debug-pipe-{key}-out"));
    }

    private static string? StartTime()
    {
        try
        {
            string status = File.ReadAllText("/proc/self/stat");
            string[] fields = status[(status.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return fields.Length > StartTimeField ? fields[StartTimeField] : null;
        }
        catch (Exception error) when (PortableFailure.IsSystem(error))
        {
            return null;
        }
    }
}

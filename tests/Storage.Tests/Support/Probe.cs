namespace BinarySync.Storage.Tests.Support;

/// <summary>The probe process, for what cannot be tried inside the test runner.</summary>
public static class Probe
{
    /// <summary>Its command line, for a shell.</summary>
    public static string CommandLine =>
        $"'{Environment.ProcessPath}' exec '{Path.Combine(AppContext.BaseDirectory, "BinarySync.Storage.Probe.dll")}'";

    /// <summary>Runs a line of shell; standard error's lines come back.</summary>
    public static string[] Shell(string line)
    {
        (int exit, _, string errors) = Command.Run("sh", "-c", line);
        Assert.True(exit == 0, errors);
        return errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}

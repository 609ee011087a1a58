using System.Diagnostics;

namespace BinarySync.Storage.Tests.Support;

/// <summary>Another program, run to its end.</summary>
public static class Command
{
    public static (int Exit, string Output, string Errors) Run(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    public static string Demand(string program, params string[] arguments)
    {
        (int exit, string output, string errors) = Run(program, arguments);
        return exit == 0 ? output.Trim() : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {exit} {errors}");
    }

    public static Process Start(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    /// <summary>True where a program is in the path.</summary>
    public static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/sbin")
            .Any(directory => File.Exists(Path.Combine(directory, program)));

    /// <summary>The command line of the probe process, for a shell.</summary>
    public static string Probe =>
        $"'{Environment.ProcessPath}' exec '{Path.Combine(AppContext.BaseDirectory, "BinarySync.Storage.Probe.dll")}'";

    /// <summary>Runs a line of shell; standard error's lines come back.</summary>
    public static string[] Shell(string line)
    {
        (int exit, _, string errors) = Run("sh", "-c", line);
        Assert.True(exit == 0, errors);
        return errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}

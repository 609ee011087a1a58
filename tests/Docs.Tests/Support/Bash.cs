using System.Diagnostics;
using System.Runtime.InteropServices;

namespace BinarySync.Docs.Tests.Support;

/// <summary>Runs what the documents show, with the programs in the path.</summary>
internal static class Bash
{
    /// <summary>Where the programs are, with a slash at the end.</summary>
    public static string Programs => Tool.Directory + "/";

    /// <summary>The runtime that runs the tests runs the programs.</summary>
    public static string Runtime { get; } = System.IO.Path.GetFullPath(
        System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));

    /// <summary>The path of a process that finds them, behind other directories.</summary>
    public static string Path(params IEnumerable<string> before) =>
        string.Join(':', [.. before, Programs, Environment.GetEnvironmentVariable("PATH"), "/usr/sbin", "/sbin"]);

    /// <summary>Runs lines to their end; what they print on both streams, in order.</summary>
    public static (int Exit, string Output) Run(string directory, string path, string lines)
    {
        ProcessStartInfo start = new("bash", ["-c", "exec 2>&1 </dev/null\n" + lines])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            Environment = { ["PATH"] = path, ["LC_ALL"] = "C", ["DOTNET_ROOT"] = Runtime },
        };
        using Process process = Children.Start(start);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}

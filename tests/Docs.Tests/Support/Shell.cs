using System.Diagnostics;

namespace BinarySync.Docs.Tests.Support;

/// <summary>A shell in an empty directory, with the built programs first in its path.</summary>
public sealed class Shell : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("binarysync-docs-").FullName;

    /// <summary>Runs a line; what it prints on both streams, in order.</summary>
    public string Run(string line)
    {
        ProcessStartInfo start = new("bash", ["-c", "exec 2>&1 </dev/null\n" + line])
        {
            WorkingDirectory = _directory,
            RedirectStandardOutput = true,
            Environment =
            {
                ["PATH"] = AppContext.BaseDirectory + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH"),
                ["LC_ALL"] = "C",
            },
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}

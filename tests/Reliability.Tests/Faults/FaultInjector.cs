using System.Diagnostics;

namespace BinarySync.Reliability.Tests.Faults;

/// <summary>Runs the programs with faults. Only calls on files in the workspace count, and on the devices that are named.</summary>
public sealed class FaultInjector(Workspace work) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Not in the workspace: what is written here is not the program's.
    private readonly TemporaryDirectory _own = new();

    /// <summary>Null where faults can be made, else what is missing.</summary>
    public static string? Missing { get; } =
        !OperatingSystem.IsLinux()
            || System.Runtime.InteropServices.RuntimeInformation.OSArchitecture != System.Runtime.InteropServices.Architecture.X64
            ? "needs Linux on x86-64"
        : !File.Exists(Python) ? $"needs {Python}"
        : Command.Run(Python, "-I", Script, "--under", "/", "--", "true").Exit != 0 ? "needs ptrace and seccomp"
        : null;

    /// <summary>Files and directories outside the workspace that count as well.</summary>
    public List<string> Under { get; } = [];

    private static string Python => "/usr/bin/python3";

    private static string Script => Path.Combine(AppContext.BaseDirectory, "Faults", "fault.py");

    /// <summary>Runs a command line, which has no spaces inside its arguments, to its end.</summary>
    public FaultedRun Run(string line, Fault fault, byte[]? input = null)
    {
        string log = _own["log"];
        File.Delete(log);
        return FaultedRun.From(Tool.Run(work.Root, input, Full(line, fault)), log);
    }

    /// <summary>Runs it, and does something while it waits before a call; null where it ended without coming there.</summary>
    public FaultedRun? RunWithPause(string line, Fault pause, Action meanwhile)
    {
        string log = _own["log"];
        string marker = _own["pause"];
        File.Delete(log);
        using Process process = Tool.Start(work.Root, Full(line, pause));
        process.StandardInput.Close();
        Stopwatch waited = Stopwatch.StartNew();
        while (!File.Exists(marker) && !process.HasExited && waited.Elapsed < Patience)
        {
            Thread.Sleep(2);
        }

        if (!File.Exists(marker))
        {
            Assert.True(process.HasExited, $"{line} neither ends nor comes to the call");
            return null;
        }

        try
        {
            meanwhile();
        }
        finally
        {
            File.Delete(marker);
        }

        return FaultedRun.From(Tool.Finish(process, line), log);
    }

    public void Dispose() => _own.Dispose();

    private string[] Full(string line, Fault fault) =>
    [
        Python, "-I", Script, "--under", work.Root, .. Under.SelectMany(path => new[] { "--under", path }),
        "--calls", fault.Calls, .. fault.When.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--do", fault.Action,
        "--log", _own["log"], "--pause", _own["pause"], "--", .. line.Split(' '),
    ];
}

using System.Diagnostics;
using System.Runtime.InteropServices;

namespace BinarySync.Tests.Support;

/// <summary>The four programs, and others around them, run as processes.</summary>
public static class Tool
{
    /// <summary>No test waits longer for a process.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>Where they are: as they are published, or what BINARYSYNC_PROGRAMS names.</summary>
    public static string Directory { get; } =
        Environment.GetEnvironmentVariable("BINARYSYNC_PROGRAMS") is { Length: > 0 } named
            ? Path.GetFullPath(named)
            : Path.Combine(AppContext.BaseDirectory, "tools");

    /// <summary>
    /// The four, then the system's own programs: what a user has put before them may be a script that starts another one.
    /// </summary>
    private static string SearchPath { get; } = $"{Directory}:/usr/bin:/bin:{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";

    static Tool() => Interrupts.Heed();

    /// <summary>The executable of one of the four.</summary>
    public static string PathOf(string tool) => Path.Combine(Directory, tool);

    /// <summary>True for the names of the four.</summary>
    public static bool IsOurs(string program) => program is "ckreq" or "ckfile" or "dtreq" or "dtfile";

    /// <summary>Runs one of the four, or any other program, to its end.</summary>
    /// <param name="workingDirectory">Where relative paths begin.</param>
    /// <param name="input">Standard input; nothing at all if null.</param>
    /// <param name="command">Program and arguments.</param>
    public static ToolResult Run(string workingDirectory, byte[]? input, params ReadOnlySpan<string> command)
    {
        using Process process = Start(workingDirectory, command);
        Task feeding = Task.Run(() => Feed(process, input));
        ToolResult result = Finish(process, string.Join(' ', command.ToArray()));
        feeding.Wait(Patience);
        return result;
    }

    /// <summary>Starts one, with all three streams in the test's hands.</summary>
    public static Process Start(string workingDirectory, params ReadOnlySpan<string> command)
    {
        ProcessStartInfo start = new(IsOurs(command[0]) ? PathOf(command[0]) : command[0], command[1..].ToArray())
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // The runtime that runs the tests runs the programs, wherever it is installed; and what the user's home might bring is kept away.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        start.Environment["PATH"] = SearchPath;
        start.Environment["XDG_STATE_HOME"] = workingDirectory;
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["LC_ALL"] = "C.UTF-8";

        // A program that is killed would leave sockets of the runtime's diagnostics in the temporary directory, and the tests kill many.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";

        // For those that start a shell of the user's choice, such as `script`: the same one for everybody.
        start.Environment["SHELL"] = "/bin/sh";
        return Children.Start(start);
    }

    /// <summary>Waits for a process that was started, and takes what it said.</summary>
    public static ToolResult Finish(Process process, string command)
    {
        using MemoryStream output = new();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task copying = process.StandardOutput.BaseStream.CopyToAsync(output);
        if (!process.WaitForExit(Patience) || !Task.WaitAll([errors, copying], Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{command} does not end");
        }

        return new ToolResult(command, process.ExitCode, output.ToArray(), errors.Result);
    }

    private static void Feed(Process process, byte[]? input)
    {
        try
        {
            process.StandardInput.BaseStream.Write(input ?? []);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It did not read to the end; what it says about that is the test's concern.
        }
    }
}

using System.Diagnostics;

namespace BinarySync.Tools.Tests;

/// <summary>What a process is given besides its arguments: descriptors that do not wait, limits, variables of the runtime.</summary>
public sealed class SurroundingsTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly Workspace _work = new();
    private readonly byte[] _a = Content.Make(3_000_000);
    private readonly byte[] _b;

    public SurroundingsTests()
    {
        _b = Content.Later(_a, 3_200_000, 30_000);
        _work.Prepare(_a, _b);
    }

    public void Dispose() => _work.Dispose();

    [LinuxFact("python3")]
    public void A_pipe_that_does_not_wait_is_waited_for()
    {
        // Both ends of the pipes are made non-blocking, as a program that shares them may do; the reader is slow, the writer late.
        _work.Write("through.py", """
            import os, subprocess, sys, threading, time
            command = sys.argv[1:]
            given = os.pipe()
            told = os.pipe2(os.O_NONBLOCK)
            os.set_blocking(given[0], False)
            tool = subprocess.Popen(command, stdin=given[0], stdout=told[1])
            os.close(given[0])
            os.close(told[1])
            os.set_blocking(told[0], True)
            def feed():
                data = sys.stdin.buffer.read()
                for at in range(0, len(data), 50000):
                    os.write(given[1], data[at:at + 50000])
                    time.sleep(0.002)
                os.close(given[1])
            feeder = threading.Thread(target=feed)
            feeder.start()
            while True:
                part = os.read(told[0], 100000)
                if not part:
                    break
                sys.stdout.buffer.write(part)
                time.sleep(0.002)
            feeder.join()
            sys.stdout.flush()
            sys.exit(tool.wait())
            """u8);
        Assert.Equal(_work.Read("p.dtf"), _work.Shell($"{Python} through.py dtfile b -r - -o - -q < p.dtr").Ends(0).Output);
        _work.Shell($"{Python} through.py dtfile apply - a < p.dtf").Ends(0);
        _work.Holds("a", _b);
        Assert.NotEmpty(_work.Shell($"{Python} through.py dtreq info - --extents < p.dtr").Ends(0).Output);
    }

    [LinuxTheory]
    [InlineData("DOTNET_STARTUP_HOOKS=/nowhere/hook.dll")]
    [InlineData("DOTNET_STARTUP_HOOKS=$PWD/a")]
    public void Code_that_a_variable_names_is_not_loaded(string variable) => _work.Shell($"{variable} ckfile info a.ckf").Succeeds();

    [LinuxFact]
    public void A_killed_run_leaves_nothing_in_the_temporary_directory()
    {
        Directory.CreateDirectory(_work["tmp"]);
        Command.Demand("mkfifo", _work["fifo"]);

        // The shell can open the pipe for writing only when the command has it open for reading.
        using Process shell = Tool.Start(
            _work.Root,
            "bash",
            "-c",
            "unset DOTNET_EnableDiagnostics; TMPDIR=$PWD/tmp ckfile info fifo & exec 3>fifo; kill -9 $!; wait $!");
        Tool.Finish(shell, "bash").Ends(137);
        Assert.Empty(Directory.GetFileSystemEntries(_work["tmp"]));
    }

    [LinuxFact]
    public void Few_descriptors_are_no_defect()
    {
        // With the fewest the runtime itself does not start, and says so in its own words.
        for (int most = 8; most <= 80; most += 8)
        {
            ToolResult result = _work.Shell($"ulimit -n {most}; timeout 60 dtfile apply p.dtf a --dry-run -q");
            Assert.True(result.Exit is not (70 or 124), $"{most}: {result.Exit} {result.Errors}");
        }
    }
}

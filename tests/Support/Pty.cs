using System.Diagnostics;
using System.Text;

namespace BinarySync.Tests.Support;

/// <summary>A line of shell on a terminal of its own (util-linux's `script`), while it runs and afterwards.</summary>
public sealed class Pty : IDisposable
{
    public const string Needs = "script";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Task _reading;

    private Pty(Process process)
    {
        _process = process;
        _reading = Task.Run(Read);
    }

    /// <summary>Everything that was written to the terminal so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts one.</summary>
    /// <param name="work">Where it runs.</param>
    /// <param name="columns">How wide the terminal is.</param>
    /// <param name="line">For the shell.</param>
    /// <param name="environment">
    /// What is set for it; the terminal is an xterm otherwise, and nothing speaks against bars and colours.
    /// </param>
    public static Pty Start(Workspace work, int columns, string line, string environment = "") => new(Tool.Start(
        work.Root, Needs, "-qec", $"unset CI NO_COLOR; export TERM=xterm {environment}; stty cols {columns} rows 24; {line}", "/dev/null"));

    /// <summary>Types keys.</summary>
    public void Type(string keys)
    {
        _process.StandardInput.Write(keys);
        _process.StandardInput.Flush();
    }

    /// <summary>Waits until something stands in what was written.</summary>
    public void Await(string text)
    {
        for (Stopwatch watch = Stopwatch.StartNew(); !Output.Contains(text, StringComparison.Ordinal); Thread.Sleep(20))
        {
            Assert.True(watch.Elapsed < Patience && !_reading.IsCompleted, $"'{text}' does not come; there is:\n{Output}");
        }
    }

    /// <summary>Waits for its end; the exit code.</summary>
    public int Finish()
    {
        Assert.True(_process.WaitForExit(Patience) && _reading.Wait(Patience), $"it does not end; there is:\n{Output}");
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private void Read()
    {
        char[] buffer = new char[4096];
        for (int got; (got = _process.StandardOutput.Read(buffer)) > 0;)
        {
            lock (_output)
            {
                _output.Append(buffer, 0, got);
            }
        }
    }
}

using System.CommandLine;
using BinarySync.Cli.Arguments;
using BinarySync.Cli.Output;
using BinarySync.Cli.Progress;
using BinarySync.Sync;

namespace BinarySync.Cli.Host;

/// <summary>A running command.</summary>
/// <param name="Terminal">Takes its output.</param>
/// <param name="Options">The options of all operations.</param>
/// <param name="Json">True if the result is JSON.</param>
internal sealed record CommandSession(Terminal Terminal, SyncOptions Options, bool Json, ProgressReporter Progress) : IDisposable
{
    private readonly long _started = System.Diagnostics.Stopwatch.GetTimestamp();

    /// <summary>The permissions that outputs get; null: as their sources allow.</summary>
    public int? OutputMode { get; init; }

    /// <summary>Time since the command began.</summary>
    public TimeSpan Elapsed => System.Diagnostics.Stopwatch.GetElapsedTime(_started);

    public void Dispose() => Progress.Dispose();
}

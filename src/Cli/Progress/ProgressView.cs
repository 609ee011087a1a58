using System.Diagnostics;
using BinarySync.Cli.Output;
using BinarySync.Sync;

namespace BinarySync.Cli.Progress;

/// <summary>A phase at one moment.</summary>
/// <param name="Number">The number of the phase, from 1.</param>
/// <param name="Count">The number of phases, as far as that is known; 0 if it is not.</param>
/// <param name="Phase">The name of the phase.</param>
/// <param name="Done">Bytes done.</param>
/// <param name="Total">Bytes to do; 0 if that is not known.</param>
/// <param name="Elapsed">Since the phase began.</param>
/// <param name="Rate">Bytes per second.</param>
internal readonly record struct ProgressView(int Number, int Count, string Phase, long Done, long Total, TimeSpan Elapsed, double Rate)
{
    /// <summary>Reads a phase at this moment.</summary>
    public static ProgressView Of(SyncPhase phase, RateMeter meter)
    {
        long end = phase.Ended;
        long now = end > 0 ? end : Stopwatch.GetTimestamp();
        long done = phase.Done;
        return new ProgressView(
            phase.Number, phase.Count, phase.Name, done, phase.Total, Stopwatch.GetElapsedTime(phase.Began, now),
            meter.Look(phase, done, now));
    }

    /// <summary>"[3/5] ", if there are several phases and their number is known.</summary>
    public string Step => Count > 1 && Number <= Count ? $"[{Number}/{Count}] " : string.Empty;

    /// <summary>0 to 100; 100 only when all is done. Null if the total is not known.</summary>
    public double? Percent => Total > 0 ? Done >= Total ? 100 : Math.Min(100.0 * Done / Total, 99.9) : null;

    /// <summary>Time left at this rate; null if that cannot be said.</summary>
    public TimeSpan? Left =>
        Total > 0 && Rate >= 1 && (Total - Done) / Rate is var seconds && seconds < MostSeconds
            ? TimeSpan.FromSeconds(Math.Max(0, seconds))
            : null;

    private static readonly double MostSeconds = TimeSpan.FromDays(999).TotalSeconds;
}

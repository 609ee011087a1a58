using System.Diagnostics;
using BinarySync.Sync;

namespace BinarySync.Cli.Progress;

/// <summary>
/// How fast a phase goes: what the last seconds count for most, so that a disk that slows down is seen, and the figure does not jump.
/// </summary>
internal sealed class RateMeter
{
    private const double Seconds = 3;

    private SyncPhase? _phase;
    private long _at;
    private long _done;
    private double _rate;

    /// <summary>Bytes per second, after one more look.</summary>
    public double Look(SyncPhase phase, long done, long now)
    {
        if (_phase != phase)
        {
            // The average so far is the best that is known of a phase that is new.
            _phase = phase;
            _at = phase.Began;
            _done = 0;
            _rate = -1;
        }

        double passed = Stopwatch.GetElapsedTime(_at, now).TotalSeconds;
        if (passed > 0.001)
        {
            double latest = (done - _done) / passed;
            _rate = _rate < 0 ? latest : _rate + ((latest - _rate) * (1 - Math.Exp(-passed / Seconds)));
            _at = now;
            _done = done;
        }

        return Math.Max(_rate, 0);
    }
}

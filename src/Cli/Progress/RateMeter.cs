using System.Diagnostics;
using BinarySync.Sync;

namespace BinarySync.Cli.Progress;

/// <summary>How fast a phase is: the last seconds count most, so that a slower disk shows, and the figure does not jump.</summary>
internal sealed class RateMeter
{
    private const double Seconds = 3;

    private SyncPhase? _phase;
    private long _at;
    private long _done;
    private double _rate;

    /// <summary>Bytes per second, updated with the bytes done now.</summary>
    public double Look(SyncPhase phase, long done, long now)
    {
        if (_phase != phase)
        {
            // For a new phase, the average so far is the best figure.
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

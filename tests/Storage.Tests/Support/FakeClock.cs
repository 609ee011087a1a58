namespace BinarySync.Storage.Tests.Support;

/// <summary>A clock that stands still until somebody sleeps: then that time has passed at once.</summary>
internal sealed class FakeClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<TimeSpan> _sleeps = [];
    private TimeSpan _now;

    /// <summary>False: whoever sleeps sleeps for ever.</summary>
    public bool Wakes { get; init; } = true;

    public TimeSpan Now
    {
        get
        {
            lock (_gate)
            {
                return _now;
            }
        }
    }

    public IReadOnlyList<TimeSpan> Sleeps
    {
        get
        {
            lock (_gate)
            {
                return [.. _sleeps];
            }
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Pass(TimeSpan time)
    {
        lock (_gate)
        {
            _now += time;
        }
    }

    public override long GetTimestamp() => Now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            _sleeps.Add(dueTime);
            _now += Wakes ? dueTime : TimeSpan.Zero;
        }

        if (Wakes)
        {
            callback(state);
        }

        return new Timer();
    }

    private sealed class Timer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

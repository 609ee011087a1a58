namespace BinarySync.Storage.Disks;

/// <summary>
/// A budget of bytes a second that several threads share, in the order in which they ask. An unused budget is kept for a tenth of a second,
/// or up to 1 MiB if that is more. So in any interval no more bytes pass than its own share and that.
/// </summary>
/// <remarks>The generic cell rate algorithm: a time up to which the budget is spent. Each request moves it on.</remarks>
public sealed class RateLimiter
{
    /// <summary>Bytes a second; a read of 1 MiB would wait for hours at a few bytes.</summary>
    public const long MinBytesPerSecond = 64 << 10;

    private const long LeastBurst = 1 << 20;
    private const int BurstsPerSecond = 10;

    private const double LongestSleep = 1000; // milliseconds

    private readonly long _bytesPerSecond;
    private readonly TimeProvider _time;
    private readonly CancellationToken _cancellation;
    private readonly Lock _gate = new();
    private readonly long _burst;
    private long _spentUntil;

    /// <summary>Begins with a budget for one burst.</summary>
    /// <param name="bytesPerSecond">At least <see cref="MinBytesPerSecond"/>.</param>
    /// <param name="time">Tells the time and wakes sleepers.</param>
    /// <param name="cancellation">Ends every wait.</param>
    public RateLimiter(long bytesPerSecond, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesPerSecond, MinBytesPerSecond);
        ArgumentNullException.ThrowIfNull(time);
        _bytesPerSecond = bytesPerSecond;
        _time = time;
        _cancellation = cancellation;

        // Whole mebibytes, so that a write is cut between blocks.
        LargestPiece = (int)(Math.Clamp(bytesPerSecond / BurstsPerSecond, LeastBurst, 1 << 30) / LeastBurst * LeastBurst);
        _burst = TimeFor(LargestPiece);
        _spentUntil = time.GetTimestamp();
    }

    /// <summary>Bytes that may be asked for at once.</summary>
    public int LargestPiece { get; }

    /// <summary>Waits until this many bytes may pass.</summary>
    /// <param name="bytes">At most <see cref="LargestPiece"/>.</param>
    /// <exception cref="OperationCanceledException">The cancellation came before that.</exception>
    public void Wait(int bytes)
    {
        long due = Reserve(bytes);
        while (_time.GetTimestamp() < due)
        {
            // Timers count whole milliseconds.
            double left = Math.Ceiling(_time.GetElapsedTime(_time.GetTimestamp(), due).TotalMilliseconds);
            Task.Delay(TimeSpan.FromMilliseconds(Math.Clamp(left, 1, LongestSleep)), _time, _cancellation).GetAwaiter().GetResult();
        }
    }

    /// <summary>Takes the next place in the queue; the time from which on these bytes may pass.</summary>
    internal long Reserve(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, LargestPiece);
        lock (_gate)
        {
            _spentUntil = Math.Max(_spentUntil, _time.GetTimestamp()) + TimeFor(bytes);
            return _spentUntil - _burst;
        }
    }

    // Rounded up: many small requests do not add up to more than the rate.
    private long TimeFor(int bytes) => (long)((((Int128)bytes * _time.TimestampFrequency) + _bytesPerSecond - 1) / _bytesPerSecond);
}

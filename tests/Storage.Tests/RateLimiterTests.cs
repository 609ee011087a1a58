using BinarySync.Storage.Disks;

namespace BinarySync.Storage.Tests;

public class RateLimiterTests
{
    private const int Mega = 1 << 20;

    [Theory]
    [InlineData(64 << 10, Mega)]
    [InlineData(5 * Mega, Mega)]
    [InlineData(50 * Mega, 5 * Mega)]
    [InlineData(59 * Mega, 5 * Mega)]
    [InlineData(1L << 30, 102 * Mega)]
    [InlineData(long.MaxValue, 1 << 30)]
    public void A_burst_is_a_tenth_of_a_second_in_whole_mebibytes_and_at_least_one(long rate, int burst) =>
        Assert.Equal(burst, new RateLimiter(rate, new FakeClock(), default).LargestPiece);

    [Theory]
    [InlineData(64 << 10, Mega)]
    [InlineData(Mega + 7, 4096)]
    [InlineData(20 * Mega, Mega)]
    [InlineData(300 * Mega, 333_333)]
    public void Never_more_passes_than_the_rate_and_a_burst_and_not_much_less(long rate, int piece)
    {
        FakeClock clock = new();
        RateLimiter limiter = new(rate, clock, default);
        long passed = 0;
        while (passed < 4 * rate || passed < 4 * limiter.LargestPiece)
        {
            limiter.Wait(piece);
            passed += piece;

            // Timers know no fractions of a millisecond, clocks none of a tick.
            double allowed = limiter.LargestPiece + (rate * clock.Now.TotalSeconds);
            Assert.InRange(passed, 0, allowed + 1);
            Assert.True(clock.Now == TimeSpan.Zero || passed > allowed - piece - (rate * 0.002), $"{passed} after {clock.Now}");
        }
    }

    [Fact]
    public void What_was_not_used_is_lost_but_for_a_burst()
    {
        FakeClock clock = new();
        RateLimiter limiter = new(10 * Mega, clock, default);
        clock.Pass(TimeSpan.FromHours(1));

        limiter.Wait(Mega);
        Assert.Empty(clock.Sleeps);

        limiter.Wait(Mega);
        Assert.Equal(TimeSpan.FromMilliseconds(100), Assert.Single(clock.Sleeps));
    }

    [Fact]
    public void Who_asks_first_passes_first_whatever_the_size()
    {
        FakeClock clock = new();
        RateLimiter limiter = new(10 * Mega, clock, default);
        int[] sizes = [Mega, 4096, Mega, 4096, 4096, Mega, 1];
        long[] due = [.. sizes.Select(limiter.Reserve)];

        Assert.Equal(due.Order(), due);

        // Each place in the queue is as far from the one before as its own bytes take.
        for (int i = 1; i < due.Length; i++)
        {
            Assert.Equal((double)TimeSpan.TicksPerSecond * sizes[i] / (10 * Mega), due[i] - due[i - 1], tolerance: 1);
        }
    }

    [Fact]
    public void Several_threads_share_one_budget()
    {
        const int Rate = 4 * Mega;
        RateLimiter limiter = new(Rate, TimeProvider.System, default);
        int[] passed = new int[3];
        long started = TimeProvider.System.GetTimestamp();
        Thread[] threads = [.. passed.Select((_, number) => new Thread(() =>
        {
            while (TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(1.5))
            {
                limiter.Wait(64 << 10);
                passed[number] += 64 << 10;
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        // How it is shared depends on who is let run; that the queue is one in order is seen above.
        Assert.InRange(passed.Sum(), 1, Mega + (Rate * TimeProvider.System.GetElapsedTime(started).TotalSeconds));
    }

    [Fact]
    public void A_long_wait_is_slept_in_short_pieces()
    {
        FakeClock clock = new();
        RateLimiter limiter = new(RateLimiter.MinBytesPerSecond, clock, default);
        limiter.Wait(Mega);
        limiter.Wait(Mega);

        Assert.Equal(TimeSpan.FromSeconds(16), clock.Now);
        Assert.All(clock.Sleeps, sleep => Assert.InRange(sleep, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task A_cancellation_ends_a_wait()
    {
        using CancellationTokenSource source = new();
        FakeClock clock = new() { Wakes = false };
        RateLimiter limiter = new(RateLimiter.MinBytesPerSecond, clock, source.Token);
        limiter.Wait(Mega);
        Task waiting = Task.Run(() => limiter.Wait(1));
        while (clock.Sleeps.Count == 0)
        {
            await Task.Delay(10);
        }

        Assert.False(waiting.IsCompleted);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void A_rate_below_the_least_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RateLimiter(RateLimiter.MinBytesPerSecond - 1, TimeProvider.System, default));
}

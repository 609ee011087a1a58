using System.Diagnostics;

namespace BinarySync.Campaign;

/// <summary>The time that a message may take: 2 seconds for each MiB of its bytes and of the content that its sections declare.</summary>
internal static class Allowance
{
    private const double SecondsPerMiB = 2;

    /// <summary>What any message may take: the machine has other things to do as well.</summary>
    private static readonly TimeSpan Floor = TimeSpan.FromSeconds(0.5);

    /// <summary>Past its allowance by this much, nobody waits any longer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static TimeSpan Of(ReadOnlySpan<byte> message)
    {
        double mebibytes = (message.Length + MutationCase.DeclaredRawSize(message)) / (double)(1 << 20);
        return TimeSpan.FromSeconds(Math.Max(Floor.TotalSeconds, SecondsPerMiB * mebibytes));
    }

    /// <summary>
    /// Runs it, and again where it took too long: only what is slow three times is slow by itself. Where the machine is busy with other
    /// things, time passes in which nothing is done: so the processor time counts where it is less than what the clock says. What waits
    /// for ever is found by <see cref="Patience"/>.
    /// </summary>
    public static (string Outcome, TimeSpan Best) Measure(Func<string> run, TimeSpan allowance)
    {
        TimeSpan best = TimeSpan.MaxValue;
        for (int attempt = 0; ; attempt++)
        {
            long started = Stopwatch.GetTimestamp();
            TimeSpan busyBefore = Environment.CpuUsage.TotalTime;
            string outcome = run();
            TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
            TimeSpan busy = Environment.CpuUsage.TotalTime - busyBefore;
            TimeSpan took = busy < elapsed ? busy : elapsed;
            best = took < best ? took : best;
            if (best <= allowance)
            {
                return (outcome, best);
            }

            if (attempt == 2)
            {
                throw new MutationViolation($"took {best.TotalSeconds:F2} s at best; {allowance.TotalSeconds:F2} s are allowed");
            }
        }
    }
}

using System.Globalization;

namespace BinarySync.Cli.Output;

/// <summary>How long something took, and how fast that was.</summary>
internal static class Rate
{
    /// <summary>A shorter time tells nothing of the rate.</summary>
    public static readonly TimeSpan LeastMeasured = TimeSpan.FromSeconds(1);

    /// <summary>"0.31 s", "2.31 s (1.72 GiB/s)", "20 min 34 s (58.6 MiB/s)".</summary>
    public static string Text(long bytes, TimeSpan elapsed) => elapsed < LeastMeasured
        ? Time(elapsed)
        : $"{Time(elapsed)} ({SizeText.Format((long)(bytes / elapsed.TotalSeconds))}/s)";

    /// <summary>"0.31 s", "20 min 34 s", "3 h 05 min".</summary>
    public static string Time(TimeSpan elapsed) => elapsed.TotalSeconds < 60
        ? string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:0.00} s")
        : elapsed.TotalHours < 1
            ? string.Create(CultureInfo.InvariantCulture, $"{elapsed.Minutes} min {elapsed.Seconds:00} s")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)elapsed.TotalHours} h {elapsed.Minutes:00} min");
}

namespace BinarySync.Cli;

/// <summary>How long something took, and how fast that was.</summary>
internal static class Rate
{
    /// <summary>"0.31 s (12.9 GiB/s)".</summary>
    public static string Text(long bytes, TimeSpan elapsed)
    {
        double seconds = Math.Max(elapsed.TotalSeconds, 0.001);
        return $"{seconds:0.00} s ({SizeText.Format((long)(bytes / seconds))}/s)";
    }
}

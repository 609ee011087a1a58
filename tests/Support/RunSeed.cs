using System.Globalization;

namespace BinarySync.Tests.Support;

/// <summary>
/// What a test draws from that tries only a share of all there is: BINARYSYNC_SEED, or the day, so that what is left out today is tried
/// another day. A test that uses it prints it.
/// </summary>
public static class RunSeed
{
    public static int Value { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("BINARYSYNC_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out int seed)
            ? seed
            : int.Parse(DateTime.UtcNow.ToString("yyyyMMdd", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}

namespace BinarySync.Tests.Support;

/// <summary>
/// How much a test tries of what there is to try: BINARYSYNC_SWEEP=full all of it, =wide a wide sample, an ordinary run a share of that.
/// </summary>
public static class RunShare
{
    private static readonly string? Asked = Environment.GetEnvironmentVariable("BINARYSYNC_SWEEP");

    public static bool IsFull => Asked == "full";

    /// <summary>Also where all is asked for.</summary>
    public static bool IsWide => Asked is "wide" or "full";

    /// <summary>Every n-th number, from one that <see cref="RunSeed"/> decides: in as many runs, all of them.</summary>
    /// <param name="first">The least number.</param>
    /// <param name="last">The largest.</param>
    /// <param name="wide">The step of a wide run.</param>
    /// <param name="ordinary">The step of an ordinary one.</param>
    public static IEnumerable<int> Numbers(int first, int last, int wide, int ordinary)
    {
        int step = IsFull ? 1 : IsWide ? wide : ordinary;
        for (int number = first + (RunSeed.Value % step); number <= last; number += step)
        {
            yield return number;
        }
    }
}

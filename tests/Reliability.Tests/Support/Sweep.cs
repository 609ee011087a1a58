using System.Globalization;

namespace BinarySync.Reliability.Tests.Support;

/// <summary>
/// Counts the faults of a sweep and what became of them, and says so: on the test's output, and in a file where one is asked for.
/// </summary>
public sealed class Sweep(ITestOutputHelper output, string kind, string subject) : IDisposable
{
    private static readonly Lock Writing = new();
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private bool _completed;

    // An ordinary run is to take a few minutes: of what takes longest it tries a third of what a wide run tries, of all else half.
    private const int ShareOfLongest = 3;
    private const int Share = 2;
    private const int Least = 3;

    /// <summary>True where all there is to try is asked for.</summary>
    public static bool IsFull => RunShare.IsFull;

    /// <summary>Directory of the file with the counts.</summary>
    private static string? ReportDirectory => Environment.GetEnvironmentVariable("BINARYSYNC_REPORT");

    /// <summary>
    /// Which of so many calls are tried: all, or where that is asked for too often to be cheap, some, the first and the last among them.
    /// An ordinary run tries half of them, drawn by <see cref="RunSeed"/>: other ones on another day.
    /// </summary>
    public static IEnumerable<int> Some(int count, int most) => Sample(count, most, Share);

    /// <summary>As <see cref="Some(int, int)"/>, for the sweeps that take longest.</summary>
    public static IEnumerable<int> Few(int count, int most) => Sample(count, most, ShareOfLongest);

    /// <summary>As <see cref="Some(int, int)"/>, and of each kind of call at least one.</summary>
    public static IEnumerable<int> SomeOfEach(IReadOnlyList<string> calls, int most)
    {
        SortedSet<int> some = [.. Some(calls.Count, most)];
        foreach (IGrouping<string, int> kind in Enumerable.Range(1, calls.Count).GroupBy(number => calls[number - 1].Split(' ')[1]))
        {
            if (!kind.Any(some.Contains))
            {
                some.Add(kind.ElementAt(RunSeed.Value % kind.Count()));
            }
        }

        return some;
    }

    private static IEnumerable<int> Sample(int count, int most, int share)
    {
        int wide = Math.Min(count, most);
        int picks = RunShare.IsWide ? wide : Math.Min(wide, Math.Max(Least, (wide + share - 1) / share));
        if (IsFull || picks == count)
        {
            return Enumerable.Range(1, count);
        }

        // Step by step; in an ordinary run from each step to the next one somewhere.
        Random random = new(unchecked((RunSeed.Value * 31) + count));
        int[] steps = [.. Enumerable.Range(0, picks).Select(step => 1 + (int)((long)step * (count - 1) / (picks - 1)))];
        return RunShare.IsWide ? steps : [.. steps[..^1].Zip(steps[1..], (from, to) => from == 1 ? 1 : random.Next(from, to)), count];
    }

    /// <summary>One more of this.</summary>
    public void Count(string what, int count = 1) => _counts[what] = _counts.GetValueOrDefault(what) + count;

    /// <summary>All of it came out as it must: what was counted may be believed.</summary>
    /// <param name="atLeast">What must have been counted at least once: a sweep that meets nothing proves nothing.</param>
    public void Complete(params ReadOnlySpan<string> atLeast)
    {
        foreach (string what in atLeast)
        {
            Assert.True(_counts.GetValueOrDefault(what) > 0, $"{kind}, {subject}: none of '{what}'");
        }

        _completed = true;
    }

    public void Dispose()
    {
        string state = _completed ? "" : "\tNOT COMPLETED";
        output.WriteLine($"BINARYSYNC_SEED={RunSeed.Value}");
        foreach ((string what, int count) in _counts)
        {
            output.WriteLine($"{kind}\t{subject}\t{what}\t{count}{state}");
        }

        if (ReportDirectory is { Length: > 0 } directory)
        {
            lock (Writing)
            {
                Directory.CreateDirectory(directory);
                File.AppendAllLines(
                    Path.Combine(directory, "reliability.tsv"),
                    _counts.Select(
                        count => string.Create(CultureInfo.InvariantCulture, $"{kind}\t{subject}\t{count.Key}\t{count.Value}{state}")));
            }
        }
    }
}

using System.Globalization;

namespace BinarySync.Reliability.Tests.Support;

/// <summary>Counts the faults of a sweep and what became of them, and says so: on the test's output, and in a file where one is asked for.</summary>
public sealed class Sweep(ITestOutputHelper output, string kind, string subject) : IDisposable
{
    private static readonly Lock Writing = new();
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private bool _completed;

    // An ordinary run is to take a few minutes.
    private const int OrdinaryShare = 3;

    /// <summary>True where BINARYSYNC_SWEEP=full asks for all there is to try; the others take samples, and of what takes longest the ordinary run a third of what "wide" takes.</summary>
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("BINARYSYNC_SWEEP") == "full";

    private static bool IsWide { get; } = Environment.GetEnvironmentVariable("BINARYSYNC_SWEEP") == "wide";

    /// <summary>Directory of the file with the counts.</summary>
    private static string? ReportDirectory => Environment.GetEnvironmentVariable("BINARYSYNC_REPORT");

    /// <summary>Which of so many calls are tried: all, or where that is asked for too often to be cheap, some, the first and the last among them.</summary>
    public static IEnumerable<int> Some(int count, int most) =>
        IsFull || count <= most ? Enumerable.Range(1, count) : Enumerable.Range(0, most).Select(step => 1 + (int)((long)step * (count - 1) / (most - 1)));

    /// <summary>As <see cref="Some"/>, for the sweeps that take longest: an ordinary run makes do with a third.</summary>
    public static IEnumerable<int> Few(int count, int most) => Some(count, IsWide ? most : Math.Max(3, most / OrdinaryShare));

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
                    _counts.Select(count => string.Create(CultureInfo.InvariantCulture, $"{kind}\t{subject}\t{count.Key}\t{count.Value}{state}")));
            }
        }
    }
}

using System.Globalization;
using BinarySync.Sync.Applying;
using BinarySync.Tests.Support;
using Xunit.Abstractions;

namespace BinarySync.Sync.Tests.Crash;

/// <summary>
/// The crash model: the real planner and executor on a machine that crashes at any change, in any way that a kill, a power cut or a
/// failing call may leave it.
/// </summary>
public sealed class CrashModelTests(ITestOutputHelper output)
{
    private const int LeastStates = 15_000;

    [Fact]
    public void From_every_state_that_a_crash_leaves_the_same_command_finishes_and_the_undo_file_leads_back()
    {
        int seed = RunSeed.Value;
        int states = Setting("BINARYSYNC_CRASH_STATES") ?? LeastStates;
        int? only = Setting("BINARYSYNC_CRASH_CASE");
        CrashCounts counts = new();
        CrashEffort effort = Enum.TryParse(Environment.GetEnvironmentVariable("BINARYSYNC_CRASH_SHAPE"), out CrashShape shape)
            ? new CrashEffort { OnlyShape = shape }
            : CrashSearch.Ordinary;
        CrashFind? find = CrashSearch.Run(seed, only ?? 0, only is null ? states : 0, new ApplyTuning(), null, counts, effort);

        string table = counts.Table();
        output.WriteLine($"seed {seed}");
        output.WriteLine(table);
        if (Environment.GetEnvironmentVariable("BINARYSYNC_REPORT") is { Length: > 0 } directory)
        {
            File.WriteAllText(Path.Combine(directory, "crash-model.txt"), $"seed {seed}\n{table}");
        }

        Assert.True(
            find is null,
            $"{find?.Text}\nreplay: BINARYSYNC_SEED={seed} BINARYSYNC_CRASH_CASE={find?.Number} dotnet test tests/Sync.Tests --filter "
                + $"{nameof(CrashModelTests)}");
        Assert.True(only is not null || counts.States >= states);
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : null;
}

/// <summary>Goes through cases on all processors, until there are enough states or one is lost.</summary>
internal static class CrashSearch
{
    /// <summary>The mix of small and large cases.</summary>
    public static CrashEffort Ordinary { get; } = new() { LargeOneIn = 40, SetOneIn = 4, LargeSetOneIn = 20, ExchangeShare = 0.25 };

    /// <summary>Explores cases one after another.</summary>
    /// <param name="seed">Decides all cases.</param>
    /// <param name="first">The number of the first.</param>
    /// <param name="states">Distinct states after which it ends; 0 for one case.</param>
    /// <param name="tuning">Safeguards.</param>
    /// <param name="change">What the machine does otherwise.</param>
    /// <param name="counts">Where states are counted.</param>
    /// <param name="effort">How much is looked at in a case.</param>
    /// <returns>The lost state with the least number of a case; null where there is none.</returns>
    public static CrashFind? Run(
        int seed, int first, long states, ApplyTuning tuning, Func<CrashBehaviour, CrashBehaviour>? change, CrashCounts counts,
        CrashEffort effort)
    {
        int next = first - 1;
        CrashFind? find = null;
        Lock gate = new();
        int workers = states == 0 ? 1 : Environment.ProcessorCount;
        Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, _ =>
        {
            do
            {
                CrashFind? found = CrashModel.Explore(seed, Interlocked.Increment(ref next), tuning, change, counts, effort);
                lock (gate)
                {
                    find = found is null || find?.Number < found.Number ? find : found;
                }
            }
            while (find is null && counts.States < states);
        });
        return find;
    }
}

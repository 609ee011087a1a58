using BinarySync.Tests.Messages;

namespace BinarySync.Campaign;

/// <summary>The books of a run.</summary>
internal sealed class Tally
{
    private readonly SortedDictionary<string, long> _outcomes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _kinds = [];
    private readonly SortedDictionary<MutationClass, long> _classes = [];
    private readonly SortedDictionary<MutationClass, long> _alone = [];
    private (double Share, TimeSpan Took, TimeSpan Allowed, long Number, int Length) _slowest;
    private long _messages;
    private long _bytes;
    private long _structural;

    public void Add(MutationCase one, Mutant mutant, string outcome, TimeSpan took, TimeSpan allowed)
    {
        _messages++;
        _bytes += mutant.Bytes.Length;
        _structural += mutant.IsStructural ? 1 : 0;
        Count(_kinds, one.Subject.Name);
        Count(_outcomes, $"{one.Subject.Name,-7} {outcome}");
        MutationClass[] classes = [.. mutant.Done.Distinct()];
        foreach (MutationClass what in classes)
        {
            Count(_classes, what);
        }

        if (classes.Length == 1)
        {
            Count(_alone, classes[0]);
        }

        if (took / allowed > _slowest.Share)
        {
            _slowest = (took / allowed, took, allowed, one.Number, mutant.Bytes.Length);
        }
    }

    public void Print(TextWriter output, CampaignOptions options, TimeSpan elapsed)
    {
        double seconds = Math.Max(elapsed.TotalSeconds, 0.001);
        output.WriteLine(
            $"{_messages:N0} messages in {elapsed.TotalMinutes:F1} minutes, {_messages / seconds:N0} a second, "
                + $"{_bytes / seconds / (1 << 20):F2} MiB/s, seed {options.Seed}, kind {options.Kind}");
        output.WriteLine($"{_structural:N0} of them ({(double)_structural / Math.Max(1, _messages):P0}) with all checksums computed again");
        output.WriteLine("messages of each kind:");
        foreach ((string kind, long count) in _kinds.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            output.WriteLine($"{count,12:N0} {kind}");
        }

        output.WriteLine("messages in which a class of mutation was at work (one may have several), and alone:");
        foreach ((MutationClass what, long count) in _classes)
        {
            output.WriteLine($"{count,12:N0} {_alone.GetValueOrDefault(what),10:N0} {what}");
        }

        output.WriteLine("what came of them:");
        foreach ((string outcome, long count) in _outcomes)
        {
            output.WriteLine($"{count,12:N0} {outcome}");
        }

        output.WriteLine(
            $"slowest: case {_slowest.Number}, {_slowest.Length:N0} bytes, {_slowest.Took.TotalSeconds:F3} s of "
                + $"{_slowest.Allowed.TotalSeconds:F2} s allowed ({_slowest.Share:P0})");
        output.WriteLine(
            $"peak memory (VmHWM, all of this process): {ProcessMemory.Peak() / (double)(1 << 20):F1} MiB of {ProcessMemory.Limit >> 20} "
                + "MiB allowed");
    }

    private static void Count<TKey>(IDictionary<TKey, long> counts, TKey key) =>
        counts[key] = counts.TryGetValue(key, out long count) ? count + 1 : 1;
}

using System.Diagnostics;

namespace BinarySync.Campaign;

/// <summary>Runs cases one after the other, until the time is over or something came of one that may not.</summary>
internal sealed class Runner(CampaignOptions options)
{
    private readonly Tally _tally = new();
    private volatile Running? _running;

    /// <summary>0: all is well. 1: there was a violation.</summary>
    public int Run()
    {
        new Thread(Watch) { IsBackground = true, Name = "watch" }.Start();
        Stopwatch all = Stopwatch.StartNew();
        bool isSound = true;
        for (
            long number = options.Case ?? options.From; isSound
                && (options.Case is null ? all.Elapsed.TotalMinutes < options.Minutes : number == options.Case); number++)
        {
            MutationCase one = MutationCase.Of(options.Seed, number);
            if (options.Case is not null || options.Kind is CampaignOptions.AllKinds || one.Subject.Name == options.Kind)
            {
                isSound = RunOne(one);
            }
        }

        _tally.Print(Console.Out, options, all.Elapsed);
        Console.WriteLine(isSound ? "no violation" : "1 violation");
        return isSound ? 0 : 1;
    }

    private bool RunOne(MutationCase one)
    {
        Mutant? mutant = null;
        try
        {
            ProcessMemory.ReleaseGarbage();
            mutant = one.Bend();
            ProcessMemory.ReleaseGarbage();
            TimeSpan allowed = Allowance.Of(mutant.Bytes);
            _running = new Running(one, mutant, Stopwatch.GetTimestamp(), allowed);
            (string outcome, TimeSpan took) = Allowance.Measure(() => one.Try(mutant), allowed);
            _running = null;
            _tally.Add(one, mutant, outcome, took, allowed);
            if (options.Case is not null)
            {
                Console.WriteLine($"case {one.Number}: {one.Subject.Name}, {string.Join(", ", mutant.Done)}: {outcome}");
            }

            if (one.Number % 512 == 0)
            {
                ProcessMemory.RequireBelowLimit();
            }

            return true;
        }
        catch (Exception exception)
        {
            // Not only violations: where nothing could be bent, a writer may have written what no reader takes.
            _running = null;
            Report(one, mutant, exception is MutationViolation ? exception.Message : $"{exception}");
            return false;
        }
    }

    private static void Report(MutationCase one, Mutant? mutant, string what)
    {
        string file = $"violation-{one.Seed}-{one.Number}.{one.Subject.Name}";
        File.WriteAllBytes(file, mutant?.Bytes ?? []);
        Console.WriteLine($"VIOLATION in case {one.Number} ({one.Subject.Name}; {string.Join(", ", mutant?.Done ?? [])}): {what}");
        Console.WriteLine(
            $"the message is in {file}; again with: dotnet run --project tests/Campaign -c Release -- --seed {one.Seed} --case "
                + $"{one.Number}");
    }

    // What hangs does not come back to be measured.
    private void Watch()
    {
        while (true)
        {
            Thread.Sleep(1000);
            if (_running is { } running && Stopwatch.GetElapsedTime(running.Started) > (3 * running.Allowed) + Allowance.Patience)
            {
                Report(running.Case, running.Mutant, $"hangs: {running.Allowed.TotalSeconds:F2} s are allowed");
                Environment.Exit(1);
            }
        }
    }

    private sealed record Running(MutationCase Case, Mutant Mutant, long Started, TimeSpan Allowed);
}

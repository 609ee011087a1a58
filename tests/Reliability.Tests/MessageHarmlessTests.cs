namespace BinarySync.Reliability.Tests;

/// <summary>Programs that make a message file, with interrupted calls and short counts: nothing is to be noticed of them.</summary>
public sealed class MessageHarmlessTests(ITestOutputHelper output) : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [FaultTheory]
    [MemberData(nameof(MessageCommand.Longer), MemberType = typeof(MessageCommand))]
    public void Interrupted_calls_and_short_counts_do_no_harm(string name)
    {
        using FaultInjector faults = new(_work);
        using Sweep sweep = new(output, "harmless", name);
        MessageCommand command = MessageCommand.Prepare(_work, name);
        foreach (string calls in new[] { "read", "change" })
        {
            foreach (
                (
                    string what,
                    Fault fault) in new[] { ("interrupted calls", Fault.Interruptions(calls)), ("short counts", Fault.ShortCounts(calls)) })
            {
                command.Reset(_work);
                FaultedRun run = faults.Run(command.Line, fault);
                run.Result.Succeeds();
                Assert.True(command.IsComplete(_work));
                sweep.Count(what, run.Fired);
            }
        }

        sweep.Complete("interrupted calls", "short counts");
    }
}

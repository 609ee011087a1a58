namespace BinarySync.Reliability.Tests;

/// <summary>Programs that make a message file, with SIGINT and SIGTERM: no half file, and the same command works again.</summary>
public sealed class MessageSignalTests(ITestOutputHelper output) : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [FaultTheory]
    [MemberData(nameof(MessageCommand.Longer), MemberType = typeof(MessageCommand))]
    public void A_signal_at_every_change(string name)
    {
        using FaultInjector faults = new(_work);
        using Sweep sweep = new(output, "signal", name);
        MessageCommand command = MessageCommand.Prepare(_work, name);
        IReadOnlyList<string> changes = command.Calls(_work, faults, Fault.Change);
        foreach ((int number, bool isTerm) in Enumerable.Range(1, changes.Count).Select(number => (number, number % 2 == 0))
            .Prepend((1, true)))
        {
            command.Reset(_work);
            ToolResult result = faults.Run(command.Line, Fault.Signal(isTerm ? "TERM" : "INT", number)).Result;
            if (result.Exit == 0)
            {
                // It came too late: nothing was left to stop.
                Assert.True(command.IsComplete(_work));
                sweep.Count("came too late: exit 0, complete");
            }
            else
            {
                result.Fails(isTerm ? 143 : 130, "interrupted", "run the same command again");
                Assert.False(command.IsComplete(_work));
                Assert.DoesNotContain(_work.Names, left => left.Contains(".partial-", StringComparison.Ordinal));
                sweep.Count($"exit {result.Exit}, no output");
            }

            command.RunAgain(_work);
        }

        sweep.Complete("exit 130, no output", "exit 143, no output");
    }
}

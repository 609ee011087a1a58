namespace BinarySync.Reliability.Tests;

/// <summary>
/// Programs that make a message file, killed at every change: the file is complete or not there, and the same command works again.
/// </summary>
public sealed class MessageKillTests(ITestOutputHelper output) : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [FaultTheory]
    [MemberData(nameof(MessageCommand.Names), MemberType = typeof(MessageCommand))]
    public void Killed_at_every_change(string name)
    {
        using FaultInjector faults = new(_work);
        using Sweep sweep = new(output, "kill", name);
        MessageCommand command = MessageCommand.Prepare(_work, name);
        IReadOnlyList<string> changes = command.Calls(_work, faults, Fault.Change);
        foreach (int number in Sweep.Some(changes.Count, most: changes.Count))
        {
            // After the last change, and in the middle of those that can be half made.
            bool canTear = number == changes.Count || changes[number - 1].EndsWith(" bytes", StringComparison.Ordinal);
            foreach (Fault fault in canTear ? new[] { Fault.Kill(number), Fault.Tear(number) } : [Fault.Kill(number)])
            {
                command.Reset(_work);
                faults.Run(command.Line, fault).IsKilled();
                sweep.Count(command.IsComplete(_work) ? "complete when killed" : "no output when killed");
                command.RunAgain(_work);
                sweep.Count("killed, and made again");
            }
        }

        sweep.Complete("complete when killed", "no output when killed");
    }
}

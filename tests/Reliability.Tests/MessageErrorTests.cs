namespace BinarySync.Reliability.Tests;

/// <summary>
/// Programs that make a message file, with an error of every call: exit 5 in the system's words, no half file, and the same command works
/// again.
/// </summary>
public sealed class MessageErrorTests(ITestOutputHelper output) : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [FaultTheory]
    [MemberData(nameof(MessageCommand.Longer), MemberType = typeof(MessageCommand))]
    public void An_error_of_every_call(string name)
    {
        using FaultInjector faults = new(_work);
        using Sweep sweep = new(output, "error", name);
        MessageCommand command = MessageCommand.Prepare(_work, name);
        foreach ((string calls, string error, string words) in new[]
        {
            ("read", "EIO", "Input/output error"),
            ("change", "EIO", "Input/output error"),
            ("change", "ENOSPC", "No space left on device"),
        })
        {
            foreach (int number in Sweep.SomeOfEach(command.Calls(_work, faults, calls), most: 6))
            {
                command.Reset(_work);
                FaultedRun run = faults.Run(command.Line, Fault.Error(error, calls, number));
                Assert.True(run.HasFired, command.Line);
                string failed = run.Calls[number - 1].Split(' ')[1];
                if (run.Result.Exit == 0)
                {
                    // A read of several blocks at once was made again, block by block.
                    Assert.True(calls == "read" && failed is ("pread64" or "preadv2"), $"{failed} failed, and nobody heard of it");
                    Assert.True(command.IsComplete(_work));
                    sweep.Count($"{error} of {failed}: harmless, done");
                    continue;
                }

                run.Result.Fails(5, words);
                sweep.Count($"{error} of {run.Calls[number - 1].Split(' ')[1]}: exit 5");
                if (command.IsComplete(_work))
                {
                    // Only the flush of the directory comes after the name.
                    Assert.StartsWith($"{number} fsync {_work.Root} ", run.Calls[number - 1]);
                    sweep.Count("exit 5 with the output complete under its name");
                }

                Assert.DoesNotContain(_work.Names, left => left.Contains(".partial-", StringComparison.Ordinal));
                command.RunAgain(_work);
            }
        }

        sweep.Complete("EIO of fsync: exit 5", "ENOSPC of write: exit 5", "exit 5 with the output complete under its name");
    }
}

namespace BinarySync.Reliability.Tests;

/// <summary>
/// SIGINT and SIGTERM during `dtfile apply`: the first stops between two writes, a second one at once. The same command goes on.
/// </summary>
public sealed class ApplySignalTests(ITestOutputHelper output)
{
    [FaultTheory]
    [InlineData("grow", true)]
    [InlineData("shrink", false)]
    public void A_signal_stops_between_two_writes(string name, bool undo) => First(name, undo);

    [FaultOnDeviceTheory]
    [InlineData(false)]
    public void A_signal_stops_between_two_writes_on_a_device(bool undo) => First("device", undo);

    [FaultTheory]
    [InlineData("INT+INT", 130)]
    [InlineData("TERM+TERM", 143)]
    [InlineData("INT+TERM", 143)]
    public void A_second_signal_stops_at_once(string signals, int exit)
    {
        using ApplyScene scene = new("grow");
        using Sweep sweep = new(output, "signal", signals);
        string line = scene.Line(undo: true);
        FaultedRun clean = scene.Faults.Run(line, Fault.None());
        foreach (int number in Sweep.Some(clean.Calls.Count, 5))
        {
            scene.Reset();
            FaultedRun run = scene.Faults.Run(line, Fault.Signal(signals, number));
            run.Result.Ends(exit);
            Assert.Equal(number, run.Calls.Count);
            scene.Work.Line(line).Ends(0);
            scene.IsDone(scene.B);
            sweep.Count("stopped at once, and ended in B");
        }

        sweep.Complete("stopped at once, and ended in B");
    }

    private void First(string name, bool undo)
    {
        using ApplyScene scene = new(name);
        using Sweep sweep = new(output, "signal", name);
        string line = scene.Line(undo);
        int tried = 0;
        foreach (string calls in new[] { "read", "change" })
        {
            scene.Reset();
            FaultedRun clean = scene.Faults.Run(line, Fault.None(calls));
            foreach (int number in Sweep.Some(clean.Calls.Count, 8))
            {
                scene.Reset();
                bool isTerm = tried++ % 2 != 0;
                ToolResult result = scene.Faults.Run(line, Fault.Signal(isTerm ? "TERM" : "INT", number, calls)).Result;
                if (result.Exit == 0)
                {
                    // All had been written: there was nothing left to stop.
                    scene.IsDone(scene.B);
                    sweep.Count("came too late: exit 0, B");
                    continue;
                }

                result.Fails(isTerm ? 143 : 130, "interrupted", "run the same command again");
                scene.HasWholeBlocks();
                sweep.Count($"exit {result.Exit}, every block old or new");
                scene.Work.Line(line).Ends(0);
                scene.IsDone(scene.B);
                sweep.Count("the same command again ended in B");
            }
        }

        sweep.Complete("exit 130, every block old or new", "exit 143, every block old or new");
    }
}

namespace BinarySync.Reliability.Tests.Support;

/// <summary>
/// `dtfile apply` killed before every change and in the middle of every write, once and once more while it recovers. The same command
/// then ends in B; the undo file, if it is there, in A.
/// </summary>
public static class KillSweep
{
    // Without an undo file the same changes are made as with it, less those of the undo file.
    private const int SampleWithout = 14;
    private const int SampleWith = 36;
    private const int SampleBack = 10;

    /// <summary>Killed, and the same command again.</summary>
    /// <param name="output">For the counts.</param>
    /// <param name="name">Of the scene.</param>
    /// <param name="undo">With an undo file.</param>
    /// <param name="isLong">Each run takes long.</param>
    public static void Forwards(ITestOutputHelper output, string name, bool undo, bool isLong = false)
    {
        using ApplyScene scene = new(name);
        using Sweep sweep = new(output, undo ? "kill, with undo" : "kill", name);
        string line = scene.Line(undo);
        IReadOnlyList<string> changes = Changes(scene, line);
        int tried = 0;
        foreach (int number in undo
            || isLong ? Sweep.Few(changes.Count, undo ? SampleWith : SampleWithout) : Sweep.Some(changes.Count, SampleWithout))
        {
            // A second crash, while the first is being recovered from: at another place each time.
            int second = 1 + (number * 7 % changes.Count);
            KillAndGoOn(scene, line, sweep, Fault.Kill(number), Sweep.IsFull || tried++ % 3 == 0 ? Fault.Tear(second) : null);
            if (changes[number - 1].EndsWith(" bytes", StringComparison.Ordinal))
            {
                KillAndGoOn(scene, line, sweep, Fault.Tear(number), Sweep.IsFull ? Fault.Kill(second) : null);
            }
        }

        sweep.Complete("killed", "killed again while recovering", "ended in B");
    }

    /// <summary>Killed, then the undo file instead, killed again, and forwards once more.</summary>
    public static void Back(ITestOutputHelper output, string name)
    {
        using ApplyScene scene = new(name);
        using Sweep sweep = new(output, "kill, then undo", name);
        string forwards = scene.Line(undo: true);
        string back = scene.Line(ApplyScene.Undo);
        IReadOnlyList<string> changes = Changes(scene, forwards);
        int turned = 0;
        int undoIsThere = 1 + changes.ToList().FindIndex(change => change.EndsWith("/" + ApplyScene.Undo, StringComparison.Ordinal));
        foreach (int number in Sweep.Some(changes.Count - undoIsThere, SampleBack).Select(number => undoIsThere + number))
        {
            scene.Reset();
            scene.Faults.Run(forwards, number % 2 == 0 ? Fault.Tear(number) : Fault.Kill(number)).IsKilled();
            sweep.Count("killed");

            // The way back is no safer from crashes than the way there.
            FaultedRun half = scene.Faults.Run(back, Fault.Tear(1 + (number * 5 % changes.Count)));
            if (half.HasFired)
            {
                half.IsKilled();
                sweep.Count("killed again on the way back");
            }

            if (half.HasFired && turned++ % 3 == 0)
            {
                // Turned round twice. What was to be copied may have been overwritten on the way back: then that has to be finished
                // first, and nothing is touched.
                ToolResult again = scene.Work.Line(forwards);
                if (name == "moved" && again.Exit == 4)
                {
                    again.Fails(4, "nothing was written", "apply the undo file");
                    sweep.Count("not turned round twice: the way back is to be finished");
                }
                else
                {
                    again.Ends(0);
                    scene.IsDone(scene.B);
                    sweep.Count("turned round twice, ended in B");
                }
            }

            scene.Work.Line(back).Ends(0);
            scene.IsDone(scene.A);
            sweep.Count("back in A");
            scene.Work.Line(forwards).Ends(0);
            scene.IsDone(scene.B);
            sweep.Count("forwards again, ended in B");
        }

        // Before the undo file has its name, nothing has happened to the target.
        foreach (int number in Sweep.Some(undoIsThere, 3))
        {
            scene.Reset();
            scene.Faults.Run(forwards, Fault.Kill(number)).IsKilled();
            Assert.False(File.Exists(scene.Work[ApplyScene.Undo]));
            scene.Holds(scene.A);
            sweep.Count("killed before there was an undo file: still A");
        }

        sweep.Complete("back in A", "forwards again, ended in B");
        if (RunShare.IsWide)
        {
            // In a few draws there may be none that leaves enough to take back.
            sweep.Complete("turned round twice, ended in B", "killed again on the way back");
        }
    }

    private static void KillAndGoOn(ApplyScene scene, string line, Sweep sweep, Fault first, Fault? second)
    {
        scene.Reset();
        scene.Faults.Run(line, first).IsKilled();
        sweep.Count(first.Action == "tear" ? "killed in the middle of a change" : "killed");
        if (second is not null)
        {
            // A recovery has less to do: it may be over before it comes to that change.
            FaultedRun recovery = scene.Faults.Run(line, second);
            if (recovery.HasFired)
            {
                recovery.IsKilled();
                sweep.Count("killed again while recovering");
            }
            else
            {
                recovery.Result.Ends(0);
            }
        }

        scene.Work.Line(line).Ends(0);
        scene.IsDone(scene.B);
        sweep.Count("ended in B");
    }

    private static IReadOnlyList<string> Changes(ApplyScene scene, string line)
    {
        scene.Reset();
        FaultedRun run = scene.Faults.Run(line, Fault.None());
        run.Result.Ends(0);
        scene.IsDone(scene.B);
        return run.Calls;
    }
}

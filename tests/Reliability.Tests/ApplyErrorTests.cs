namespace BinarySync.Reliability.Tests;

/// <summary>`dtfile apply` with errors, interruptions and short counts of its calls.</summary>
public sealed class ApplyErrorTests(ITestOutputHelper output)
{
    [FaultTheory]
    [InlineData("grow", true)]
    [InlineData("shrink", false)]
    [InlineData("holes", false)]
    public void An_error_of_every_call(string name, bool undo) => Errors(name, undo);

    [FaultOnDeviceTheory]
    [InlineData(true)]
    public void An_error_of_every_call_on_a_device(bool undo) => Errors("device", undo);

    [FaultTheory]
    [MemberData(nameof(ApplyScene.Files), MemberType = typeof(ApplyScene))]
    public void Interrupted_calls_and_short_counts_do_no_harm(string name) => Harmless(name);

    [FaultOnDeviceTheory]
    [InlineData("device")]
    public void Interrupted_calls_and_short_counts_do_no_harm_on_a_device(string name) => Harmless(name);

    private void Errors(string name, bool undo)
    {
        using ApplyScene scene = new(name);
        using Sweep sweep = new(output, undo ? "error, with undo" : "error", name);
        string line = scene.Line(undo);
        foreach ((string calls, string error, string words, bool fromThenOn, int most) in new[]
        {
            ("read", "EIO", "Input/output error", false, 8),
            ("read", "EIO", "Input/output error", true, 8),
            ("change", "EIO", "Input/output error", false, 30),
            ("change", "ENOSPC", "No space left on device", false, 8),
        })
        {
            scene.Reset();
            FaultedRun clean = scene.Faults.Run(line, Fault.None(calls));
            clean.Result.Ends(0);
            foreach (int number in Sweep.SomeOfEach(clean.Calls, most))
            {
                scene.Reset();
                FaultedRun run = scene.Faults.Run(
                    line, fromThenOn ? Fault.Errors(error, calls, number) : Fault.Error(error, calls, number));
                string once = fromThenOn ? " and all after it" : "";
                string failed = run.Calls.Count >= number ? run.Calls[number - 1].Split(' ')[1] : "a call that was not made this time";
                if (run.Result.Exit == 0)
                {
                    // Something that is in nobody's way could not be removed; or a read of several blocks at once was made again, block
                    // by block; or there was one call less.
                    Assert.True(
                        failed == "unlink" || (failed is ("pread64" or "preadv2") && !fromThenOn) || !run.HasFired,
                        $"{failed} failed, and nobody heard of it");
                    scene.Holds(scene.B);
                    sweep.Count($"{error} of {failed}{once}: harmless, B");
                }
                else
                {
                    run.Result.Fails(5, words);
                    sweep.Count($"{error} of {failed}{once}: exit 5");
                }

                scene.Work.Line(line).Ends(0);
                scene.IsDone(scene.B);
                sweep.Count("the same command again ended in B");
            }
        }

        sweep.Complete(
            "EIO of pread64 and all after it: exit 5", "EIO of pwrite64: exit 5", "EIO of fsync: exit 5", "ENOSPC of pwrite64: exit 5");
    }

    private void Harmless(string name)
    {
        using ApplyScene scene = new(name);
        using Sweep sweep = new(output, "harmless", name);
        foreach (string calls in new[] { "read", "change" })
        {
            foreach (
                (
                    string what,
                    Fault fault) in new[] { ("interrupted calls", Fault.Interruptions(calls)), ("short counts", Fault.ShortCounts(calls)) })
            {
                scene.Reset();
                FaultedRun there = scene.Faults.Run(scene.Line(undo: true), fault);
                there.Result.Succeeds();
                scene.IsDone(scene.B);
                FaultedRun back = scene.Faults.Run(scene.Line(ApplyScene.Undo), fault);
                back.Result.Succeeds();
                scene.IsDone(scene.A);
                sweep.Count(what, there.Fired + back.Fired);
            }
        }

        sweep.Complete("interrupted calls", "short counts");
    }
}

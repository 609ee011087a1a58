namespace BinarySync.Reliability.Tests;

/// <summary>`dtfile apply --undo` killed at every change: the same command goes on.</summary>
public sealed class ApplyKillWithUndoTests(ITestOutputHelper output)
{
    [FaultTheory]
    [MemberData(nameof(ApplyScene.Files), MemberType = typeof(ApplyScene))]
    public void The_same_command_goes_on(string name) => KillSweep.Forwards(output, name, undo: true);

    [FaultOnDeviceTheory]
    [InlineData("device")]
    public void The_same_command_goes_on_on_a_device(string name) => KillSweep.Forwards(output, name, undo: true);
}

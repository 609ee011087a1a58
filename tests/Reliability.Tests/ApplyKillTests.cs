namespace BinarySync.Reliability.Tests;

/// <summary>`dtfile apply` killed at every change: the same command goes on.</summary>
public sealed class ApplyKillTests(ITestOutputHelper output)
{
    [FaultTheory]
    [MemberData(nameof(ApplyScene.Files), MemberType = typeof(ApplyScene))]
    public void The_same_command_goes_on(string name) => KillSweep.Forwards(output, name, undo: false);

    [FaultTheory]
    [MemberData(nameof(ApplyScene.Streams), MemberType = typeof(ApplyScene))]
    public void The_same_command_goes_on_with_a_stream(string name) => KillSweep.Forwards(output, name, undo: false, isLong: true);

    [FaultOnDeviceTheory]
    [InlineData("device")]
    public void The_same_command_goes_on_on_a_device(string name) => KillSweep.Forwards(output, name, undo: false);
}

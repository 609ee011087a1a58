namespace BinarySync.Reliability.Tests;

/// <summary>
/// `dtfile apply --undo` killed at every change: the undo file takes back what was done, and the data file can be applied again.
/// </summary>
public sealed class ApplyUndoTests(ITestOutputHelper output)
{
    [FaultTheory]
    [MemberData(nameof(ApplyScene.Files), MemberType = typeof(ApplyScene))]
    public void The_undo_file_takes_back_and_the_data_file_forwards_again(string name) => KillSweep.Back(output, name);

    [FaultOnDeviceTheory]
    [InlineData("device")]
    public void The_undo_file_takes_back_and_the_data_file_forwards_again_on_a_device(string name) => KillSweep.Back(output, name);
}

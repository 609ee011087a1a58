namespace BinarySync.Sync;

/// <summary>A cancellation that came while a data file was applied: it also tells what has become of the target.</summary>
/// <param name="target">The target's name.</param>
/// <param name="progress">How far the target had come.</param>
/// <param name="cancellation">The cancellation itself.</param>
public sealed class ApplyInterruptedException(string target, TargetProgress progress, OperationCanceledException cancellation)
    : OperationCanceledException(cancellation.Message, cancellation, cancellation.CancellationToken)
{
    public string Target { get; } = target;

    public TargetProgress Progress { get; } = progress;

    /// <summary>The name of the undo file that takes this run back; null if none was wanted, or if it is not complete.</summary>
    public string? WayBack { get; init; }

    /// <summary>The same, if another part of the set, or an earlier stretch of the stream, is in place already.</summary>
    public ApplyInterruptedException AfterOthers() => new(Target, TargetProgress.PartlyPatched, this) { WayBack = WayBack };
}

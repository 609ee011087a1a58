using BinarySync.Sync;

namespace BinarySync.Cli;

/// <summary>Says every ten seconds how far an operation is, in a plain line.</summary>
internal sealed class ProgressReporter : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly SyncProgress _progress;
    private readonly Terminal _terminal;
    private readonly Timer? _timer;

    public ProgressReporter(SyncProgress progress, Terminal terminal, bool isOn)
    {
        _progress = progress;
        _terminal = terminal;
        _timer = isOn ? new Timer(_ => Say(), null, Interval, Interval) : null;
    }

    public void Dispose() => _timer?.Dispose();

    private void Say()
    {
        if (_progress.Phase.Length == 0)
        {
            return;
        }

        long done = _progress.Done;
        long total = _progress.Total;
        _terminal.Progress(total > 0
            ? $"{_progress.Phase}: {SizeText.Format(done)} of {SizeText.Format(total)} ({Math.Min(100, 100.0 * done / total):0}%)"
            : $"{_progress.Phase}: {SizeText.Format(done)}");
    }
}

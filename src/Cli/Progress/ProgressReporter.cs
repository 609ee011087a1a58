using BinarySync.Cli.Output;
using BinarySync.Storage.Messages;
using BinarySync.Sync;

namespace BinarySync.Cli.Progress;

/// <summary>Shows the progress of an operation, in one of several ways, and answers a signal that asks for it.</summary>
internal sealed class ProgressReporter : IDisposable
{
    // A run that ends earlier needs no progress.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan BarInterval = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan JsonInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(10);

    private readonly SyncProgress _progress;
    private readonly Terminal _terminal;
    private readonly ProgressStyle _style;
    private readonly object _look = new();
    private readonly RateMeter _meter = new();
    private SyncPhase _told;
    private bool _isOver;

    public ProgressReporter(SyncProgress progress, Terminal terminal, ProgressStyle style)
    {
        _progress = progress;
        _terminal = terminal;
        _style = style;
        _told = progress.Current;
        terminal.OnProgressAsked = Answer;
        if (style.Kind != ProgressKind.None)
        {
            // Not a timer of the thread pool: if the terminal has been stopped, each of its threads would wait.
            new Thread(Run) { IsBackground = true, Name = "progress" }.Start();
        }
    }

    public void Dispose()
    {
        lock (_look)
        {
            if (_isOver)
            {
                return;
            }

            _isOver = true;
            Monitor.PulseAll(_look);
            if (_style.Kind == ProgressKind.Json)
            {
                TellJson();
            }
        }

        _terminal.OnProgressAsked = null;
        _terminal.ClearLine();
    }

    private void Run()
    {
        TimeSpan interval = _style.Kind switch
        {
            ProgressKind.Bar => BarInterval,
            ProgressKind.Json => JsonInterval,
            _ => PlainInterval,
        };
        lock (_look)
        {
            for (TimeSpan wait = _style.Kind == ProgressKind.Bar ? Patience : interval; !_isOver; wait = interval)
            {
                // Woken only when all is over.
                if (!Monitor.Wait(_look, wait))
                {
                    Tell();
                }
            }
        }
    }

    private void Tell()
    {
        SyncPhase current = _progress.Current;
        if (_style.Kind == ProgressKind.Json)
        {
            TellJson();
        }
        else if (current.Name.Length == 0)
        {
            // Nothing has begun yet.
        }
        else if (_style.Kind == ProgressKind.Plain)
        {
            _terminal.Progress(ProgressText.Plain(ProgressView.Of(current, _meter)));
        }
        else if (StandardError.IsInFront)
        {
            ProgressView view = ProgressView.Of(current, _meter);
            _terminal.ShowLine(_style.HasEscapes, columns => ProgressText.Line(_terminal.Tool, view, columns, _style.HasColour));
        }
    }

    // How far each phase came that has ended since, and how far the current one is.
    private void TellJson()
    {
        SyncPhase current = _progress.Current;
        for (SyncPhase phase = _told; ; phase = phase.Next!)
        {
            if (phase.Name.Length > 0)
            {
                _terminal.Object(ProgressText.Json(_terminal.Tool, ProgressView.Of(phase, _meter)));
            }

            if (phase == current)
            {
                break;
            }
        }

        _told = current;
    }

    private void Answer()
    {
        lock (_look)
        {
            SyncPhase current = _progress.Current;
            if (_style.Kind == ProgressKind.Json)
            {
                TellJson();
            }
            else
            {
                _terminal.Progress(current.Name.Length == 0 ? Terminal.NothingBegun : ProgressText.Plain(ProgressView.Of(current, _meter)));
            }
        }
    }
}

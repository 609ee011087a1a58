using System.Runtime.InteropServices;

namespace BinarySync.Cli.Host;

/// <summary>
/// Turns the first SIGINT, SIGTERM or SIGHUP into a cancellation, so that the operation stops between two steps and cleans up. A second one
/// ends the process at once, as the system would, unless it is an echo of the first. SIGUSR1 asks for the progress.
/// </summary>
internal sealed class SignalWatch : IDisposable
{
    // Raised if a write goes past `ulimit -f`; ignored, so that the write says EFBIG and the file is named.
    private const int FileSizeExceeded = 25;

    // SIGUSR1.
    private const int User1 = 10;
    private const int User1Elsewhere = 30;

    // Never given up: the signal would end the process in its last steps. There is one of these in a process.
    private static PosixSignalRegistration? s_progress;

    // coreutils' timeout sends its signal twice: to the process, and to its group. Nobody presses a key again so soon.
    private const int EchoMilliseconds = 150;

    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Action _onSecond;
    private int _signal;
    private long _firstAt;

    /// <summary>Begins to watch.</summary>
    /// <param name="onProgressAsked">Called when SIGUSR1 comes.</param>
    /// <param name="onSecond">Called when the second signal ends the process.</param>
    public SignalWatch(Action onProgressAsked, Action onSecond)
    {
        _onSecond = onSecond;

        Register(PosixSignal.SIGINT, 2);
        Register(PosixSignal.SIGTERM, 15);
        if (!OperatingSystem.IsWindows())
        {
            Register(PosixSignal.SIGHUP, 1);
            _registrations.Add(PosixSignalRegistration.Create((PosixSignal)FileSizeExceeded, context => context.Cancel = true));
            s_progress = PosixSignalRegistration.Create((PosixSignal)(OperatingSystem.IsLinux() ? User1 : User1Elsewhere), context =>
            {
                context.Cancel = true;
                onProgressAsked();
            });
        }
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The number of the first signal, 0 before it.</summary>
    public int Signal => Volatile.Read(ref _signal);

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _source.Dispose();
    }

    private void Register(PosixSignal signal, int number) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        long now = Environment.TickCount64;
        Interlocked.CompareExchange(ref _firstAt, now, 0);
        if (Interlocked.CompareExchange(ref _signal, number, 0) == 0)
        {
            context.Cancel = true;
            _source.Cancel();
        }
        else if (number == Signal && now - Volatile.Read(ref _firstAt) < EchoMilliseconds)
        {
            context.Cancel = true;
        }
        else
        {
            _onSecond();
        }
    }));
}

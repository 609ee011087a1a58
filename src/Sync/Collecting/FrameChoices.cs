using BinarySync.Format;

namespace BinarySync.Sync.Collecting;

/// <summary>
/// Which of the last frames are compressed over old content: nothing repeats their content (Format.md 8.1). That is known only when a frame
/// is compressed, on any thread. Whoever takes a later frame and asks about an earlier one waits for it: some thread works on each frame
/// that was taken, and the answer depends on no thread's speed.
/// </summary>
internal sealed class FrameChoices
{
    private const byte Undecided = 0;
    private const byte OverOld = 1;
    private const byte Other = 2;

    private readonly object _gate = new();

    // Twice as many as may be asked about: frames begin ahead of the one that asks, as many as a pipeline has slots.
    private readonly byte[] _choices = new byte[2 * FormatLimits.MaxRepeatDistance];
    private bool _isAbandoned;

    /// <summary>Begins with a frame. Called for all frames in order.</summary>
    public void Begin(long frame)
    {
        lock (_gate)
        {
            _choices[frame % _choices.Length] = Undecided;
        }
    }

    /// <summary>Says what became of a frame.</summary>
    public void Decide(long frame, bool isOverOld)
    {
        lock (_gate)
        {
            _choices[frame % _choices.Length] = isOverOld ? OverOld : Other;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>The run has failed: nobody waits any more.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _isAbandoned = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>True if an earlier frame is compressed over old content. Waits until that is known.</summary>
    /// <param name="frame">At most <see cref="FormatLimits.MaxRepeatDistance"/> before the one that asks.</param>
    public bool IsOverOld(long frame)
    {
        lock (_gate)
        {
            while (_choices[frame % _choices.Length] == Undecided && !_isAbandoned)
            {
                Monitor.Wait(_gate);
            }

            return _choices[frame % _choices.Length] == OverOld;
        }
    }
}

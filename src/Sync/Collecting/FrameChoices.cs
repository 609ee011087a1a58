using BinarySync.Format;

namespace BinarySync.Sync.Collecting;

/// <summary>
/// Which of the last frames are compressed over old content: nothing repeats their content (Format.md 8.1). That is known only when a frame
/// is compressed, on any thread. Whoever asks about an earlier frame waits for it; all threads take their frames in order, so somebody
/// works on each earlier one, and the answer depends on no thread's speed.
/// </summary>
internal sealed class FrameChoices
{
    private const byte Undecided = 0;
    private const byte OverOld = 1;
    private const byte Other = 2;

    private readonly object _gate = new();
    private readonly byte[] _choices = new byte[FormatLimits.MaxRepeatDistance + 1];
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

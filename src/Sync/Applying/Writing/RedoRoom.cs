using System.Runtime.InteropServices;
using BinarySync.Format;
using BinarySync.Sync.Applying.Journal;

namespace BinarySync.Sync.Applying.Writing;

/// <summary>Counts what fits into a redo: the estimate is never too low.</summary>
/// <param name="redo">With what it has already.</param>
/// <param name="tuning">The room.</param>
internal struct RedoRoom(RedoLog redo, ApplyTuning tuning)
{
    private long _bytes = redo.Length;
    private long _stretches = redo.Count;
    private bool _isEmpty = redo.IsEmpty;

    // An eighth is given away: where much is new already, all of the room would be filled by ever smaller steps.
    private readonly bool _isFull = !redo.IsEmpty
        && (redo.Length > tuning.RedoBytes - (tuning.RedoBytes / 8) || redo.Count > RedoLog.MostStretches / 8 * 7);

    /// <summary>Counts blocks, if they surely fit, or are the first.</summary>
    public bool Take(BlockGeometry geometry, BlockRun blocks)
    {
        _bytes += geometry.LengthOf(blocks);
        _stretches += (blocks.Count + 1) / 2;
        bool fits = !_isFull && (_isEmpty || (_bytes <= tuning.RedoBytes && _stretches <= RedoLog.MostStretches));
        _isEmpty = false;
        return fits;
    }
}

using System.Runtime.InteropServices;
using BinarySync.Format;
using BinarySync.Sync.Applying.Journal;

namespace BinarySync.Sync.Applying.Writing;

/// <summary>Counts how much fits into a redo: the estimate is never too low.</summary>
/// <param name="redo">The redo, with its present content.</param>
/// <param name="tuning">The room.</param>
internal struct RedoRoom(RedoLog redo, ApplyTuning tuning)
{
    private long _bytes = redo.Length;
    private long _stretches = redo.Count;
    private bool _isEmpty = redo.IsEmpty;

    // An eighth is given up: if many blocks are new already, filling all of the room would take ever smaller steps.
    private readonly bool _isFull = !redo.IsEmpty
        && (redo.Length > tuning.RedoBytes - (tuning.RedoBytes / 8) || redo.Count > RedoLog.MostStretches / 8 * 7);

    /// <summary>Counts blocks; true if they surely fit, or are the first.</summary>
    public bool Take(BlockGeometry geometry, BlockRun blocks)
    {
        _bytes += geometry.LengthOf(blocks);
        _stretches += (blocks.Count + 1) / 2;
        bool fits = !_isFull && (_isEmpty || (_bytes <= tuning.RedoBytes && _stretches <= RedoLog.MostStretches));
        _isEmpty = false;
        return fits;
    }
}

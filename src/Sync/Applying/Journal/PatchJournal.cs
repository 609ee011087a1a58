using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync.Applying.Journal;

/// <summary>
/// Keeps the journal of a run. It names the stretch that is being changed: durably before the change, and until a flush after it
/// (docs/Design.md, "What the journal says, and what follows").
/// </summary>
internal sealed class PatchJournal
{
    private readonly IStateFile _file;
    private readonly ApplyTuning _tuning;
    private readonly bool _doubtIsInherited;

    // Ranges that the previous run has left in doubt. They are believed again from the front, as this run completes them.
    private IReadOnlyList<ByteRange> _inherited;
    private JournalRecord _record;
    private bool _exists;

    /// <summary>Prepares; nothing is written yet.</summary>
    /// <param name="file">The file of the journal.</param>
    /// <param name="first">The first record, including the inherited ranges.</param>
    /// <param name="doubtIsInherited">False if the doubt is this run's own, and ends with its first flush.</param>
    /// <param name="tuning">For tests.</param>
    public PatchJournal(IStateFile file, JournalRecord first, bool doubtIsInherited, ApplyTuning tuning)
    {
        _file = file;
        _tuning = tuning;
        _inherited = first.Windows;
        _doubtIsInherited = doubtIsInherited;
        _record = first;
    }

    /// <summary>Stretches that an interrupted run has left, and that this one has not completed yet.</summary>
    public IReadOnlyList<ByteRange> Inherited => _inherited;

    /// <summary>See <see cref="JournalRecord.TailWasZero"/>.</summary>
    public bool TailWasZero => _record.TailWasZero;

    /// <summary>True if an interrupted run has left a redo that has to be written.</summary>
    public bool HasRedo => _record.Redo is not null;

    /// <summary>True if there is a data file that leads the other way.</summary>
    public bool LeadsBack => _record.Other is not null;

    /// <summary>Creates the journal, or replaces the existing one. Durable when it returns.</summary>
    /// <param name="window">The stretch that will be changed first.</param>
    public void Begin(ByteRange? window)
    {
        _record = _record with { Windows = With(window) };
        _file.Replace(_record.ToFile());
        _exists = true;
    }

    /// <summary>
    /// Records that a stretch is going to be changed. Durable when it returns; the stretches marked before must have been flushed.
    /// </summary>
    public void Mark(ByteRange window) => Mark([window]);

    /// <summary>As <see cref="Mark(ByteRange)"/>, for several. If there are too many, the nearest ones are joined.</summary>
    public void Mark(IEnumerable<ByteRange> windows)
    {
        if (_tuning.MarksWindows)
        {
            Write(_record with { Windows = JournalRecord.Join([.. _inherited, .. windows]) });
        }
    }

    /// <summary>
    /// Records that the target was flushed, including everything written before this byte. Becomes durable with the next record.
    /// </summary>
    public void Flushed(long end)
    {
        _inherited = [.. _inherited.Where(range => range.End > end).Select(range => range with { Offset = Math.Max(range.Offset, end) })];
        _record = _record with
        {
            DoubtFrom = _doubtIsInherited && _record.DoubtFrom != JournalRecord.NoDoubt
                ? Math.Max(_record.DoubtFrom, end)
                : JournalRecord.NoDoubt,
        };
    }

    /// <summary>
    /// Records that stretches are going to be changed, and where their content can be read again. Durable when it returns; the redo must be
    /// durable already.
    /// </summary>
    /// <param name="stretches">Any order.</param>
    /// <param name="redo">The digest of the redo.</param>
    public void MarkRedo(IEnumerable<ByteRange> stretches, ReadOnlyMemory<byte> redo) =>
        Write(_record with { Windows = JournalRecord.Join([.. _inherited, .. stretches]), Redo = redo });

    /// <summary>
    /// Records that the target was flushed, and that the redo is not needed any more. It also records that blocks that looked new to this
    /// run are new on the medium. Durable when it returns.
    /// </summary>
    public void RedoDone() => Write(WithoutOwnDoubt(_record) with { Windows = _inherited, Redo = null });

    /// <summary>
    /// Records that the target was flushed, without vouching for more than this run itself has marked. Becomes durable with the next
    /// record.
    /// </summary>
    public void FlushedCopies() => _record = WithoutOwnDoubt(_record);

    /// <summary>
    /// Records that blocks are wrong on the medium although they were flushed. The next run writes them again, and believes nothing. Ranges
    /// marked after this are added to them.
    /// </summary>
    public void Distrust(IEnumerable<ByteRange> ranges)
    {
        _inherited = JournalRecord.Join([.. _inherited, .. ranges]);
        Write(_record with { Windows = _inherited, DoubtFrom = 0, IsDistrusted = true });
    }

    /// <summary>Records that all is done, and removes the journal.</summary>
    public void Finish()
    {
        if (_exists)
        {
            _inherited = [];
            Write(_record with { IsFinished = true, Windows = [], DoubtFrom = JournalRecord.NoDoubt });
            _file.Remove();
        }
    }

    private JournalRecord WithoutOwnDoubt(JournalRecord record) =>
        _doubtIsInherited ? record : record with { DoubtFrom = JournalRecord.NoDoubt };

    private void Write(JournalRecord record)
    {
        _record = record with { Sequence = _record.Sequence + 1 };
        _file.Overwrite(_record.Encode(), _record.OffsetInFile);
    }

    private IReadOnlyList<ByteRange> With(ByteRange? window) =>
        _tuning.MarksWindows ? JournalRecord.Join(window is { } some ? [.. _inherited, some] : _inherited) : [];
}

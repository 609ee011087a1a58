using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync.Applying.Journal;

/// <summary>
/// Keeps the journal of a run: which stretch of the target is being changed is durable before it is changed, and is given up only after a
/// flush (docs/Design.md, "What the journal says, and what follows").
/// </summary>
internal sealed class PatchJournal
{
    private readonly IStateFile _file;
    private readonly ApplyTuning _tuning;
    private readonly bool _doubtIsInherited;

    // What the run before has left behind: it is believed again from the front, as this run gets through with it.
    private IReadOnlyList<ByteRange> _inherited;
    private JournalRecord _record;
    private bool _exists;

    /// <summary>Prepares; nothing is written yet.</summary>
    /// <param name="file">Where it is kept.</param>
    /// <param name="first">The first record: what was inherited stands in it.</param>
    /// <param name="doubtIsInherited">False where the doubt is this run's own, and ends with its first flush.</param>
    /// <param name="tuning">For tests.</param>
    public PatchJournal(IStateFile file, JournalRecord first, bool doubtIsInherited, ApplyTuning tuning)
    {
        _file = file;
        _tuning = tuning;
        _inherited = first.Windows;
        _doubtIsInherited = doubtIsInherited;
        _record = first;
    }

    /// <summary>Stretches that an interrupted run has left, and that this one has not got through with.</summary>
    public IReadOnlyList<ByteRange> Inherited => _inherited;

    /// <summary>See <see cref="JournalRecord.TailWasZero"/>.</summary>
    public bool TailWasZero => _record.TailWasZero;

    /// <summary>True where an interrupted run has left a redo that has to be written.</summary>
    public bool HasRedo => _record.Redo is not null;

    /// <summary>True where there is a data file that leads the other way.</summary>
    public bool LeadsBack => _record.Other is not null;

    /// <summary>Creates the journal, or puts it in the place of the one that stands. Durable when it returns.</summary>
    /// <param name="window">What will be changed first.</param>
    public void Begin(ByteRange? window)
    {
        _record = _record with { Windows = With(window) };
        _file.Replace(_record.ToFile());
        _exists = true;
    }

    /// <summary>
    /// Says that a stretch is going to be changed. Durable when it returns; what was marked before must have been flushed.
    /// </summary>
    public void Mark(ByteRange window) => Mark([window]);

    /// <summary>As <see cref="Mark(ByteRange)"/>, of several: those nearest to one another are joined where they are too many.</summary>
    public void Mark(IEnumerable<ByteRange> windows)
    {
        if (_tuning.MarksWindows)
        {
            Write(_record with { Windows = JournalRecord.Join([.. _inherited, .. windows]) });
        }
    }

    /// <summary>
    /// Says that the target was flushed, with all that was written before this byte. Becomes durable with the next record.
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
    /// Says that stretches are going to be changed, and where their content is to be had again. Durable when it returns; so must the redo
    /// be.
    /// </summary>
    /// <param name="stretches">Any order.</param>
    /// <param name="redo">The digest of the redo.</param>
    public void MarkRedo(IEnumerable<ByteRange> stretches, ReadOnlyMemory<byte> redo) =>
        Write(_record with { Windows = JournalRecord.Join([.. _inherited, .. stretches]), Redo = redo });

    /// <summary>
    /// Says that the target was flushed, and the redo is not needed any more; also that what looked new to this run is so on the medium.
    /// Durable when it returns.
    /// </summary>
    public void RedoDone() => Write(WithoutOwnDoubt(_record) with { Windows = _inherited, Redo = null });

    /// <summary>
    /// Says that the target was flushed, with no more than what this run itself has marked. Becomes durable with the next record.
    /// </summary>
    public void FlushedCopies() => _record = WithoutOwnDoubt(_record);

    /// <summary>
    /// Says that blocks are wrong on the medium although they were flushed: the next run writes them again, and believes nothing. What is
    /// marked after this is added to them.
    /// </summary>
    public void Distrust(IEnumerable<ByteRange> ranges)
    {
        _inherited = JournalRecord.Join([.. _inherited, .. ranges]);
        Write(_record with { Windows = _inherited, DoubtFrom = 0, IsDistrusted = true });
    }

    /// <summary>Says that all is done, and removes the journal.</summary>
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
        _file.Overwrite(_record.Encode(), _record.PlaceInFile);
    }

    private IReadOnlyList<ByteRange> With(ByteRange? window) =>
        _tuning.MarksWindows ? JournalRecord.Join(window is { } some ? [.. _inherited, some] : _inherited) : [];
}

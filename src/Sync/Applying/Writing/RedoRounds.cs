using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Journal;

namespace BinarySync.Sync.Applying.Writing;

/// <summary>
/// Content whose origin is overwritten is kept in the redo, durably, before any of it is written. A round is: fill the redo, name it in the
/// journal, write it to the target, flush, read back, forget it (docs/Design.md, "Copies").
/// </summary>
/// <param name="target">The target.</param>
/// <param name="redo">Where content is kept; the redo of an interrupted run is in it.</param>
/// <param name="journal">The journal of the run.</param>
/// <param name="geometry">B.</param>
/// <param name="verify">Whether the writes are read back.</param>
/// <param name="options">Threads.</param>
internal sealed class RedoRounds(
    IWritableStorage target, RedoLog redo, PatchJournal journal, BlockGeometry geometry, VerifyMode verify, SyncOptions options)
{
    private readonly RedoWriter _writer = new(target, redo, geometry, options);

    /// <summary>What is kept so far.</summary>
    public RedoLog Redo => redo;

    /// <summary>
    /// Makes the redo durable, and writes it. From here on, the origins may be overwritten: their content can be read from the redo, and is
    /// in the target before the next redo is begun. Nothing is done if nothing is kept.
    /// </summary>
    public void Close()
    {
        if (redo.IsEmpty)
        {
            return;
        }

        ReadOnlyMemory<byte> digest = redo.Seal();
        StretchCover cover = new();
        foreach (ByteRange stretch in redo.Stretches)
        {
            cover.Add(stretch);
        }

        journal.MarkRedo(cover.Ranges, digest);
        Write();
    }

    /// <summary>Writes a redo that the journal names, durably, and empties it.</summary>
    public void Write()
    {
        _writer.Write();
        target.Flush();
        if (verify != VerifyMode.None)
        {
            // While the redo is still there to be written once more.
            _writer.DemandReadBack();
        }

        journal.RedoDone();
        redo.Clear();
    }
}

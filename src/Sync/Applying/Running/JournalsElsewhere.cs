using BinarySync.Storage;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Verifying;

namespace BinarySync.Sync.Applying.Running;

/// <summary>
/// Journals of the same target under other names (docs/Design.md, "Which target it was"). A target that was finished without its journal
/// must not meet that journal again, after somebody has used it.
/// </summary>
internal sealed class JournalsElsewhere(ApplyContext context)
{
    private readonly List<IStateFile> _done = [];

    /// <summary>Refuses a target that is in the middle of such a run, unless its journal is to be given up.</summary>
    /// <param name="isResumed">
    /// True if the target's own journal exists, too: an earlier run gave up the other journal and was interrupted. This run resumes it.
    /// </param>
    /// <exception cref="SyncException"><see cref="SyncReason.JournalElsewhere"/>.</exception>
    public void Demand(bool isResumed)
    {
        foreach (OtherJournal other in context.Places.Elsewhere)
        {
            if (Standing(context.Target, other) is not { } record)
            {
                continue;
            }

            if (!isResumed && !context.Specification.AbandonJournal)
            {
                throw ApplyRefusals.JournalElsewhere(context.Target, other.File.Name, record.Patch);
            }

            if (!isResumed || record.Session.Span.SequenceEqual(context.Patch.Digest.Span))
            {
                _done.Add(other.File);
            }
        }
    }

    /// <summary>Removes those that were given up, or are of the same data file: each block has been recognised without them.</summary>
    public void Remove() => _done.ForEach(file => file.Remove());

    /// <summary>
    /// What a journal says, if it is of an interrupted run on this target; else null. What cannot be read, is not trusted or is damaged
    /// describes nobody's target.
    /// </summary>
    public static JournalRecord? Standing(IReadableStorage target, OtherJournal other)
    {
        try
        {
            return other.File.Read() is { } content
                && JournalRecord.TryDecode(content, out JournalRecord? record) == JournalContent.Valid
                && !record!.IsFinished
                && new EvidenceProof(target, record, other.File.Name).MayBeSame(other.Birth, other.IsByName)
                    ? record
                    : null;
        }
        catch (StorageException)
        {
            return null;
        }
    }
}

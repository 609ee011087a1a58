using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;

namespace BinarySync.Sync.Applying.Running;

/// <summary>Applies a data file to a target in place: verify, recognise, write, flush, read back, cut, flush.</summary>
public static class ApplyOperation
{
    /// <summary>Does it, or finds out what it would do.</summary>
    /// <param name="target">Opened for writing, or for reading only if <see cref="ApplySpecification.DryRun"/> is set.</param>
    /// <param name="patch">The data file.</param>
    /// <param name="places">Where the journal is kept, and what else is to be written.</param>
    /// <param name="specification">How to apply it.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <exception cref="MessageFormatException">The data file is refused; nothing was written.</exception>
    /// <exception cref="SyncException">The target does not fit the data file, or could not be verified.</exception>
    /// <exception cref="StorageException">Reading, writing or flushing failed.</exception>
    /// <exception cref="ApplyInterruptedException">It was cancelled.</exception>
    public static ApplyResult Run(
        IWritableStorage target, PatchSource patch, ApplyPlaces places, ApplySpecification specification, SyncOptions options) =>
        Run(target, patch, places, specification, new ApplyTuning(), options);

    /// <summary>
    /// The name, as in the journal, of the data file of an interrupted run. Null if there is no journal, or if it cannot be read.
    /// </summary>
    public static string? InterruptedRun(IStateFile journal)
    {
        ArgumentNullException.ThrowIfNull(journal);
        return journal.Read() is { } file
            && JournalRecord.TryDecode(file, out JournalRecord? record) == JournalContent.Valid
            && !record!.IsFinished
            ? record.Patch
            : null;
    }

    /// <summary>
    /// An interrupted run on a target that began under another name: its journal and its data file. Null if none of the journals is about
    /// this target.
    /// </summary>
    /// <param name="target">The target, opened.</param>
    /// <param name="journals">Where to look (<see cref="ApplyPlaces.Elsewhere"/>).</param>
    public static (string Journal, string Patch)? InterruptedElsewhere(IReadableStorage target, IReadOnlyList<OtherJournal> journals)
    {
        ArgumentNullException.ThrowIfNull(journals);
        foreach (OtherJournal journal in journals)
        {
            if (JournalsElsewhere.Standing(target, journal) is { } record)
            {
                return (journal.File.Name, record.Patch);
            }
        }

        return null;
    }

    internal static ApplyResult Run(
        IWritableStorage target,
        PatchSource patch,
        ApplyPlaces places,
        ApplySpecification specification,
        ApplyTuning tuning,
        SyncOptions options,
        IApplyObserver? observer = null)
    {
        using PatchWorkspace workspace = new();
        ApplyContext context = new(target, patch, places, specification, tuning, workspace, options);
        ApplyRun run = new(context, observer ?? NoObserver.Instance);
        try
        {
            return run.Run();
        }
        catch (SyncException changed) when (changed.Error == SyncError.SourceChanged && changed.Progress is null)
        {
            throw changed.With(run.Progress);
        }
        catch (OperationCanceledException cancelled)
        {
            throw run.Interrupted(cancelled);
        }
    }
}

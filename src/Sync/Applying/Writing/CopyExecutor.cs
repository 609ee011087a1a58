using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;

namespace BinarySync.Sync.Applying.Writing;

/// <summary>
/// Carries out the copies of a plan, before content and zeros are written (docs/Design.md, "Copies"). It decides their order, and what must
/// be durable before what. Overwritten blocks are recognised once more, and copied content is compared with its hash once more. When it
/// returns, all copies are durable.
/// </summary>
internal sealed class CopyExecutor(ApplyContext context, PatchPlan plan, PatchJournal journal, RedoLog redo)
{
    /// <summary>Does all copies that are due.</summary>
    /// <exception cref="StorageException">A failure of the target, of the redo or of the journal.</exception>
    /// <exception cref="SyncException">A block changed since it was checked, or did not read back as written.</exception>
    public WriteCounts Run()
    {
        CopyWork work = new(context, plan, journal);
        RedoCopies through = new(work, redo, context.Specification.Verify, context.Options);
        if (journal.HasRedo)
        {
            through.WriteRedo();
        }
        else if (context.Tuning.ForgetsOthersRedo)
        {
            // The loaded redo may be another session's.
            redo.Clear();
        }

        if (plan.Doubt.IsNone)
        {
            // The content to be copied must be on the medium for as long as it may have to be copied again. After an interrupted run, it is
            // there already.
            context.Target.Flush();
            journal.FlushedCopies();
        }

        BlockGeometry geometry = plan.Header.SyncGeometry.Target;
        context.Options.Progress.Begin("copying", plan.Copies.Runs.Sum(run => geometry.LengthOf(run.Blocks)));
        through.Run();
        new PlainCopies(work).Run();
        return new WriteCounts { CopyBlocks = work.Mover.Blocks, CopyBytes = work.Mover.Bytes };
    }
}

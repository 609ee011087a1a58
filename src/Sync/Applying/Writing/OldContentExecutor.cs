using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;

namespace BinarySync.Sync.Applying.Writing;

/// <summary>
/// Carries out everything in a plan that needs the target's old content, before the rest overwrites it: copies, then the frames that are
/// compressed over old content (docs/Design.md, "Copies"). It decides their order, and what must be durable before what. A copy overwrites
/// no block of such a frame, but a frame may overwrite the source of a copy. Overwritten blocks are recognised once more, and content is
/// compared with its hash once more. When it returns, all of it is durable.
/// </summary>
internal sealed class OldContentExecutor(ApplyContext context, PatchPlan plan, PatchJournal journal, RedoLog redo)
{
    /// <summary>Does everything that is due.</summary>
    /// <exception cref="StorageException">A failure of the target, of the redo or of the journal.</exception>
    /// <exception cref="SyncException">A block changed since it was checked, or did not read back as written.</exception>
    public WriteCounts Run()
    {
        BlockGeometry geometry = plan.Header.SyncGeometry.Target;
        RedoRounds rounds = new(context.Target, redo, journal, geometry, context.Specification.Verify, context.Options);
        if (journal.HasRedo)
        {
            rounds.Write();
        }
        else if (context.Tuning.ForgetsOthersRedo)
        {
            // The loaded redo may be another session's.
            redo.Clear();
        }

        if (plan.Doubt.IsNone)
        {
            // The old content must be on the medium for as long as it may be needed again. After an interrupted run, it is there already.
            context.Target.Flush();
            journal.FlushedCopies();
        }

        WriteCounts written = default;
        if (!plan.Copies.IsEmpty)
        {
            CopyWork work = new(context, plan, journal);
            context.Options.Progress.Begin("copying", plan.Copies.Runs.Sum(run => geometry.LengthOf(run.Blocks)));
            new RedoCopies(work, rounds).Run();
            new PlainCopies(work).Run();
            written = new WriteCounts { CopyBlocks = work.Mover.Blocks, CopyBytes = work.Mover.Bytes };
        }

        if (plan.PrefixBytes > 0)
        {
            PrefixFrames frames = new(context, plan, journal, rounds);
            frames.Run();
            written = written with { DataBlocks = frames.Blocks, DataBytes = frames.Bytes };
        }

        return written;
    }
}

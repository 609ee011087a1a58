using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Running;

/// <summary>
/// Why a plan is not carried out: the findings in the target, the likely cause, and the remedy. Nothing has been written by then.
/// </summary>
internal static class ApplyRefusals
{
    /// <summary>
    /// Refuses a plan that would not bring the master's content: copies, and frames over old content, need what the target has.
    /// </summary>
    /// <param name="target">The target.</param>
    /// <param name="patch">The name of the data file.</param>
    /// <param name="plan">What was found.</param>
    /// <param name="start">What an earlier run has left.</param>
    /// <exception cref="SyncException">Content is not where it should be, or it differs although it has the same hash.</exception>
    public static void DemandOldContent(IReadableStorage target, string patch, PatchPlan plan, ApplyStart start)
    {
        if (plan.WithoutSource.BlockCount > 0)
        {
            throw Missing(
                SyncReason.CopySourceMissing,
                plan.WithoutSource,
                $"the content for {plan.WithoutSource} is not in the place from which {patch} copies it; nothing was written");
        }

        if (plan.OtherContent.BlockCount > 0)
        {
            throw new SyncException(
                SyncReason.CopyHashCollision,
                target.Name,
                $"the content to be copied to {plan.OtherContent} has the hashes of the master's blocks but is not the master's content; "
                    + "nothing was written",
                plan.OtherContent.Runs);
        }

        if (plan.WithoutOld.BlockCount > 0)
        {
            throw Missing(
                SyncReason.OldContentMissing,
                plan.WithoutOld,
                $"the old content over which {patch} has {plan.WithoutOld} compressed is not all there any more; nothing was written");
        }

        SyncException Missing(SyncReason reason, BlockRunList blocks, string message) => new(reason, target.Name, message, blocks.Runs)
        {
            Values =
            [
                ("cause", start switch { ApplyStart.Fresh => "changed", ApplyStart.Abandoned => "half-patched", _ => "overwritten" }),
            ],
        };
    }

    /// <summary>Refuses a target with blocks that cannot be read, unless they may be overwritten and can be.</summary>
    /// <exception cref="SyncException"><see cref="SyncError.Unreadable"/> or <see cref="SyncError.UnreadableButBrought"/>.</exception>
    public static void DemandReadable(IReadableStorage target, PatchSource patch, PatchPlan plan, bool overwrites)
    {
        string rest = $"; {patch.Untouched("nothing was written")}";
        if (plan.Unreadable.BlockCount > 0 && plan.WithoutOld.BlockCount > 0)
        {
            throw UnreadableBlocks.Error(
                target.Name, plan.Unreadable, plan.ReadFailure!,
                $", and {patch.Name} has {plan.WithoutOld} over old content that is not all there{rest}");
        }

        if (plan.UnreadableLost.BlockCount > 0)
        {
            throw UnreadableBlocks.Error(
                target.Name, plan.Unreadable, plan.ReadFailure!,
                $", of which {patch.Name} does not contain {plan.UnreadableLost} whole{rest}");
        }

        if (plan.Unreadable.BlockCount > 0 && !overwrites)
        {
            SyncException unreadable = UnreadableBlocks.Error(target.Name, plan.Unreadable, plan.ReadFailure!, rest);
            throw new SyncException(SyncReason.UnreadableBlocksBrought, target.Name, unreadable.Message, plan.Unreadable.Runs);
        }
    }

    /// <summary>
    /// Refuses to cut away more than half of a file if nobody has confirmed it. Parts of a set are refused from the first one on.
    /// </summary>
    /// <param name="target">The target.</param>
    /// <param name="patch">The data file.</param>
    /// <param name="plan">What was found.</param>
    /// <param name="takesBack">
    /// True if an interrupted run of the other direction is being taken back. A target that it made longer gets its old length again, and a
    /// cut that it was to make had been confirmed.
    /// </param>
    /// <exception cref="SyncException"><see cref="SyncError.ShrinksGreatly"/>.</exception>
    public static void DemandMeantShrinking(IReadableStorage target, PatchSource patch, PatchPlan plan, bool takesBack)
    {
        SyncGeometry geometry = plan.Header.SyncGeometry;
        (long from, long to) = (geometry.Base.Size, geometry.Target.Size);
        bool isCut = !target.HasFixedLength && geometry.ResizesTarget && target.Length > to;
        if (isCut && !takesBack && TargetSizing.ShrinksGreatly(from, to))
        {
            throw new SyncException(
                SyncReason.ShrinksGreatly,
                target.Name,
                $"would be cut from {from} to {to} bytes by {patch.Name}; {patch.Untouched("nothing was written")}")
            {
                Values = [("size", from), ("becomes", to)],
            };
        }
    }

    /// <summary>An error for blocks that are neither as expected nor already new.</summary>
    /// <param name="target">The target.</param>
    /// <param name="patch">The data file.</param>
    /// <param name="plan">What was found.</param>
    /// <param name="isHalfPatched">The journal of an interrupted run is there, but was given up.</param>
    public static SyncException Unrecognized(IReadableStorage target, PatchSource patch, PatchPlan plan, bool isHalfPatched)
    {
        long all = plan.OldBlocks + plan.NewBlocks + plan.AgainBlocks + plan.Unrecognized.BlockCount;
        return new SyncException(
            SyncReason.UnrecognizedBlocks,
            target.Name,
            $"neither as {patch.Name} expects nor already new: {plan.Unrecognized} of the {all} to be patched; "
                + $"{patch.Untouched("nothing was written")}",
            plan.Unrecognized.Runs)
        {
            Values =
            [
                ("data_file", patch.Name),
                ("cause", isHalfPatched ? "half-patched" : LikelyCause(target, plan)),
                ("base_size", plan.Header.SyncGeometry.Base.Size),
            ],
        };
    }

    /// <summary>An error for a target whose journal belongs to another data file, which may have the same name.</summary>
    /// <param name="target">The target.</param>
    /// <param name="patch">The name of the data file that is refused; null for a stream, which has none of its own.</param>
    /// <param name="journal">The name of the journal.</param>
    /// <param name="standing">The record in it.</param>
    public static SyncException OtherRun(IReadableStorage target, string? patch, string journal, JournalRecord standing)
    {
        bool isNamesake = standing.Patch == patch;
        string other = isNamesake ? $"another data file with the name {standing.Patch}" : standing.Patch;
        return new SyncException(
            SyncReason.OtherRunUnfinished,
            target.Name,
            $"is in the middle of another run: {journal} is the journal of {other}")
        {
            Values = [("journal", journal), ("data_file", standing.Patch), ("same_name", isNamesake), ("undo", standing.Other is not null)],
        };
    }

    /// <summary>An interrupted run on the target can go on under another name.</summary>
    public static SyncException JournalElsewhere(IReadableStorage target, string journal, string patch) => new(
        SyncReason.JournalElsewhere,
        target.Name,
        $"is in the middle of another run, which began under another name: {journal} is the journal of {patch}; nothing was written")
    {
        Values = [("journal", journal), ("data_file", patch)],
    };

    // The likely cause, judged by the block with the lowest number: "not-zero", "other-target" or "changed".
    private static string LikelyCause(IReadableStorage target, PatchPlan plan)
    {
        SyncGeometry geometry = plan.Header.SyncGeometry;
        bool isBehindBase = plan.Unrecognized.Runs[0].First >= geometry.Base.BlockAt(geometry.Base.Size)
            && geometry.Target.Size > geometry.Base.Size;
        if (target.HasFixedLength && isBehindBase)
        {
            return "not-zero";
        }

        // Blocks that the base does not have are found old in any target that is as long: they do not show which target it is.
        long absent = geometry.ResizesTarget ? Math.Max(0, geometry.Target.BlockCount - geometry.Base.BlockCount) : 0;
        return plan.OldBlocks + plan.NewBlocks + plan.AgainBlocks <= absent ? "other-target" : "changed";
    }
}

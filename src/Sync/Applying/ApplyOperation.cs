using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync;

/// <summary>Applies a data file to a target in place: verify, recognise, write, flush, read back, cut, flush.</summary>
public static class ApplyOperation
{
    /// <summary>Does it, or finds out what it would do.</summary>
    /// <param name="target">Opened for writing, or for reading only where <see cref="ApplySpecification.DryRun"/> is set.</param>
    /// <param name="patch">The data file.</param>
    /// <param name="specification">How.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <exception cref="MessageFormatException">The data file is refused; nothing was written.</exception>
    /// <exception cref="SyncException">The target is not the data file's, or could not be verified.</exception>
    /// <exception cref="StorageException">Reading, writing or flushing failed.</exception>
    public static ApplyResult Run(IWritableStorage target, PatchSource patch, ApplySpecification specification, SyncOptions options)
    {
        using PatchWorkspace workspace = new();
        PatchPlan plan = new PatchPlanner(target, patch, workspace, options).Plan();
        if (plan.Unrecognized.BlockCount > 0 && !specification.ForceUnrecognized)
        {
            throw Unrecognized(target, plan, patch);
        }

        if (specification.CheckBase)
        {
            CheckBase(target, plan, patch, options);
        }

        if (specification.DryRun)
        {
            return new ApplyResult(plan, DryRun: true, default, 0);
        }

        WriteCounts written = Write(new PatchExecutor(target, plan, patch, workspace, specification, options));

        // Also where nothing was written: what was recognised as new may only be in the cache.
        target.Flush();
        long verified = Verify(target, plan, patch, workspace, specification.Verify, options);
        if (plan.Sizing.Shrinks)
        {
            target.SetLength(plan.Sizing.LengthAfter);
            target.Flush();
        }

        return new ApplyResult(plan, DryRun: false, written, verified);
    }

    private static WriteCounts Write(PatchExecutor executor)
    {
        try
        {
            return executor.Write();
        }
        catch (StorageException failure) when (executor.HasBegun && failure.Hint is null)
        {
            throw new StorageException(
                failure.Error,
                failure.Path,
                failure.Message,
                failure.Errno,
                failure.Offset,
                "the target is partly patched: remove the cause, then run the same command again to go on");
        }
    }

    private static void CheckBase(IReadableStorage target, PatchPlan plan, PatchSource patch, SyncOptions options)
    {
        if (!BaseCheck.Matches(target, plan, patch, options))
        {
            throw new SyncException(
                SyncError.Mismatch,
                target.Name,
                $"is not the base of {patch.Name}: its blocks outside the data file differ from the remote's checksum file",
                "make a new checksum file of the target, and a new request");
        }
    }

    private static long Verify(IReadableStorage target, PatchPlan plan, PatchSource patch, PatchWorkspace workspace, VerifyMode mode, SyncOptions options)
    {
        if (mode == VerifyMode.None)
        {
            return 0;
        }

        SyncGeometry geometry = plan.Header.SyncGeometry;
        if (mode == VerifyMode.Full)
        {
            options.Progress.Begin("reading back all", geometry.Target.Size);
            if (ReadBack.RootMatches(target, geometry.Target, plan.Header, plan.Trailer.TargetRoot!.Value, belowCache: true, options))
            {
                return ChecksumOperation.CoveredBytes(geometry.Target, plan.Header.Coverage);
            }
        }

        (BlockRunList wrong, long bytes) = ReadBack.Blocks(target, plan, patch, workspace, options);
        if (wrong.BlockCount > 0)
        {
            throw new SyncException(
                SyncError.VerificationFailed,
                target.Name,
                $"{wrong} did not read back as written",
                "the device or file system returns other bytes than were written to it: check its health, then apply again",
                wrong.Runs);
        }

        return mode == VerifyMode.Written
            ? bytes
            : throw new SyncException(
                SyncError.VerificationFailed,
                target.Name,
                "all written blocks are right, but others differ from the master",
                "the target was not the one that the remote's checksum file describes: make a new checksum file and request for what is left");
    }

    private static SyncException Unrecognized(IReadableStorage target, PatchPlan plan, PatchSource patch)
    {
        long all = plan.OldBlocks + plan.NewBlocks + plan.Unrecognized.BlockCount;
        return new SyncException(
            SyncError.Unrecognized,
            target.Name,
            $"neither as {patch.Name} expects nor already new: {plan.Unrecognized} of the {all} to be patched; nothing was written",
            $"{LikelyCause(target, plan, patch)} (--force-unrecognized overwrites them)",
            plan.Unrecognized.Runs);
    }

    private static string LikelyCause(IReadableStorage target, PatchPlan plan, PatchSource patch)
    {
        SyncGeometry geometry = plan.Header.SyncGeometry;
        if (target.Kind == StorageKind.BlockDevice && plan.Unrecognized.Runs[0].First >= geometry.Base.BlockCount)
        {
            return $"behind byte {geometry.Base.Size}, where the remote's checksum file ends, the device is not zero: "
                + $"if it was extended for this, clear that part first (blkdiscard -z -o {geometry.Base.Size} {target.Name})";
        }

        // Blocks that the base has not are found old in any target that is as long: they say nothing about which target it is.
        long absent = geometry.ResizesTarget ? Math.Max(0, geometry.Target.BlockCount - geometry.Base.BlockCount) : 0;
        return plan.OldBlocks + plan.NewBlocks <= absent
            ? $"is this the target of {patch.Name}?"
            : "the target has changed since its checksum file was made: make a new one, and a new request";
    }
}

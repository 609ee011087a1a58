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

        WriteCounts written = new PatchExecutor(target, plan, patch, workspace, specification, options).Write();

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
        string cause = plan.Unrecognized.BlockCount == all
            ? $"is this the target of {patch.Name}?"
            : "the target has changed since its checksum file was made: make a new one, and a new request";
        return new SyncException(
            SyncError.Unrecognized,
            target.Name,
            $"neither as {patch.Name} expects nor already new: {plan.Unrecognized} of the {all} to be patched; nothing was written",
            $"{cause} (--force-unrecognized overwrites them)",
            plan.Unrecognized.Runs);
    }
}

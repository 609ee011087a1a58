using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Verifying;

/// <summary>
/// Compares the blocks that the data file leaves alone with the base, by its root. All other blocks have been recognised one by one, as old
/// or as already new. For them, the hashes in the data file are used. So a target that is partly or wholly patched passes as well, and the
/// same command can be run again.
/// </summary>
internal static class BaseCheck
{
    /// <summary>True if the target is the base, apart from the data file's changes.</summary>
    /// <param name="tailMayBeGone">
    /// The bytes that A has and B does not may be gone, although the target is as long as A. Either an interrupted run has cut them and the
    /// other direction has made the target longer again, or it is a device. Then it is enough that all of B's bytes are as B has them.
    /// </param>
    /// <param name="belowCache">Read from below the page cache: the cache may show content that is nowhere else.</param>
    /// <param name="holes">Whether holes are read.</param>
    public static bool Matches(
        IReadableStorage target, PatchPlan plan, PatchSource patch, bool tailMayBeGone, bool belowCache, SyncOptions options,
        HolePolicy holes = HolePolicy.Read)
    {
        SyncGeometry both = plan.Header.SyncGeometry;

        // If the target is shorter than A (it was cut already), the end of A cannot be checked. But all of B's bytes must be as B has them.
        bool ofBase = target.Length >= both.Base.Size;
        return RootMatches(target, plan, patch, ofBase, belowCache, options, holes)
            || (ofBase
                && tailMayBeGone
                && both.ResizesTarget
                && both.Target.Size < both.Base.Size
                && RootMatches(target, plan, patch, ofBase: false, belowCache, options, holes));
    }

    private static bool RootMatches(
        IReadableStorage target, PatchPlan plan, PatchSource patch, bool ofBase, bool belowCache, SyncOptions options, HolePolicy holes)
    {
        SyncGeometry both = plan.Header.SyncGeometry;
        BlockGeometry geometry = ofBase ? both.Base : both.Target;
        BlockCoverage coverage = plan.Header.Coverage.ClipTo(geometry.BlockCount);
        ReadOnlyMemory<byte> expected = ofBase ? plan.Trailer.BaseRoot : plan.Trailer.TargetRoot;
        options.Progress.Begin("checking the base", geometry.CoveredBytes(coverage));
        using RootBuilder root = new(geometry, plan.Header.Hash, coverage);
        OperationSubstitution substitution = new(root, patch.Open(skipContent: true), ofBase, target.Name);
        new BlockScanner(target, geometry, plan.Header.Hash, holes, belowCache, options)
        {
            ReadErrors = ReadErrorPolicy.Skip,
        }.Scan(coverage, substitution);
        return root.Finish().AsSpan().SequenceEqual(expected.Span);
    }
}

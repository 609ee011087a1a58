using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync;

/// <summary>Reads the target from below its page cache and compares it with what it shall be. To be used after a flush.</summary>
internal static class ReadBack
{
    // Reading from below the cache waits for the disk, and there is no read-ahead: a disk does several such reads in the time of one.
    private const int ThreadsThatWait = 6;

    /// <summary>Compares all blocks that the data file speaks of.</summary>
    /// <returns>The blocks that are wrong, and the bytes compared.</returns>
    public static (BlockRunList Wrong, long Bytes) Blocks(IReadableStorage target, PatchPlan plan, PatchSource patch, PatchWorkspace workspace, SyncOptions options)
    {
        OperationReader reader = patch.Open(skipContent: true);
        SyncGeometry geometry = reader.Geometry;
        TargetChecker checker = new(target, geometry, CheckMode.ReadBack, PatchDoubt.None);
        PatchItems items = new(reader, PatchPass.ReadBack, plan.Sizing.LengthBefore, workspace);
        BlockRunList wrong = new();
        long bytes = 0;
        options.Progress.Begin("reading back", plan.Bytes);
        OrderedPipeline<PatchItem>.Run(
            options.Threads == 1 ? 1 : Math.Max(options.Threads, ThreadsThatWait),
            workspace.BeginPass(reader),
            items.Take,
            item =>
            {
                item.Clear();
                if (!IsUntouched(item, geometry, plan))
                {
                    checker.Check(item, target.Length, (block, _) => item.NotNew.Add(block));
                }
            },
            item =>
            {
                long length = item.Parts.Sum(part => geometry.Target.LengthOf(part.Blocks));
                bytes += IsUntouched(item, geometry, plan) ? 0 : length;
                options.Progress.Advance(length);
                foreach (long block in item.NotNew)
                {
                    wrong.Add(new BlockRun(block, 1));
                }

                item.Release();
            },
            options.Cancellation);
        patch.RequireSame(reader.Trailer);
        return (wrong, bytes);
    }

    /// <summary>Compares the whole coverage by its root.</summary>
    public static bool RootMatches(
        IReadableStorage target, BlockGeometry geometry, MessageHeader header, ReadOnlyMemory<byte> root, bool belowCache, SyncOptions options) =>
        RootMatches(target, geometry, header.Hash, header.Coverage, root, belowCache, options);

    /// <summary>Compares a coverage by its root.</summary>
    /// <param name="target">At least as long as <paramref name="geometry"/> says.</param>
    /// <param name="geometry">Size and block size of the content that is expected.</param>
    /// <param name="hash">The block hash.</param>
    /// <param name="coverage">What was compared.</param>
    /// <param name="root">The root that is expected.</param>
    /// <param name="belowCache">Read from below the page cache.</param>
    /// <param name="options">Threads, progress and cancellation.</param>
    public static bool RootMatches(
        IReadableStorage target, BlockGeometry geometry, BlockHash hash, BlockCoverage coverage, ReadOnlyMemory<byte> root, bool belowCache, SyncOptions options)
    {
        BlockCoverage clipped = coverage.ClipTo(geometry.BlockCount);
        using RootBuilder builder = new(geometry, hash, clipped);
        new BlockScanner(target, geometry, hash, HolePolicy.Read, belowCache, options).Scan(clipped, builder);
        return builder.Finish().AsSpan().SequenceEqual(root.Span);
    }

    // Zeros past the old end of a file were not written: growing it has made them.
    private static bool IsUntouched(PatchItem item, SyncGeometry geometry, PatchPlan plan) =>
        item.Parts is [{ Operation.New: NewKind.Zero } part] && plan.Sizing.Grows && geometry.Target.OffsetOf(part.Blocks.First) >= plan.Sizing.LengthBefore;
}

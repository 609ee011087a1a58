using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Journal;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Applying.Recognizing;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Verifying;

/// <summary>Reads the target from below its page cache and compares it with its new content. To be used after a flush.</summary>
internal static class ReadBackVerifier
{
    // Reads from below the cache wait for the disk, and there is no read-ahead: a disk does several such reads in the time of one.
    private const int ThreadsThatWait = 6;

    /// <summary>
    /// Compares all blocks that the data file describes, or only those that became zeros: a hole that was made is not trusted.
    /// </summary>
    /// <returns>The blocks that are wrong, and the bytes compared.</returns>
    public static (BlockRunList Wrong, long Bytes) Blocks(
        IReadableStorage target, PatchPlan plan, PatchSource patch, PatchWorkspace workspace, SyncOptions options, bool onlyZeros = false)
    {
        IOperationReader reader = patch.Open(skipContent: true);
        SyncGeometry geometry = reader.Geometry;
        TargetChecker checker = new(target, geometry, CheckMode.ReadBack, PatchDoubt.None);
        PatchItems items = new(reader, PatchPass.ReadBack, plan.Sizing.LengthBefore, workspace);
        BlockRunList wrong = new();
        BlockRunList unreadable = new();
        long bytes = 0;
        long passed = 0;
        options.Progress.Begin("reading back", plan.Bytes);
        OrderedPipeline<PatchItem>.Run(
            options.Threads == 1 ? 1 : Math.Max(options.Threads, ThreadsThatWait),
            workspace.BeginPass(reader),
            items.Take,
            item =>
            {
                item.Clear();
                if (onlyZeros)
                {
                    item.Parts.RemoveAll(part => part.Operation.New != NewKind.Zero);
                }

                if (item.Parts.Count > 0 && !IsUntouched(item, geometry, plan))
                {
                    checker.Check(item, target.Length, (block, state) =>
                    {
                        if (state != BlockState.Unreadable)
                        {
                            item.Found.NotNew.Add(block);
                        }
                    });
                }
            },
            item =>
            {
                long length = item.Parts.Sum(part => geometry.Target.LengthOf(part.Blocks));
                bytes += IsUntouched(item, geometry, plan) ? 0 : length;
                passed += length;
                options.Progress.Advance(length);
                foreach (long block in item.Found.Unreadable)
                {
                    unreadable.Add(new BlockRun(block, 1));
                }

                foreach (long block in item.Found.NotNew)
                {
                    wrong.Add(new BlockRun(block, 1));
                }

                item.Release();
            },
            options.Cancellation);

        // Blocks that were not to be read count as done too.
        options.Progress.Advance(plan.Bytes - passed);
        patch.RequireSame(reader.Trailer);
        return unreadable.BlockCount == 0 ? (wrong, bytes) : throw UnreadableBlocks.Error(target.Name, unreadable, checker.Failure!);
    }

    /// <summary>Compares the whole coverage by its root.</summary>
    public static bool RootMatches(
        IReadableStorage target, BlockGeometry geometry, DataFileHeader header, ReadOnlyMemory<byte> root, bool belowCache,
        SyncOptions options, HolePolicy holes = HolePolicy.Read) =>
        RootMatches(target, geometry, header.Hash, header.Coverage, root, belowCache, options, holes);

    /// <summary>Compares a coverage by its root.</summary>
    /// <param name="target">At least as long as <paramref name="geometry"/> says.</param>
    /// <param name="geometry">Size and block size of the expected content.</param>
    /// <param name="hash">The block hash.</param>
    /// <param name="coverage">The coverage that was compared.</param>
    /// <param name="root">The expected root.</param>
    /// <param name="belowCache">Read from below the page cache.</param>
    /// <param name="options">Threads, progress and cancellation.</param>
    /// <param name="holes">Whether holes are read. After a flush, reading a hole could bring nothing to light from the medium.</param>
    public static bool RootMatches(
        IReadableStorage target, BlockGeometry geometry, BlockHash hash, BlockCoverage coverage, ReadOnlyMemory<byte> root, bool belowCache,
        SyncOptions options,
        HolePolicy holes = HolePolicy.Read)
    {
        BlockCoverage clipped = coverage.ClipTo(geometry.BlockCount);
        using RootBuilder builder = new(geometry, hash, clipped);
        new BlockScanner(target, geometry, hash, holes, belowCache, options).Scan(clipped, builder);
        return builder.Finish().AsSpan().SequenceEqual(root.Span);
    }

    // Zeros past the old end of a file were not written: growing the file has made them.
    private static bool IsUntouched(PatchItem item, SyncGeometry geometry, PatchPlan plan) =>
        item.Parts is [{ Operation.New: NewKind.Zero } part]
            && plan.Sizing.Grows
            && geometry.Target.OffsetOf(part.Blocks.First) >= plan.Sizing.LengthBefore;
}

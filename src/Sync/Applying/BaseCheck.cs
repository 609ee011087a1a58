using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync;

/// <summary>
/// Compares the blocks that the data file leaves alone with the base, by its root. The blocks that it speaks of have been recognised one by one, as old or
/// as already new: for them stand the hashes that the data file gives. So a target that is partly or wholly patched passes as well, and the same command can
/// be run again.
/// </summary>
internal static class BaseCheck
{
    /// <summary>True where the target is the base, but for what the data file changes.</summary>
    /// <param name="tailMayBeGone">
    /// What A has and B has not may be gone although the target is as long as A: an interrupted run has cut it and the other direction has made it longer again, or it is a
    /// device. Then it is enough that all that B has is as B has it.
    /// </param>
    /// <param name="belowCache">Read from below the page cache: what the cache shows may be no more than that.</param>
    /// <param name="holes">Whether holes are read.</param>
    public static bool Matches(
        IReadableStorage target, PatchPlan plan, PatchSource patch, bool tailMayBeGone, bool belowCache, SyncOptions options, HolePolicy holes = HolePolicy.Read)
    {
        SyncGeometry both = plan.Header.SyncGeometry;

        // Of a target that is shorter than A (it was cut already), the end of A cannot be seen; but all that B has must be as B has it.
        bool ofBase = target.Length >= both.Base.Size;
        return RootMatches(target, plan, patch, ofBase, belowCache, options, holes)
            || (ofBase && tailMayBeGone && both.ResizesTarget && both.Target.Size < both.Base.Size && RootMatches(target, plan, patch, ofBase: false, belowCache, options, holes));
    }

    private static bool RootMatches(IReadableStorage target, PatchPlan plan, PatchSource patch, bool ofBase, bool belowCache, SyncOptions options, HolePolicy holes)
    {
        SyncGeometry both = plan.Header.SyncGeometry;
        BlockGeometry geometry = ofBase ? both.Base : both.Target;
        BlockCoverage coverage = plan.Header.Coverage.ClipTo(geometry.BlockCount);
        ReadOnlyMemory<byte> expected = (ofBase ? plan.Trailer.BaseRoot : plan.Trailer.TargetRoot)!.Value;
        options.Progress.Begin("checking the base", ChecksumOperation.CoveredBytes(geometry, coverage));
        using RootBuilder root = new(geometry, plan.Header.Hash, coverage);
        OperationSubstitution substitution = new(root, patch.Open(skipContent: true), ofBase, target.Name);
        new BlockScanner(target, geometry, plan.Header.Hash, holes, belowCache, options) { ReadErrors = ReadErrorPolicy.Skip }.Scan(coverage, substitution);
        return root.Finish().AsSpan().SequenceEqual(expected.Span);
    }
}

/// <summary>Hands blocks on, in place of those that have an operation what the operation says that they were (or shall be).</summary>
internal sealed class OperationSubstitution(IBlockSink sink, OperationReader reader, bool old, string target = "") : IUnreadableSink
{
    private readonly int _hashLength = reader.Header.Hash.Length;
    private readonly OperationCursor _cursor = new(reader);

    public void AddData(BlockRun run, ReadOnlySpan<byte> hashes)
    {
        while (run.Count > 0)
        {
            BlockRun before = TakeUntouched(ref run);
            if (before.Count > 0)
            {
                int length = (int)before.Count * _hashLength;
                sink.AddData(before, hashes[..length]);
                hashes = hashes[length..];
            }

            BlockRun replaced = TakeReplaced(ref run);
            hashes = hashes[((int)replaced.Count * _hashLength)..];
        }
    }

    public void AddZeros(BlockRun run)
    {
        while (run.Count > 0)
        {
            BlockRun before = TakeUntouched(ref run);
            if (before.Count > 0)
            {
                sink.AddZeros(before);
            }

            TakeReplaced(ref run);
        }
    }

    // What is overwritten need not be read; of the rest, nothing can be said.
    public void AddUnreadable(BlockRun run)
    {
        while (run.Count > 0)
        {
            BlockRun before = TakeUntouched(ref run);
            if (before.Count > 0)
            {
                BlockRunList blocks = new();
                blocks.Add(before);
                throw new SyncException(SyncError.Unreadable, target, $"cannot be compared with the base: {blocks} cannot be read", hint: null, blocks.Runs);
            }

            TakeReplaced(ref run);
        }
    }

    // What lies before the next operation.
    private BlockRun TakeUntouched(ref BlockRun run)
    {
        _cursor.Seek(run.First);
        BlockRun before = BlockRun.Between(run.First, Math.Clamp(_cursor.Operation.Blocks.First, run.First, run.End));
        run = BlockRun.Between(before.End, run.End);
        return before;
    }

    // What lies in the operation, if it has come to that.
    private BlockRun TakeReplaced(ref BlockRun run)
    {
        Operation operation = _cursor.Operation;
        BlockRun inside = BlockRun.Between(run.First, Math.Clamp(operation.Blocks.End, run.First, run.End));
        run = BlockRun.Between(inside.End, run.End);
        if (inside.Count > 0 && (old ? operation.Old != OldKind.Hashed : operation.New == NewKind.Zero))
        {
            sink.AddZeros(inside);
            return inside;
        }

        for (long block = inside.First; block < inside.End; block++)
        {
            long index = block - operation.Blocks.First;
            sink.AddData(new BlockRun(block, 1), old ? _cursor.Group.OldHash(operation, index) : _cursor.Group.NewHash(operation, index));
        }

        return inside;
    }
}

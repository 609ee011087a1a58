using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Comparing;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Applying.Verifying;

/// <summary>
/// A data request for blocks that did not read back as written. Their old content is what the target returns for them now, from below the
/// cache. Their new content is what the data file says. Only those blocks are covered, so that the roots can be computed without reading
/// the rest.
/// </summary>
internal static class RepairRequest
{
    /// <summary>Writes the request.</summary>
    /// <param name="target">Has its final size.</param>
    /// <param name="plan">The plan of the data file.</param>
    /// <param name="patch">The data file.</param>
    /// <param name="wrong">The wrong blocks, ascending.</param>
    /// <param name="output">Where to write it.</param>
    /// <param name="options">Threads.</param>
    public static void Write(
        IReadableStorage target, PatchPlan plan, PatchSource patch, IReadOnlyList<BlockRun> wrong, Stream output, SyncOptions options)
    {
        SyncGeometry all = plan.Header.SyncGeometry;
        long baseSize = all.ResizesTarget ? all.Target.Size : all.Base.Size;

        // Nobody knows what the target as a whole is now. So no parent vouches for it, and the repair proves only its own blocks. If every
        // block is wrong, the coverage is the whole target, and has to say so.
        BlockCoverage coverage = BlockCoverage.Of(wrong).ClipTo(
            new SyncGeometry(baseSize, all.Target.Size, all.Target.BlockSize, BlockCoverage.Whole).BlockCount);
        DataRequestHeader header = plan.Header.ToRequest() with
        {
            BaseSize = baseSize,
            Coverage = coverage,
            Label = null,
            Parent = null,
            IsForward = true,
            AllowsShift = false,
        };
        DataRequestWriter writer = new(output, header);
        SyncGeometry geometry = header.SyncGeometry;
        using RootBuilder baseRoot = new(geometry.Base, header.Hash, coverage.ClipTo(geometry.Base.BlockCount));
        using RootBuilder targetRoot = new(geometry.Target, header.Hash, coverage.ClipTo(geometry.Target.BlockCount));
        Sink sink = new(new OperationCursor(patch.Open(skipContent: true)), writer, baseRoot, targetRoot, header.Hash.Length);
        options.Progress.Begin("finding the wrong blocks", geometry.Base.CoveredBytes(coverage));
        new BlockScanner(target, geometry.Base, header.Hash, HolePolicy.Read, belowCache: true, options).Scan(coverage, sink);
        writer.Finish(baseRoot.Finish(), targetRoot.Finish());
    }

    private sealed class Sink(
        OperationCursor cursor, DataRequestWriter writer, RootBuilder baseRoot, RootBuilder targetRoot, int hashLength) : IBlockSink
    {
        public void AddData(BlockRun run, ReadOnlySpan<byte> hashes)
        {
            baseRoot.AddData(run, hashes);
            for (int i = 0; i < run.Count; i++)
            {
                Add(new BlockRun(run.First + i, 1), OldKind.Hashed, hashes.Slice(i * hashLength, hashLength));
            }
        }

        public void AddZeros(BlockRun run)
        {
            baseRoot.AddZeros(run);
            for (BlockRun left = run; left.Count > 0;)
            {
                cursor.Seek(left.First);
                long end = cursor.Operation.New == NewKind.Zero ? Math.Min(left.End, cursor.Operation.Blocks.End) : left.First + 1;
                Add(BlockRun.Between(left.First, end), OldKind.Zero, []);
                left = BlockRun.Between(end, left.End);
            }
        }

        // A block that is right by now gets no operation, but it is covered.
        private void Add(BlockRun run, OldKind old, ReadOnlySpan<byte> oldHash)
        {
            cursor.Seek(run.First);
            Operation operation = cursor.Operation;
            if (operation.New == NewKind.Zero)
            {
                targetRoot.AddZeros(run);
                if (old == OldKind.Hashed)
                {
                    writer.Add(run, NewKind.Zero, old, oldHash, []);
                }

                return;
            }

            ReadOnlySpan<byte> newHash = cursor.Group.NewHash(operation, run.First - operation.Blocks.First);
            targetRoot.AddData(run, newHash);
            if (old != OldKind.Hashed || !oldHash.SequenceEqual(newHash))
            {
                writer.Add(run, NewKind.Data, old, oldHash, newHash);
            }
        }
    }
}

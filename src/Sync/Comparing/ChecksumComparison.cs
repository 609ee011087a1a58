using BinarySync.Format;

namespace BinarySync.Sync.Comparing;

/// <summary>The roots of two sides, over their compared blocks.</summary>
internal readonly record struct ComparedRoots(ReadOnlyMemory<byte> Base, ReadOnlyMemory<byte> Target);

/// <summary>Reads two checksum files side by side, each once and to its end.</summary>
internal static class ChecksumComparison
{
    /// <summary>Compares the blocks that both cover.</summary>
    /// <param name="remote">A; only the header has been read. The same holds for <paramref name="master"/>.</param>
    /// <param name="master">B.</param>
    /// <param name="geometry">Both sides, and the compared coverage.</param>
    /// <param name="onDifference">Called for B's blocks that differ, ascending.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <exception cref="MessageFormatException">One of them is refused.</exception>
    public static ComparedRoots Run(
        ChecksumFileReader remote, ChecksumFileReader master, SyncGeometry geometry, DifferenceHandler onDifference, SyncOptions options)
    {
        int hashLength = master.Header.Hash.Length;
        options.Progress.Begin("comparing", geometry.Target.CoveredBytes(geometry.Coverage));

        // Comparing is cheap next to reading: with two threads, this one reads one of the files itself.
        using ChecksumRuns ofMaster = new(master, geometry.Coverage, ahead: options.Threads > 2);
        using RunComparer comparer = new(
            new ChecksumRuns(remote, geometry.Coverage, ahead: options.Threads > 1), geometry, master.Header.Hash, onDifference);
        using CoverageCursor compared = new(geometry.Coverage, geometry.Target.BlockCount);
        while (ofMaster.ReadRun(out ChecksumRun run))
        {
            options.Cancellation.ThrowIfCancellationRequested();
            BlockRun left = run.Blocks;
            while (compared.NextInside(ref left, out BlockRun inside))
            {
                if (run.IsZero)
                {
                    comparer.AddZeros(inside);
                }
                else
                {
                    int at = (int)(inside.First - run.Blocks.First) * hashLength;
                    comparer.AddData(inside, run.Hashes.Span.Slice(at, (int)inside.Count * hashLength));
                }

                options.Progress.Advance(geometry.Target.LengthOf(inside));
            }
        }

        ReadOnlyMemory<byte> baseRoot = comparer.Finish();
        return new ComparedRoots(baseRoot, ofMaster.FinishRoot());
    }
}

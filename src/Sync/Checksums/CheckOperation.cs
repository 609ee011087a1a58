using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Comparing;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Checksums;

/// <summary>The differences between a target and its checksum file.</summary>
/// <param name="Header">The checksum file's.</param>
/// <param name="TargetSize">Bytes of the target now; for a longer device, the bytes compared.</param>
/// <param name="BytesNotCompared">Bytes by which a device is longer than the checksum file says: they are left out.</param>
/// <param name="ComparedBlocks">Blocks of the target that were compared.</param>
/// <param name="Coverage">Which blocks of the longer of the two were compared.</param>
/// <param name="Differences">The blocks that differ, or that only one of the two has.</param>
/// <param name="ReadBytes">Bytes of the target that were read; holes that are trusted are not read.</param>
public sealed record CheckResult(
    ChecksumFileHeader Header, long TargetSize, long BytesNotCompared, long ComparedBlocks, BlockCoverage Coverage,
    BlockRunList Differences, long ReadBytes)
{
    /// <summary>Why the target's holes are doubted, so that they were read; null if there is no reason.</summary>
    public HoleClaim? DoubtedHoles { get; init; }

    public bool IsEqual => TargetSize == Header.Size && Differences.BlockCount == 0;
}

/// <summary>Compares a target with a checksum file: is it still what the file says?</summary>
public static class CheckOperation
{
    /// <summary>Reads the target and compares it block by block.</summary>
    /// <param name="target">The target.</param>
    /// <param name="checksums">The expected state; only the header has been read.</param>
    /// <param name="holes">Whether holes are read.</param>
    /// <param name="live">Continue when the target changes.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <param name="onDifference">
    /// Called for all blocks that differ, ascending, including those for which <see cref="CheckResult.Differences"/> has no room.
    /// </param>
    /// <exception cref="MessageFormatException">The checksum file is refused.</exception>
    /// <exception cref="StorageException">The target cannot be read.</exception>
    public static CheckResult Run(
        IReadableStorage target,
        ChecksumFileReader checksums,
        HolePolicy holes,
        bool live,
        SyncOptions options,
        Action<BlockRun>? onDifference = null)
    {
        SourceWatch watch = new(target, live);
        ChecksumFileHeader header = checksums.Header;
        if (header.Coverage.IsEmpty)
        {
            throw new SyncException(
                SyncReason.NothingToCompare,
                checksums.Source,
                $"covers no block: nothing of {target.Name} can be compared");
        }

        // A device often is longer than the image that was written to it: the bytes behind the image do not matter.
        long size = target.HasFixedLength ? Math.Min(target.Length, header.Size) : target.Length;
        BlockGeometry geometry = new(size, header.BlockSize);

        // The checksum file is the base, and the present target is the other side. The part by which the target has grown was never covered
        // by ranges.
        BlockCoverage covered = header.Coverage;
        SyncGeometry both = SyncGeometry.Compare(header.Size, covered, size, covered, header.BlockSize, out _);
        BlockRunList differences = new();
        using RunComparer comparer = new(checksums, both, header.Hash, (run, _, _, _, _) => Differ(run));
        options.Progress.Begin("comparing", geometry.CoveredBytes(both.Coverage));
        BlockScanner scanner = new(target, geometry, header.Hash, holes, belowCache: false, options);
        scanner.Scan(both.Coverage.ClipTo(geometry.BlockCount), comparer);
        comparer.Finish();
        watch.ThrowIfChanged();
        if (both.ResizesTarget && both.Target.BlockCount < both.Base.BlockCount)
        {
            Differ(BlockRun.Between(both.Target.BlockCount, both.Base.BlockCount));
        }

        return new CheckResult(
            header,
            size,
            target.Length - size,
            both.Coverage.CountIn(geometry.BlockCount),
            both.Coverage.ClipTo(both.BlockCount),
            differences,
            scanner.ReadBytes)
        {
            DoubtedHoles = scanner.DoubtedHoles,
        };

        void Differ(BlockRun run)
        {
            differences.Add(run);
            onDifference?.Invoke(run);
        }
    }
}

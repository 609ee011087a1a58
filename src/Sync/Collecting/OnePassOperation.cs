using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Pipeline;
using BinarySync.Sync.Requests;

namespace BinarySync.Sync.Collecting;

/// <summary>The result of making a data file in one pass over the master.</summary>
/// <param name="File">The data file.</param>
/// <param name="SizeLeft">True if the sizes differ, but the remote's ranges leave out part of the bytes between them.</param>
/// <param name="ComparedBlocks">Blocks in the compared coverage.</param>
/// <param name="DoubtedHoles">Why the master's holes are doubted, so that they were read; null if there is no reason.</param>
public sealed record OnePassResult(DataFileResult File, bool SizeLeft, long ComparedBlocks, HoleClaim? DoubtedHoles = null)
{
    /// <summary>Blocks that the remote has elsewhere, and that are sent: there are more copies than a message may have.</summary>
    public long BlocksLeftOut { get; init; }
}

/// <summary>
/// Makes a data file from the master and the remote's checksum file, reading the master once. Byte for byte, it equals the result of a
/// checksum file of the master, a data request and <see cref="DataFileOperation"/> together.
/// </summary>
public static class OnePassOperation
{
    /// <summary>Reads the part of the master that the remote's checksum file covers, and writes the data file on the way.</summary>
    /// <param name="master">B.</param>
    /// <param name="remote">The checksum file of A.</param>
    /// <param name="specification">
    /// How the data file is made. With Live, the bytes that were hashed are sent, even if the master changes later.
    /// </param>
    /// <param name="holes">Whether the master's holes are read.</param>
    /// <param name="output">Where the data file is written.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <exception cref="MessageFormatException">The checksum file is refused.</exception>
    /// <exception cref="StorageException">The master cannot be read.</exception>
    /// <exception cref="SyncException">There is nothing to compare, or the master changed while it was read.</exception>
    public static OnePassResult Run(
        IReadableStorage master, ChecksumFileReader remote, DataFileSpecification specification, HolePolicy holes, Stream output,
        SyncOptions options)
    {
        SourceWatch watch = new(master, specification.Live);
        ChecksumFileHeader a = remote.Header;
        SyncGeometry geometry = DemandComparable(master, remote, out bool sizeLeft);
        specification.DemandBaseUsable(remote.Source, null, a.BlockSize);
        DataFileHeader header = specification.Describe(new()
        {
            BlockSize = a.BlockSize,
            Hash = a.Hash,
            BaseSize = a.Size,
            TargetSize = master.Length,
            Coverage = geometry.Coverage,
            FrameSize = specification.FrameSize,
            Label = specification.Label,
            Parent = a.Parent,
            IsForward = true,
        });
        DataFileWriter writer = new(output, header);
        BlockScanner scanner = new(master, geometry.Target, a.Hash, holes, belowCache: false, options);
        using OnePassCollector collector = new(master, scanner, remote, header, writer, specification);
        options.Progress.Begin("collecting", geometry.Target.CoveredBytes(collector.Covered));
        (ReadOnlyMemory<byte> baseRoot, ReadOnlyMemory<byte> targetRoot) = collector.Run(options);
        watch.ThrowIfChanged();
        OperationsTrailer trailer = writer.Finish(baseRoot, targetRoot);
        DataFileResult file = new(header, trailer, writer.Position, collector.RepeatedBlocks, scanner.ReadBytes, collector.Prefixes);
        return new OnePassResult(file, sizeLeft, geometry.Coverage.CountIn(geometry.BlockCount), scanner.DoubtedHoles);
    }

    /// <summary>What of the master can be compared with a checksum file.</summary>
    /// <param name="master">B.</param>
    /// <param name="remote">The checksum file of A.</param>
    /// <param name="sizeLeft">True if the sizes differ, but the ranges leave out part of the bytes between them.</param>
    /// <exception cref="SyncException">It is nothing.</exception>
    internal static SyncGeometry DemandComparable(IReadableStorage master, ChecksumFileReader remote, out bool sizeLeft)
    {
        ChecksumFileHeader a = remote.Header;
        if (a.Parent is { } parent)
        {
            DataRequestOperation.RequireSize(remote.Source, a.Size, parent.BaseSize, "remote");
            DataRequestOperation.RequireSize(master.Name, master.Length, parent.TargetSize, "master");
        }

        // All of the master is at hand, so the remote's coverage decides. The end of its last block is the end of the master too.
        SyncGeometry geometry = SyncGeometry.Compare(
            a.Size, a.Coverage, master.Length, BlockCoverage.Whole, a.BlockSize, out sizeLeft);
        if (geometry.Coverage.IsEmpty)
        {
            throw new SyncException(
                SyncReason.NothingToCompare,
                remote.Source,
                a.Coverage.IsEmpty
                    ? $"covers no block: nothing of {master.Name} can be compared"
                    : $"covers only blocks that {master.Name} does not have, or blocks in the tail where the sizes differ: nothing can "
                        + "be compared");
        }

        return geometry;
    }
}

using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Checksums;

/// <summary>What is to be checksummed, and how.</summary>
public sealed record ChecksumSpecification
{
    /// <summary>Bytes of a block.</summary>
    public int BlockSize { get; init; } = FormatLimits.DefaultBlockSize;

    public BlockHash Hash { get; init; } = BlockHash.Xxh128;

    /// <summary>The ranges asked for; those past the end of the target are clipped.</summary>
    public BlockCoverage Coverage { get; init; } = BlockCoverage.Whole;

    /// <summary>Also a rolling sum of each data block (Format.md 6.1).</summary>
    public bool RollingSums { get; init; }

    public string? Label { get; init; }

    /// <summary>The coarse data request that is refined, or null.</summary>
    public ParentIdentity? Parent { get; init; }

    public HolePolicy Holes { get; init; } = HolePolicy.Trust;

    /// <summary>The source may change while it is read.</summary>
    public bool Live { get; init; }
}

/// <summary>The result of making a checksum file.</summary>
/// <param name="Header">As written.</param>
/// <param name="Trailer">As written.</param>
/// <param name="RangesClipped">True if a range went past the end of the target.</param>
/// <param name="ReadBytes">Bytes of the target that were read; holes that are trusted are not read.</param>
/// <param name="DoubtedHoles">Why the target's holes are doubted, so that they were read; null if there is no reason.</param>
public sealed record ChecksumResult(
    ChecksumFileHeader Header, ChecksumFileTrailer Trailer, bool RangesClipped, long ReadBytes, HoleClaim? DoubtedHoles = null)
{
    /// <summary>The blocks that cannot be read and are left out.</summary>
    public BlockRunList Unreadable { get; init; } = new();

    /// <summary>True if blocks between them are left out too, because a header does not have room for so many ranges.</summary>
    public bool LeavesOutMore { get; init; }
}

/// <summary>Makes a checksum file of a file or device.</summary>
public static class ChecksumOperation
{
    /// <summary>Reads the source and writes its checksum file.</summary>
    /// <param name="source">The source.</param>
    /// <param name="specification">How to make it.</param>
    /// <param name="output">Where the checksum file is written.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <param name="spool">An empty, seekable stream: blocks that cannot be read are then left out. If null, they end the run.</param>
    /// <exception cref="StorageException">The source cannot be read.</exception>
    /// <exception cref="SyncException">It changed while it was read, or since the coarse checksum file that is refined.</exception>
    public static ChecksumResult Run(
        IReadableStorage source, ChecksumSpecification specification, Stream output, SyncOptions options, Stream? spool = null)
    {
        SourceWatch watch = new(source, specification.Live);
        RequireSizeOf(specification.Parent, source);
        BlockGeometry geometry = new(source.Length, specification.BlockSize);
        ChecksumFileHeader header = new()
        {
            BlockSize = specification.BlockSize,
            Hash = specification.Hash,
            Size = source.Length,
            Coverage = specification.Coverage.ClipTo(geometry.BlockCount),
            Label = specification.Label,
            Parent = specification.Parent,
            HasRollingSums = specification.RollingSums,
        };
        options.Progress.Begin("checksumming", geometry.CoveredBytes(header.Coverage));
        if (spool is not null)
        {
            return RunSkipping(source, specification, header, output, spool, watch, options);
        }

        using ChecksumFileWriter writer = new(output, header);
        BlockScanner scanner = new(source, geometry, header.Hash, specification.Holes, belowCache: false, options)
        {
            RollingSums = header.HasRollingSums,
        };
        scanner.Scan(header.Coverage, writer);
        watch.ThrowIfChanged();
        return new ChecksumResult(
            header, writer.Finish(), specification.Coverage.GoesPast(geometry.BlockCount), scanner.ReadBytes, scanner.DoubtedHoles);
    }

    private static ChecksumResult RunSkipping(
        IReadableStorage source, ChecksumSpecification specification, ChecksumFileHeader header, Stream output, Stream spool,
        SourceWatch watch, SyncOptions options)
    {
        using SkippingChecksums skipping = new(header, spool);
        BlockScanner scanner = new(source, header.Geometry, header.Hash, specification.Holes, belowCache: false, options)
        {
            ReadErrors = ReadErrorPolicy.Skip,
            RollingSums = header.HasRollingSums,
        };
        scanner.Scan(header.Coverage, skipping);
        watch.ThrowIfChanged();
        (ChecksumFileHeader written, ChecksumFileTrailer trailer) = skipping.Finish(output);
        return new ChecksumResult(
            written, trailer, specification.Coverage.GoesPast(header.Geometry.BlockCount), scanner.ReadBytes, scanner.DoubtedHoles)
        {
            Unreadable = skipping.Unreadable,
            LeavesOutMore = skipping.LeavesOutMore,
        };
    }

    // The data request will know which of the two sides this is. A source of a third size cannot be either side: better to refuse it now
    // than after reading all of it.
    private static void RequireSizeOf(ParentIdentity? parent, IReadableStorage source)
    {
        if (parent is not null && source.Length != parent.BaseSize && source.Length != parent.TargetSize)
        {
            throw new SyncException(
                SyncReason.CoarseSizeChanged,
                source.Name,
                $"has {source.Length} bytes; the request refines a comparison of targets of {parent.BaseSize} and "
                    + $"{parent.TargetSize} bytes")
            {
                Values = [("size", source.Length)],
            };
        }
    }
}

using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Checksums;

namespace BinarySync.Sync.Collecting;

/// <summary>How a data file is made.</summary>
public sealed record DataFileSpecification
{
    public Compression Compression { get; init; } = Compression.Default;

    /// <summary>Raw bytes of a frame: a power of two from 64 KiB to 4 MiB.</summary>
    public int FrameSize { get; init; } = FormatLimits.DefaultFrameSize;

    /// <summary>Content that is needed several times is sent once. The reader of the data file must then be able to seek in it.</summary>
    public bool Repeats { get; init; } = true;

    public string? Label { get; init; }

    /// <summary>The master may change while it is read; its requested blocks are still compared with their hashes.</summary>
    public bool Live { get; init; }

    /// <summary>
    /// The master's own copy of what the remote has: frames are compressed over the old content of their blocks, where that has the
    /// remote's hashes. Only with Zstandard. Null for none.
    /// </summary>
    public IReadableStorage? Base { get; init; }

    /// <summary>The header must allow frames of Zstandard.</summary>
    internal bool UsesZstd => Compression.Codec == FrameCodec.Zstd;

    /// <summary>What the header says of the content.</summary>
    internal DataFileHeader Describe(DataFileHeader header) => header with
    {
        IsForward = header.IsForward && !Repeats && Base is null,
        AllowsZstd = UsesZstd,
        AllowsPrefix = Base is not null,
    };

    /// <summary>Refuses what cannot be made over old content.</summary>
    /// <param name="request">The message that asks for the data file.</param>
    /// <param name="header">Its header.</param>
    /// <param name="blockSize">Bytes of its blocks.</param>
    /// <exception cref="SyncException">It cannot.</exception>
    internal void DemandBaseUsable(string request, OperationsHeader? header, int blockSize)
    {
        if (Base is null)
        {
            return;
        }

        if (header?.Bases is not null)
        {
            throw new SyncException(SyncReason.MergedRequest, request, "is merged for several remotes, which have different old content")
            {
                Values = [("to", "base")],
            };
        }

        if (blockSize > FrameSize)
        {
            throw new SyncException(
                SyncReason.BlocksTooLargeForBase,
                request,
                $"has blocks of {blockSize} bytes; content is compressed over old content in frames of {FrameSize} bytes, which must hold "
                    + "whole blocks");
        }
    }

    /// <summary>Bytes that the table of sent content may take: with these it knows about 390,000 blocks. Only tests set it.</summary>
    internal int RepeatIndexBytes { get; init; } = 16 << 20;
}

/// <summary>The result of making a data file.</summary>
/// <param name="Header">As written.</param>
/// <param name="Trailer">As written.</param>
/// <param name="Length">Bytes of the data file.</param>
/// <param name="RepeatedBlocks">Data blocks whose content is in the data file already, for another block.</param>
/// <param name="ReadBytes">Bytes of the master that were read, not counting those read a second time to compare them with a repeat.</param>
/// <param name="Prefixes">What the master's own copy of the old content was good for.</param>
public sealed record DataFileResult(
    DataFileHeader Header, OperationsTrailer Trailer, long Length, long RepeatedBlocks, long ReadBytes, PrefixCounts Prefixes);

/// <summary>What the master's own copy of the old content was good for.</summary>
/// <param name="Frames">Frames with blocks that have old content.</param>
/// <param name="Over">Those of them that are compressed over it.</param>
/// <param name="Unfit">Those of them with a block that is not what the remote has.</param>
public readonly record struct PrefixCounts(long Frames, long Over, long Unfit)
{
    public static PrefixCounts operator +(PrefixCounts one, PrefixCounts other) =>
        new(one.Frames + other.Frames, one.Over + other.Over, one.Unfit + other.Unfit);
}

/// <summary>Collects the requested blocks on the master into a data file. Reads nothing but those blocks.</summary>
public static class DataFileOperation
{
    /// <summary>Reads the request once and writes the data file on the way.</summary>
    /// <exception cref="MessageFormatException">The request is refused.</exception>
    /// <exception cref="StorageException">The master cannot be read.</exception>
    /// <exception cref="SyncException">The master is not, or is no longer, the one that the request was made for.</exception>
    public static DataFileResult Run(
        IReadableStorage master, OperationReader request, DataFileSpecification specification, Stream output, SyncOptions options)
    {
        SourceWatch watch = new(master, specification.Live);
        RequireMaster(master, request);
        specification.DemandBaseUsable(request.Source, request.Header, request.Header.BlockSize);
        DataFileHeader header = specification.Describe(new(request.Header, specification.FrameSize) { Label = specification.Label });
        DataFileWriter writer = new(output, header);
        BlockRunList changed = new();
        options.Progress.Begin("collecting", BytesToCollect(request.PeekTrailer(), header.BlockSize));
        FrameCollector collector = new(master, request, writer, specification, changed, comparesZeros: true);
        collector.Run(options);
        watch.ThrowIfChanged();
        RequireUnchanged(master, request, changed, collector.OldBlocks);
        OperationsTrailer trailer = writer.Finish(request.Trailer.BaseRoot, request.Trailer.TargetRoot);
        return new DataFileResult(header, trailer, writer.Position, collector.RepeatedBlocks, collector.ReadBytes, collector.Prefixes);
    }

    /// <summary>
    /// Bytes of the master that are read: the content to be sent, copied content, and zeros, in whole blocks. 0 if that is not known.
    /// </summary>
    internal static long BytesToCollect(OperationsTrailer? announced, int blockSize) =>
        announced is { DataBytes: >= 0 and <= FormatLimits.MaxSize }
            ? announced.DataBytes + SyncProgress.BytesOf(
                announced.CopyBlocks, blockSize) + SyncProgress.BytesOf(announced.ZeroBlocks, blockSize)
            : 0;

    /// <summary>Compares the sizes.</summary>
    /// <exception cref="SyncException">The request was made for another master.</exception>
    internal static void RequireMaster(IReadableStorage master, OperationReader request)
    {
        if (master.Length != request.Geometry.Target.Size)
        {
            throw new SyncException(
                SyncReason.OtherMasterSize,
                master.Name,
                $"has {master.Length} bytes; {request.Source} was made for a master of {request.Geometry.Target.Size} bytes")
            {
                Values = [
                    ("size", master.Length),
                    ("expected", request.Geometry.Target.Size),
                    ("is_base", master.Length == request.Geometry.Base.Size)],
            };
        }
    }

    /// <summary>Refuses a master if some of its blocks differ from those that the request asks for.</summary>
    /// <param name="oldBlocks">How many of them have the content that the request expects on the remote.</param>
    /// <exception cref="SyncException">There are such blocks.</exception>
    internal static void RequireUnchanged(IReadableStorage master, OperationReader request, BlockRunList changed, long oldBlocks)
    {
        if (changed.BlockCount > 0)
        {
            throw new SyncException(
                SyncReason.OtherMaster, master.Name, $"differs from what {request.Source} asks for: {changed}", changed.Runs)
            {
                Values = [("is_base", changed.BlockCount == oldBlocks)],
            };
        }
    }
}

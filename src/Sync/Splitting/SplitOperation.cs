using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Checksums;
using BinarySync.Sync.Collecting;
using BinarySync.Sync.Messages;

namespace BinarySync.Sync.Splitting;

/// <summary>Collects the requested blocks on the master into a set of data files, none longer than requested (Format.md 4.5).</summary>
public static class SplitOperation
{
    /// <summary>Longest file of a FAT32 file system. Bytes.</summary>
    public const long Fat32 = (4L << 30) - 1;

    /// <summary>
    /// Least length of a part that may be requested: a group with its content is 8 MiB, and its operations and hashes take up to a few
    /// more.
    /// </summary>
    public const long LeastPart = 16L << 20;

    // A trailer and a tail are shorter than this.
    private const long MostOfTrailer = 1024;

    // Raw content in 64ths of a file's length. Only raw content closes a part, and the overhead depends on the request. So the largest
    // share is taken with which every part stays short enough, whatever its content compresses to.
    private static readonly int[] Shares = [63, 62, 60, 56, 48, 32, 16, 8, 4, 2, 1];

    /// <summary>Cuts a request: reads it whole, and counts.</summary>
    /// <param name="request">Seekable; stays the caller's, and is read again when the parts are written.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="specification">How the data files are made.</param>
    /// <param name="mostBytes">Bytes that a part's file has at most; <see cref="LeastPart"/> or more.</param>
    /// <param name="createSpool">Makes room for another request, if copies must become content; seekable.</param>
    /// <param name="options">Progress, cancellation.</param>
    /// <exception cref="MessageFormatException">The request is refused.</exception>
    /// <exception cref="SyncException">
    /// <see cref="SyncError.OutOfBounds"/>: it cannot be cut into parts that short, or not into that few.
    /// </exception>
    public static SplitPlan Plan(
        Stream request, string name, DataFileSpecification specification, long mostBytes, Func<Stream> createSpool, SyncOptions options) =>
        Plan(request, name, specification, [.. Shares.Select(share => mostBytes / 64 * share)], mostBytes, createSpool, options);

    /// <summary>Cuts with one of these split sizes: the first one with which no part can become too long.</summary>
    internal static SplitPlan Plan(
        Stream request,
        string name,
        DataFileSpecification specification,
        IReadOnlyList<long> splitSizes,
        long mostBytes,
        Func<Stream> createSpool,
        SyncOptions options)
    {
        PinnedStream pinned = PinnedStream.Of(request, name);
        OperationReader reader = Open(pinned, name);
        if (reader.Header.Bases is not null)
        {
            throw new SyncException(SyncReason.MergedRequest, name, "is merged for several remotes and cannot be cut into parts")
            {
                Values = [("to", "split")],
            };
        }

        specification.DemandBaseUsable(name, reader.Header, reader.Header.BlockSize);
        CopyConversion copies = new(reader.Geometry.Target);
        List<PartCutter> cutters = Cut(reader, pinned.Length, specification, splitSizes, copies, options);
        OperationsTrailer trailer = reader.Trailer;
        Stream source = pinned;
        if (copies.FindOverwritten(Open(pinned, name), options.Cancellation))
        {
            source = createSpool();
            try
            {
                copies.Write(Open(pinned, name), source, options.Cancellation);
                source = PinnedStream.Of(source, name);
                reader = Open(source, name);
                cutters = Cut(reader, source.Length, specification, splitSizes, new CopyConversion(reader.Geometry.Target), options);
                trailer = reader.Trailer;
            }
            catch
            {
                source.Dispose();
                throw;
            }
        }

        try
        {
            PartCutter cutter = Choose(cutters, name, mostBytes);
            byte[] id = SetPart.IdOf(
                cutter.SplitSize, reader.Header.Bases?.Select(one => one.Root) ?? [trailer.BaseRoot], trailer.TargetRoot);
            return new SplitPlan(source, name, source != pinned, trailer, cutter.Finish(id));
        }
        catch when (source != pinned)
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Writes the parts, one after the other. If a later part fails, the complete ones stay: each is right by itself.</summary>
    /// <param name="master">Is read once, the requested blocks only.</param>
    /// <param name="plan">How the request was cut.</param>
    /// <param name="only">The number of the only part to be written; null for all.</param>
    /// <param name="specification">The specification that it was planned with.</param>
    /// <param name="mostBytes">Bytes that a part's file has at most.</param>
    /// <param name="begin">Begins the output of a part.</param>
    /// <param name="done">Called for each complete part.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <exception cref="MessageFormatException">The request has changed.</exception>
    /// <exception cref="StorageException">The master cannot be read, or a part cannot be written.</exception>
    /// <exception cref="SyncException">The master is not, or is no longer, the one that the request was made for.</exception>
    public static void Write(
        IReadableStorage master,
        SplitPlan plan,
        int? only,
        DataFileSpecification specification,
        long mostBytes,
        Func<SetPart, MessageOutput> begin,
        Action<DataFileResult> done,
        SyncOptions options)
    {
        SourceWatch watch = new(master, specification.Live);
        OperationReader request = plan.Open();
        DataFileOperation.RequireMaster(master, request);
        options.Progress.Begin(
            "collecting",
            plan.Parts.Where(part => only is null || part.Set.Part == only).Sum(
                part => part.DataBytes + (part.UnsentBlocks * request.Header.BlockSize)));
        OperationGroup passedOver = new();
        foreach (PartPlan part in plan.Parts)
        {
            if (only is { } number && part.Set.Part != number)
            {
                for (long i = 0; i < part.Set.GroupCount && request.ReadGroup(passedOver); i++)
                {
                    options.Cancellation.ThrowIfCancellationRequested();
                }

                continue;
            }

            using MessageOutput output = begin(part.Set);
            DataFileHeader header = HeaderOf(request.RequestHeader, specification) with { Set = part.Set };
            DataFileWriter writer = new(output.Stream, header);
            BlockRunList changed = new();
            FrameCollector collector = new(master, request, writer, specification, changed, part.Set.GroupCount, comparesZeros: true);
            collector.Run(options);
            watch.ThrowIfChanged();
            DataFileOperation.RequireUnchanged(master, request, changed, collector.OldBlocks);
            OperationsTrailer trailer = writer.Finish(plan.Trailer.BaseRoot, plan.Trailer.TargetRoot);
            RequireFits(output.Name, writer.Position, mostBytes);
            if (trailer.Groups != part.Set.GroupCount)
            {
                throw Changed(request);
            }

            output.Commit();
            done(new DataFileResult(header, trailer, writer.Position, collector.RepeatedBlocks, collector.ReadBytes, collector.Prefixes));
        }

        if (request.ReadGroup(passedOver) || !request.Trailer.Digest.Span.SequenceEqual(plan.Trailer.Digest.Span))
        {
            throw Changed(request);
        }
    }

    private static OperationReader Open(Stream request, string name)
    {
        request.Position = 0;
        return new OperationReader(request, name, MessageKind.DataRequest);
    }

    private static DataFileHeader HeaderOf(DataRequestHeader request, DataFileSpecification specification) =>
        specification.Describe(new(request, specification.FrameSize) { Label = specification.Label, IsForward = false });

    private static List<PartCutter> Cut(
        OperationReader reader, long length, DataFileSpecification specification, IReadOnlyList<long> splitSizes, CopyConversion copies,
        SyncOptions options)
    {
        long empty = LengthWithoutGroups(HeaderOf(reader.RequestHeader, specification));
        List<PartCutter> cutters = [.. splitSizes.Select(size => new PartCutter(size, empty, specification.FrameSize))];
        OperationGroup group = new();
        options.Progress.Begin("cutting the request", length);
        long position = 0;
        while (reader.ReadGroup(group))
        {
            options.Cancellation.ThrowIfCancellationRequested();
            copies.Collect(group);
            cutters.ForEach(cutter => cutter.Add(group));
            options.Progress.Advance(reader.Position - position);
            position = reader.Position;
        }

        options.Progress.Advance(length - position);

        return cutters;
    }

    // With the largest numbers that a set can have, because numbers are written as short as they are.
    private static long LengthWithoutGroups(DataFileHeader header)
    {
        SetPart largest = new()
        {
            Id = new byte[FormatLimits.DigestLength],
            Part = FormatLimits.MaxParts,
            Parts = FormatLimits.MaxParts,
            FirstGroup = FormatLimits.MaxSize,
            GroupCount = FormatLimits.MaxSize,
            SplitSize = FormatLimits.MaxSize,
        };
        return new DataFileWriter(Stream.Null, header with { Set = largest }).Position + MostOfTrailer;
    }

    private static PartCutter Choose(List<PartCutter> cutters, string name, long mostBytes)
    {
        if (cutters.Find(cutter => !cutter.HasTooMany && cutter.Longest <= mostBytes) is { } fits)
        {
            return fits;
        }

        throw cutters[0].HasTooMany
            ? new SyncException(
                SyncReason.PartsTooSmall,
                name,
                $"would make more than {FormatLimits.MaxParts} parts of {mostBytes} bytes")
            {
                Values = [("cause", "too-many")],
            }
            : new SyncException(
                SyncReason.PartsTooSmall,
                name,
                $"cannot be cut into parts of at most {mostBytes} bytes: the shortest possible length is "
                    + $"{cutters.Where(cutter => !cutter.HasTooMany).Min(cutter => cutter.Longest)}")
            {
                Values = [("cause", "groups")],
            };
    }

    // The counted length is an upper bound. Should it ever not be, the file must not be believed to fit.
    private static void RequireFits(string output, long length, long mostBytes)
    {
        if (length > mostBytes)
        {
            throw new SyncException(SyncReason.PartsTooSmall, output, $"has become {length} bytes; at most {mostBytes} are allowed")
            {
                Values = [("cause", "grown")],
            };
        }
    }

    private static SyncException Changed(OperationReader request) =>
        new(SyncReason.PartsDoNotFit, request.Source, "changed while it was read");
}

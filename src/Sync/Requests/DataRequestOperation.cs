using BinarySync.Format;
using BinarySync.Sync.Comparing;
using BinarySync.Sync.Copies;

namespace BinarySync.Sync.Requests;

/// <summary>The result of comparing two checksum files.</summary>
/// <param name="Header">Of the data request, as written.</param>
/// <param name="Trailer">Of the data request, as written.</param>
/// <param name="SizeLeft">True if the sizes differ, but the ranges leave out part of the bytes between them.</param>
/// <param name="ComparedBlocks">Blocks in the compared coverage.</param>
/// <param name="BlocksLeftOut">
/// Blocks that are sent without checking whether the base has them elsewhere: there are too many to remember.
/// </param>
/// <param name="ReadBytes">Bytes of the two checksum files.</param>
public sealed record DataRequestResult(
    DataRequestHeader Header, OperationsTrailer Trailer, bool SizeLeft, long ComparedBlocks, long BlocksLeftOut, long ReadBytes)
{
    /// <summary>The checksum file of A has rolling sums. They are of no use without B's content.</summary>
    public bool HasRollingSums { get; init; }
}

/// <summary>Compares two checksum files into a data request.</summary>
public static class DataRequestOperation
{
    /// <summary>
    /// Reads both checksum files once, side by side, and writes the request. All blocks that differ are sent, or are zeros.
    /// </summary>
    /// <param name="remote">The checksum file of A.</param>
    /// <param name="master">The checksum file of B.</param>
    /// <param name="label">Label of the request, or null.</param>
    /// <param name="output">Where the request is written.</param>
    /// <param name="options">Progress and cancellation.</param>
    /// <exception cref="MessageFormatException">One of them is refused.</exception>
    /// <exception cref="SyncException">They do not belong together.</exception>
    public static DataRequestResult Run(
        ChecksumFileReader remote, ChecksumFileReader master, string? label, Stream output, SyncOptions options) =>
        Write(remote, master, Geometry(remote, master, out bool sizeLeft), [], sizeLeft, 0, label, output, options);

    /// <summary>
    /// Reads both checksum files up to four times, and writes the request: content that A has elsewhere is copied from there.
    /// </summary>
    /// <param name="remote">The checksum file of A.</param>
    /// <param name="master">The checksum file of B.</param>
    /// <param name="label">Label of the request, or null.</param>
    /// <param name="output">Where the request is written.</param>
    /// <param name="options">Progress and cancellation.</param>
    /// <exception cref="MessageFormatException">One of them is refused.</exception>
    /// <exception cref="SyncException">They do not belong together.</exception>
    public static DataRequestResult RunWithCopies(
        ChecksumSource remote, ChecksumSource master, string? label, Stream output, SyncOptions options) =>
        RunWithCopies(remote, master, label, output, new CopyLimits(), options);

    internal static DataRequestResult RunWithCopies(
        ChecksumSource remote, ChecksumSource master, string? label, Stream output, CopyLimits limits, SyncOptions options) =>
        RunWithCopies(
            remote, master, geometry => new CopyFinder(remote, master, geometry, limits, options), label, output, options);

    /// <summary>The same, with the copies that a search finds.</summary>
    internal static DataRequestResult RunWithCopies(
        ChecksumSource remote, ChecksumSource master, Func<SyncGeometry, ICopySearch> createSearch, string? label, Stream output,
        SyncOptions options)
    {
        SyncGeometry geometry;
        bool sizeLeft;
        using (ChecksumFileReader a = remote.Open())
        using (ChecksumFileReader b = master.Open())
        {
            geometry = Geometry(a, b, out sizeLeft);
        }

        ICopySearch search = createSearch(geometry);
        IReadOnlyList<CopyRun> copies = search.Find();
        using ChecksumFileReader ofRemote = remote.Open();
        using ChecksumFileReader ofMaster = master.Open();
        DataRequestResult result = Write(ofRemote, ofMaster, geometry, copies, sizeLeft, search.BlocksLeftOut, label, output, options);
        remote.RequireSame(ofRemote);
        master.RequireSame(ofMaster);
        return result;
    }

    private static DataRequestResult Write(
        ChecksumFileReader remote,
        ChecksumFileReader master,
        SyncGeometry geometry,
        IReadOnlyList<CopyRun> copies,
        bool sizeLeft,
        long leftOut,
        string? label,
        Stream output,
        SyncOptions options)
    {
        DataRequestHeader header = new()
        {
            BlockSize = master.Header.BlockSize,
            Hash = master.Header.Hash,
            BaseSize = remote.Header.Size,
            TargetSize = master.Header.Size,
            Coverage = geometry.Coverage,
            Label = label,
            Parent = master.Header.Parent,
            IsForward = copies.Count == 0,
            AllowsShift = copies.Any(copy => copy.Shift > 0),
        };
        DataRequestWriter writer = new(output, header);
        CopyingWriter copying = new(writer, copies, header.Hash.Length);
        ComparedRoots roots = ChecksumComparison.Run(remote, master, geometry, copying.Add, options);
        return new DataRequestResult(
            header,
            writer.Finish(roots.Base, roots.Target),
            sizeLeft,
            geometry.Coverage.CountIn(geometry.BlockCount),
            leftOut + copying.BlocksLeftOut,
            remote.Position + master.Position)
        {
            HasRollingSums = remote.Header.HasRollingSums,
        };
    }

    // The geometry that both have in common to be compared, or an error that says why nothing can be compared.
    private static SyncGeometry Geometry(ChecksumFileReader remote, ChecksumFileReader master, out bool sizeLeft)
    {
        RequireSameSpecification(remote, master);
        ChecksumFileHeader a = remote.Header;
        ChecksumFileHeader b = master.Header;
        SyncGeometry geometry = SyncGeometry.Compare(a.Size, a.Coverage, b.Size, b.Coverage, b.BlockSize, out sizeLeft);
        if (geometry.Coverage.IsEmpty)
        {
            throw new SyncException(
                SyncReason.NoCommonBlocks,
                string.Empty,
                sizeLeft && !a.Coverage.Intersect(b.Coverage).IsEmpty
                    ? "the ranges of the two checksum files have only blocks in common that are in the tail where the sizes differ"
                    : "the ranges of the two checksum files have no block in common");
        }

        if (geometry.Coverage.Ranges.Length > FormatLimits.MaxRanges)
        {
            throw new SyncException(
                SyncReason.TooManyRanges,
                string.Empty,
                $"the two checksum files have {geometry.Coverage.Ranges.Length} ranges in common; a request has at most "
                    + $"{FormatLimits.MaxRanges}")
            {
                Values = [("of", "checksum files"), ("ranges", geometry.Coverage.Ranges.Length)],
            };
        }

        return geometry;
    }

    private static void RequireSameSpecification(ChecksumFileReader remote, ChecksumFileReader master)
    {
        if (remote.Header.BlockSize != master.Header.BlockSize)
        {
            throw Different("block sizes", $"{remote.Header.BlockSize}", $"{master.Header.BlockSize}");
        }

        if (remote.Header.Hash != master.Header.Hash)
        {
            throw Different("hashes", remote.Header.Hash.Name, master.Header.Hash.Name);
        }

        RequireSameParent(remote, master);

        SyncException Different(string what, string ofRemote, string ofMaster) => new(
            SyncReason.DifferentSpecifications,
            string.Empty,
            $"the checksum files have different {what}: {remote.Source} has {ofRemote}, {master.Source} has {ofMaster}")
        {
            Values = [("of", "checksum files"), ("what", what)],
        };
    }

    private static void RequireSameParent(ChecksumFileReader remote, ChecksumFileReader master)
    {
        if (remote.Header.Parent != master.Header.Parent)
        {
            string words = remote.Header.Parent is null || master.Header.Parent is null
                ? $"{(remote.Header.Parent is null ? master.Source : remote.Source)} refines a coarse data request, "
                    + $"{(remote.Header.Parent is null ? remote.Source : master.Source)} does not"
                : $"{remote.Source} and {master.Source} refine different data requests";
            throw new SyncException(SyncReason.DifferentRefinements, string.Empty, words);
        }

        if (master.Header.Parent is { } parent)
        {
            RequireSize(remote.Source, remote.Header.Size, parent.BaseSize, "remote");
            RequireSize(master.Source, master.Header.Size, parent.TargetSize, "master");
        }
    }

    /// <summary>Refuses a side whose size is not that of the coarse request that is refined.</summary>
    internal static void RequireSize(string side, long size, long expected, string name)
    {
        if (size != expected)
        {
            throw new SyncException(
                SyncReason.OtherCoarseSize,
                side,
                $"is for a target of {size} bytes; the {name} of the coarse request has {expected}")
            {
                Values = [("size", size), ("expected", expected), ("side", name)],
            };
        }
    }
}

using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync;

/// <summary>What came of comparing two checksum files.</summary>
/// <param name="Header">Of the data request, as written.</param>
/// <param name="Trailer">Of the data request, as written.</param>
/// <param name="SizeLeft">True where the sizes differ, but the ranges leave out part of what lies between.</param>
/// <param name="ComparedBlocks">Blocks in the compared coverage.</param>
public sealed record DataRequestResult(MessageHeader Header, MessageTrailer Trailer, bool SizeLeft, long ComparedBlocks);

/// <summary>Compares two checksum files into a data request.</summary>
public static class DataRequestOperation
{
    /// <summary>Reads both checksum files once, side by side, and writes the request.</summary>
    /// <param name="remote">The checksum file of A.</param>
    /// <param name="master">The checksum file of B.</param>
    /// <param name="label">Label of the request, or null.</param>
    /// <param name="output">Where the request is written.</param>
    /// <param name="options">Progress and cancellation.</param>
    /// <exception cref="MessageFormatException">One of them is refused.</exception>
    /// <exception cref="SyncException">They do not belong together.</exception>
    public static DataRequestResult Run(
        ChecksumFileReader remote, ChecksumFileReader master, string? label, Stream output, SyncOptions options)
    {
        RequireSameSpecification(remote, master);
        MessageHeader a = remote.Header;
        MessageHeader b = master.Header;
        SyncGeometry geometry = SyncGeometry.Compare(a.Size!.Value, a.Coverage, b.Size!.Value, b.Coverage, b.BlockSize, out bool sizeLeft);
        if (geometry.Coverage.IsEmpty)
        {
            throw new SyncException(
                SyncError.Mismatch,
                string.Empty,
                sizeLeft && !a.Coverage.Intersect(b.Coverage).IsEmpty
                    ? "the ranges of the two checksum files have only blocks in common that lie where the sizes differ"
                    : "the ranges of the two checksum files have no block in common",
                "make both with the same --range, or from the same checksum request");
        }

        MessageHeader header = new()
        {
            BlockSize = b.BlockSize,
            Hash = b.Hash,
            BaseSize = a.Size,
            TargetSize = b.Size,
            Coverage = geometry.Coverage,
            Label = label,
            Parent = b.Parent,
        };
        if (geometry.Coverage.Ranges.Length > FormatLimits.MaxRanges)
        {
            throw new SyncException(
                SyncError.Mismatch,
                string.Empty,
                $"the two checksum files have {geometry.Coverage.Ranges.Length} ranges in common; a request has at most {FormatLimits.MaxRanges}",
                "make both from the same checksum request");
        }

        options.Progress.Begin("comparing", ChecksumOperation.CoveredBytes(geometry.Target, geometry.Coverage));
        DataRequestWriter writer = new(output, header);

        // Comparing is little beside reading: where there are two threads, this one reads one of the files itself.
        using ChecksumRuns ofMaster = new(master, geometry.Coverage, ahead: options.Threads > 2);
        using RunComparer comparer = new(new ChecksumRuns(remote, geometry.Coverage, ahead: options.Threads > 1), geometry, b.Hash, writer.Add);
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
                    int at = (int)(inside.First - run.Blocks.First) * b.Hash.Length;
                    comparer.AddData(inside, run.Hashes.Span.Slice(at, (int)inside.Count * b.Hash.Length));
                }

                options.Progress.Advance(geometry.Target.LengthOf(inside));
            }
        }

        ReadOnlyMemory<byte> baseRoot = comparer.Finish();
        long comparedBlocks = geometry.Coverage.CountIn(geometry.BlockCount);
        return new DataRequestResult(header, writer.Finish(baseRoot, ofMaster.FinishRoot()), sizeLeft, comparedBlocks);
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
            SyncError.Mismatch,
            string.Empty,
            $"the checksum files have different {what}: {remote.Source} has {ofRemote}, {master.Source} has {ofMaster}",
            "make both from the same checksum request (ckreq), or with the same -b and -a");
    }

    private static void RequireSameParent(ChecksumFileReader remote, ChecksumFileReader master)
    {
        const string Hint = "make both from the same refined checksum request (ckreq --refine)";
        if (remote.Header.Parent != master.Header.Parent)
        {
            string words = remote.Header.Parent is null || master.Header.Parent is null
                ? $"{(remote.Header.Parent is null ? master.Source : remote.Source)} refines a coarse data request, {(remote.Header.Parent is null ? remote.Source : master.Source)} does not"
                : $"{remote.Source} and {master.Source} refine different data requests";
            throw new SyncException(SyncError.Mismatch, string.Empty, words, Hint);
        }

        if (master.Header.Parent is { } parent)
        {
            RequireSize(remote, parent.BaseSize, "remote");
            RequireSize(master, parent.TargetSize, "master");
        }
    }

    private static void RequireSize(ChecksumFileReader side, long expected, string name)
    {
        if (side.Header.Size != expected)
        {
            throw new SyncException(
                SyncError.Mismatch,
                side.Source,
                $"is of a target of {side.Header.Size} bytes; the {name} of the coarse request has {expected}",
                $"is it the {name}'s, and was the target's size the same when the coarse checksum file was made?");
        }
    }
}

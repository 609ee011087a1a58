using BinarySync.Format;
using BinarySync.Sync.Comparing;

namespace BinarySync.Sync.Requests;

/// <summary>The result of refining a data request.</summary>
/// <param name="Header">Of the checksum request that asks for the smaller blocks.</param>
/// <param name="Bytes">Bytes that it asks for, counted in the larger one of A and B.</param>
/// <param name="HasJoined">True if there were more ranges than a request may have, and near ones were joined.</param>
/// <param name="NothingDiffers">True if no block differs: then one block is asked for, so that the following files can be made.</param>
/// <param name="ReadBytes">Bytes of the coarse request.</param>
public sealed record RefineResult(ChecksumRequestHeader Header, long Bytes, bool HasJoined, bool NothingDiffers, long ReadBytes);

/// <summary>
/// Asks for the checksums of smaller blocks, only in the places where a coarse data request has found differences (Format.md 4.3).
/// </summary>
public static class RefineOperation
{
    /// <summary>Reads the coarse request to its end.</summary>
    /// <param name="coarse">The request; only its header has been read.</param>
    /// <param name="blockSize">Bytes of a block, less than those of the request.</param>
    /// <param name="hash">The block hash.</param>
    /// <param name="label">Label, or null.</param>
    /// <param name="options">Progress, cancellation.</param>
    /// <exception cref="MessageFormatException">The request is refused.</exception>
    /// <exception cref="SyncException">It cannot be refined.</exception>
    public static RefineResult Run(OperationReader coarse, int blockSize, BlockHash hash, string? label, SyncOptions options)
    {
        DataRequestHeader header = coarse.RequestHeader;
        if (header.Parent is not null)
        {
            throw new SyncException(SyncReason.RefinedAlready, coarse.Source, "is itself a refinement; there is one level only");
        }

        if (header.Bases is not null)
        {
            throw new SyncException(
                SyncReason.MergedRequest,
                coarse.Source,
                "is merged from the requests of several remotes, which cannot be refined together")
            {
                Values = [("to", "refine")],
            };
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(blockSize, header.BlockSize);
        SyncGeometry geometry = coarse.Geometry;
        int ratio = header.BlockSize / blockSize;
        BlockGeometry larger = new(Math.Max(geometry.Base.Size, geometry.Target.Size), blockSize);
        RangeCollector ranges = new(FormatLimits.MaxRanges, Smaller(header.Coverage, ratio));
        OperationGroup group = new();
        bool nothing = true;
        long position = 0;
        while (coarse.ReadGroup(group))
        {
            options.Cancellation.ThrowIfCancellationRequested();
            options.Progress.Advance(coarse.Position - position);
            position = coarse.Position;
            foreach (Operation operation in group.Operations)
            {
                nothing = false;
                ranges.Add(Clip(Smaller(operation.Blocks, ratio), larger.BlockCount));
            }
        }

        options.Progress.Advance(coarse.Position - position);
        if (geometry.ResizesTarget)
        {
            // The bytes between the two sizes, whether the target grows or shrinks; and the block before them, so that the shorter side's
            // checksum file reaches its end (Format.md 9.1).
            nothing = false;
            long shorter = Math.Min(geometry.Base.Size, geometry.Target.Size);
            ranges.AddToEnd((Math.Max(shorter, 1) - 1) / blockSize);
        }

        if (nothing)
        {
            ranges.Add(new BlockRun(header.Coverage.IsWhole ? 0 : header.Coverage.Ranges[0].First * ratio, 1));
        }

        BlockCoverage coverage = ranges.Finish();
        ChecksumRequestHeader asked = new()
        {
            BlockSize = blockSize,
            Hash = hash,
            Coverage = coverage,
            Label = label,
            Parent = ParentIdentity.Of(header, coarse.Trailer),
        };
        return new RefineResult(asked, larger.CoveredBytes(coverage), ranges.HasJoined, nothing, coarse.Position);
    }

    private static BlockRun Smaller(BlockRun run, int ratio) => new(run.First * ratio, run.Count * ratio);

    private static BlockRun Clip(BlockRun run, long blockCount) => BlockRun.Between(run.First, Math.Min(run.End, blockCount));

    private static BlockCoverage Smaller(BlockCoverage coverage, int ratio) =>
        coverage.IsWhole ? coverage : BlockCoverage.Of(coverage.Ranges.ToArray().Select(range => Smaller(range, ratio)));
}

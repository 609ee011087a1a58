using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Applying.Planning;
using BinarySync.Sync.Applying.Reading;
using BinarySync.Sync.Comparing;

namespace BinarySync.Sync.Applying.Verifying;

/// <summary>
/// Makes the checksum file of a patched target from its old checksum file and the data file, without reading the target. It is the file
/// that `ckfile` would make, except for the key that says so (Format.md 4, `derived`).
/// </summary>
public static class DerivedChecksums
{
    /// <summary>Makes sure that a checksum file is that of the data file's base. Reads it once.</summary>
    /// <param name="old">The checksum file.</param>
    /// <param name="plan">Of applying the data file.</param>
    /// <param name="target">The target.</param>
    /// <exception cref="SyncException">It is not, or the new checksum file cannot be determined.</exception>
    internal static void RequireBase(ChecksumSource old, PatchPlan plan, IReadableStorage target)
    {
        using ChecksumFileReader reader = old.Open();
        ChecksumFileHeader header = reader.Header;
        DataFileHeader patch = plan.Header;
        SyncGeometry geometry = patch.SyncGeometry;
        BlockCoverage compared = patch.Coverage.ClipTo(geometry.Base.BlockCount);
        string? other = header.BlockSize != patch.BlockSize ? "has another block size than the data file"
            : header.Hash != patch.Hash ? "has another hash than the data file"
            : header.Size != patch.BaseSize ? $"is for a target of {header.Size} bytes; the data file was made for one of {patch.BaseSize}"
            : header.Parent != patch.Parent ? "refines another coarse request than the data file"
            : !compared.RunsIn(geometry.Base.BlockCount).All(header.Coverage.Contains)
                ? "does not cover everything that the data file compares"
            : null;
        if (other is not null)
        {
            throw Refused(reader.Source, other);
        }

        // A device keeps its size. So does a file if the ranges leave out the place where the sizes differ. Neither of the two files knows
        // the content there.
        if (plan.Sizing.LengthAfter != geometry.FinalSize)
        {
            throw Refused(
                target.Name,
                $"would have {plan.Sizing.LengthAfter} bytes, but the old checksum file and the data file describe only "
                    + $"{geometry.FinalSize}");
        }

        using ChecksumRuns runs = new(reader, compared, ahead: false);
        while (runs.ReadRun(out _))
        {
        }

        if (!runs.FinishRoot().Span.SequenceEqual(plan.Trailer.BaseRoot.Span))
        {
            throw Refused(reader.Source, "is not the checksum file that the data file was made for");
        }

        old.RequireSame(reader);
    }

    /// <summary>Writes the new checksum file, when all has been applied and verified.</summary>
    /// <param name="old">The old checksum file, as it was when the run began.</param>
    /// <param name="patch">The data file.</param>
    /// <param name="plan">The plan of the run.</param>
    /// <param name="output">Where to write it.</param>
    /// <exception cref="SyncException">One of the two has changed.</exception>
    public static ChecksumFileTrailer Write(ChecksumSource old, PatchSource patch, PatchPlan plan, Stream output)
    {
        using ChecksumFileReader reader = old.Open();
        SyncGeometry both = plan.Header.SyncGeometry;
        BlockGeometry geometry = both.ResizesTarget ? both.Target : both.Base;
        long kept = Math.Min(geometry.BlockCount, both.Base.BlockCount);
        BlockCoverage coverage = both.ResizesTarget
            ? BlockCoverage.Of(
                [.. reader.Header.Coverage.RunsIn(kept), .. both.Coverage.RunsIn(geometry.BlockCount)]).ClipTo(geometry.BlockCount)
            : reader.Header.Coverage;
        ChecksumFileHeader header = new()
        {
            BlockSize = geometry.BlockSize,
            Hash = plan.Header.Hash,
            Size = geometry.Size,
            Coverage = coverage,
            Parent = plan.Header.Parent,
            IsDerived = true,

            // The sums of what was written are not known.
            HasRollingSums = false,
        };
        using ChecksumFileWriter writer = new(output, header);

        // The target root is that of B, even if the size is left.
        using CoveredRoot root = new(both.Target, header.Hash, both.Coverage.ClipTo(both.Target.BlockCount));
        IOperationReader operations = patch.Open(skipContent: true);
        OperationSubstitution changed = new(new Sink(writer, root), operations, old: false);
        while (reader.ReadRun(out ChecksumRun run))
        {
            BlockRun left = BlockRun.Between(run.Blocks.First, Math.Max(run.Blocks.First, Math.Min(run.Blocks.End, kept)));
            if (run.IsZero)
            {
                changed.AddZeros(left);
            }
            else
            {
                changed.AddData(left, run.Hashes.Span[..((int)left.Count * header.Hash.Length)]);
            }
        }

        old.RequireSame(reader);

        // Every block that A does not have has an operation (Format.md 9.3).
        changed.AddZeros(BlockRun.Between(kept, geometry.BlockCount));
        if (!root.Finish().AsSpan().SequenceEqual(plan.Trailer.TargetRoot.Span))
        {
            throw new SyncException(
                SyncReason.ChecksumsNotDerived,
                reader.Source,
                "changed meanwhile, or the data file did: the target is patched, but its checksum file cannot be made from them");
        }

        return writer.Finish();
    }

    private static SyncException Refused(string subject, string why) =>
        new(SyncReason.ChecksumsNotDerivable, subject, $"{why}; nothing was written");

    private sealed class Sink(ChecksumFileWriter writer, CoveredRoot root) : IBlockSink
    {
        public void AddData(BlockRun run, ReadOnlySpan<byte> hashes)
        {
            writer.AddData(run, hashes);
            root.AddData(run, hashes);
        }

        public void AddZeros(BlockRun run)
        {
            writer.AddZeros(run);
            root.AddZeros(run);
        }
    }
}

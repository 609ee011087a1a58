using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync.Checksums;

/// <summary>
/// Makes several checksum files of one target, each for a range of its blocks, and none longer than requested. <see cref="JoinOperation"/>
/// makes one file of them.
/// </summary>
public static class ChecksumSplit
{
    /// <summary>Bytes of the shortest part that can be requested.</summary>
    public const long LeastPart = 1 << 20;

    // The header and the trailer; and for each section its own header and checksum.
    private const int Fixed = 64 << 10;
    private const int SectionShare = 256;

    /// <summary>The coverage of each part.</summary>
    /// <param name="size">Bytes of the target.</param>
    /// <param name="specification">The specification of its checksum file.</param>
    /// <param name="mostBytes">Bytes of a part's file at most: <see cref="LeastPart"/> or more.</param>
    /// <returns>At least one.</returns>
    public static IReadOnlyList<BlockCoverage> Plan(long size, ChecksumSpecification specification, long mostBytes)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostBytes, LeastPart);
        BlockGeometry geometry = new(size, specification.BlockSize);

        // A part is longest if all of its blocks have content, and therefore hashes.
        long room = mostBytes - Fixed;
        int ofBlock = specification.Hash.Length + (specification.RollingSums ? RollingSum.Length : 0);
        long capacity = (room - (room / SectionShare)) / ofBlock;
        List<BlockCoverage> parts = [];
        List<BlockRun> runs = [];
        long left = capacity;
        foreach (BlockRun covered in specification.Coverage.RunsIn(geometry.BlockCount))
        {
            for (BlockRun rest = covered; rest.Count > 0;)
            {
                BlockRun taken = new(rest.First, Math.Min(rest.Count, left));
                runs.Add(taken);
                left -= taken.Count;
                rest = BlockRun.Between(taken.End, rest.End);
                if (left == 0)
                {
                    Close();
                }
            }
        }

        if (runs.Count > 0 || parts.Count == 0)
        {
            Close();
        }

        return parts;

        void Close()
        {
            parts.Add(BlockCoverage.Of([.. runs]));
            runs.Clear();
            left = capacity;
        }
    }

    /// <summary>Reads the source once, and writes all parts. They get their names together, when the last one is complete.</summary>
    /// <param name="source">The source.</param>
    /// <param name="specification">How to make them.</param>
    /// <param name="parts">From <see cref="Plan"/>.</param>
    /// <param name="create">Creates the file of a part; numbers begin at 1.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <returns>For each part, its result, and its bytes.</returns>
    /// <exception cref="StorageException">The source cannot be read, or a part cannot be written.</exception>
    /// <exception cref="SyncException">The source changed between the first part and the last.</exception>
    public static IReadOnlyList<(ChecksumResult Result, long Length)> Write(
        IReadableStorage source, ChecksumSpecification specification, IReadOnlyList<BlockCoverage> parts, Func<int, MessageOutput> create,
        SyncOptions options)
    {
        SourceWatch watch = new(source, specification.Live);
        List<MessageOutput> outputs = [];
        List<(ChecksumResult, long)> made = [];
        try
        {
            for (int part = 1; part <= parts.Count; part++)
            {
                MessageOutput output = create(part);
                outputs.Add(output);
                ChecksumResult result = ChecksumOperation.Run(
                    source, specification with { Coverage = parts[part - 1] }, output.Stream, options);
                made.Add((result, output.Stream.Position));
            }

            watch.ThrowIfChanged();
            outputs.ForEach(output => output.Commit());
            return made;
        }
        finally
        {
            outputs.ForEach(output => output.Dispose());
        }
    }
}

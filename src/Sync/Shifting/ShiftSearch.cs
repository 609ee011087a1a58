using BinarySync.Format;
using BinarySync.Storage;
using BinarySync.Sync.Comparing;
using BinarySync.Sync.Copies;

namespace BinarySync.Sync.Shifting;

/// <summary>
/// Finds content of B at any byte of A, for a data request. Reads what differs of B, and the checksum files of both.
/// </summary>
/// <param name="storage">B.</param>
/// <param name="remote">The checksum file of A, with rolling sums.</param>
/// <param name="master">The checksum file of B.</param>
/// <param name="geometry">A, B, and what is compared.</param>
/// <param name="limits">How much is remembered.</param>
/// <param name="options">Threads, progress, cancellation.</param>
internal sealed class ShiftSearch(
    IReadableStorage storage, ChecksumSource remote, ChecksumSource master, SyncGeometry geometry, ShiftLimits limits, SyncOptions options)
    : ICopySearch
{
    // What differs is kept in memory. If it is in more places, what lies between them is looked at too; nothing is copied there.
    private const int MostPlaces = FormatLimits.MaxRanges;

    private readonly BlockRun[] _ranges = [.. geometry.Coverage.RunsIn(geometry.Base.BlockCount)];

    public long BlocksLeftOut { get; private set; }

    /// <summary>Bytes read of B.</summary>
    public long ReadBytes { get; private set; }

    public IReadOnlyList<CopyRun> Find()
    {
        IReadOnlyList<BlockRun> differing = [.. Compare().RunsIn(geometry.Target.BlockCount)];
        if (differing.Count == 0 || geometry.Base.BlockCount == 0)
        {
            return [];
        }

        IReadOnlyList<BlockRun> searched = WithNeighbours(differing);

        using BaseBlocks blocks = new(remote);
        ShiftFinder finder = new(storage, geometry.Target, blocks, limits, options);
        options.Progress.Begin("searching for content that has moved", searched.Sum(geometry.Target.LengthOf));
        List<CopyRun> copies = [];
        int at = 0;
        foreach (ShiftedRun run in finder.Find(searched))
        {
            while (at < differing.Count && differing[at].End <= run.First)
            {
                at++;
            }

            for (int i = at; i < differing.Count && differing[i].First < run.Blocks.End; i++)
            {
                AddAllowed(copies, run.Part(differing[i], geometry.Target.BlockSize));
            }
        }

        ReadBytes = finder.ReadBytes;
        BlocksLeftOut = finder.BlocksLeftOut;
        return CopyCycles.Cut(copies);
    }

    // The block of A that has the first bytes of what differs may begin in the block before, which need not differ: often it is of zeros
    // on both sides. It is found only if that block is read too; the same is true of the block behind.
    private IReadOnlyList<BlockRun> WithNeighbours(IReadOnlyList<BlockRun> differing) =>
        [.. BlockCoverage.Of(differing.Select(run => BlockRun.Between(Math.Max(0, run.First - 1), run.End + 1)))
            .Intersect(geometry.Coverage)
            .RunsIn(geometry.Target.BlockCount)];

    private BlockCoverage Compare()
    {
        RangeCollector differing = new(MostPlaces, geometry.Coverage);
        using ChecksumFileReader ofRemote = remote.Open();
        using ChecksumFileReader ofMaster = master.Open();
        ChecksumComparison.Run(
            ofRemote,
            ofMaster,
            geometry,
            (run, newKind, _, _, _) =>
            {
                if (newKind == NewKind.Data)
                {
                    differing.Add(run);
                }
            },
            options);
        remote.RequireSame(ofRemote);
        master.RequireSame(ofMaster);
        return differing.Finish();
    }

    // The part of a run whose source is in what is compared (Format.md 7).
    private void AddAllowed(List<CopyRun> copies, ShiftedRun run)
    {
        long source = geometry.Base.BlockAt(run.SourceOffset);
        int shift = (int)(run.SourceOffset - geometry.Base.OffsetOf(source));
        for (int i = FirstEndingBehind(source); i < _ranges.Length && _ranges[i].First < source + run.Count; i++)
        {
            BlockRun range = _ranges[i];
            long first = Math.Max(0, range.First - source);
            long end = Math.Min(run.Count, range.End - source);
            CopyRun copy = Of(first, end);

            // A block of B may end in the range's last block, or in the one behind it.
            if (end > first && copy.SourceBlocks.End > range.End)
            {
                copy = Of(first, --end);
            }

            // Copies of whole blocks are of blocks of the same length.
            if (end > first && shift == 0 && geometry.Base.LengthOf(source + end - 1) != geometry.Target.LengthOf(run.First + end - 1))
            {
                copy = Of(first, --end);
            }

            if (end > first)
            {
                copies.Add(copy);
            }
        }

        int FirstEndingBehind(long block)
        {
            int low = 0;
            int high = _ranges.Length;
            while (low < high)
            {
                int middle = (low + high) / 2;
                (low, high) = _ranges[middle].End <= block ? (middle + 1, high) : (low, middle);
            }

            return low;
        }

        CopyRun Of(long first, long end) => CopyRun.Of(
            new BlockRun(run.First + first, Math.Max(0, end - first)), source + first, shift, geometry.Target);
    }
}

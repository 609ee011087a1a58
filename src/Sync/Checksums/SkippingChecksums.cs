using BinarySync.Format;
using BinarySync.Sync.Comparing;
using BinarySync.Sync.Pipeline;

namespace BinarySync.Sync.Checksums;

/// <summary>
/// Makes a checksum file that leaves out the blocks that cannot be read. The header says which they are, and comes before the checksums. So
/// the checksums wait in a spool, as a checksum file in which hashes and sums of nothing keep the places, and the target is read once.
/// </summary>
internal sealed class SkippingChecksums : IUnreadableSink, IRollingSink, IDisposable
{
    private readonly ChecksumFileHeader _header;
    private readonly Stream _spool;
    private readonly ChecksumFileWriter _writer;
    private readonly RangeCollector _ranges;
    private byte[] _nothing = [];
    private byte[] _noSums = [];

    /// <summary>Begins.</summary>
    /// <param name="header">The header as if everything could be read.</param>
    /// <param name="spool">Empty; seekable.</param>
    public SkippingChecksums(ChecksumFileHeader header, Stream spool)
    {
        _header = header;
        _spool = spool;
        _writer = new ChecksumFileWriter(spool, header);

        // Each run that is left out makes one more range.
        int most = FormatLimits.MaxRanges - header.Coverage.Ranges.Length - 1;
        _ranges = new RangeCollector(Math.Max(most, header.Coverage.Ranges.Length + 1), header.Coverage);
    }

    /// <summary>The blocks that cannot be read.</summary>
    public BlockRunList Unreadable { get; } = new();

    /// <summary>
    /// True if there are so many that blocks between them are left out too, since a header has room for only so many ranges.
    /// </summary>
    public bool LeavesOutMore => _ranges.HasJoined;

    public void AddData(BlockRun run, ReadOnlySpan<byte> hashes) => _writer.AddData(run, hashes);

    public void AddData(BlockRun run, ReadOnlySpan<byte> hashes, ReadOnlySpan<byte> sums) => _writer.AddData(run, hashes, sums);

    public void AddZeros(BlockRun run) => _writer.AddZeros(run);

    public void AddUnreadable(BlockRun run)
    {
        Unreadable.Add(run);
        _ranges.Add(run);
        int length = checked((int)run.Count * _header.Hash.Length);
        _nothing = _nothing.Length < length ? new byte[length] : _nothing;
        int sumsLength = _header.HasRollingSums ? (int)run.Count * RollingSum.Length : 0;
        _noSums = _noSums.Length < sumsLength ? new byte[sumsLength] : _noSums;
        _writer.AddData(run, _nothing.AsSpan(0, length), _noSums.AsSpan(0, sumsLength));
    }

    /// <summary>Writes the checksum file.</summary>
    /// <param name="output">Where to write it.</param>
    /// <returns>Its header and trailer.</returns>
    /// <exception cref="SyncException"><see cref="SyncError.OutOfBounds"/>: no header has room for so many ranges.</exception>
    public (ChecksumFileHeader Header, ChecksumFileTrailer Trailer) Finish(Stream output)
    {
        ChecksumFileTrailer trailer = _writer.Finish();
        _spool.Position = 0;
        if (Unreadable.BlockCount == 0)
        {
            _spool.CopyTo(output);
            return (_header, trailer);
        }

        ChecksumFileHeader header = _header with { Coverage = Remaining() };
        using ChecksumFileReader reader = new(_spool, "spool");
        using ChecksumFileWriter writer = new(output, header);
        using IEnumerator<BlockRun> covered = header.Coverage.RunsIn(header.Geometry.BlockCount).GetEnumerator();
        bool has = covered.MoveNext();
        while (reader.ReadRun(out ChecksumRun run))
        {
            while (has && covered.Current.First < run.Blocks.End)
            {
                long first = Math.Max(covered.Current.First, run.Blocks.First);
                long end = Math.Min(covered.Current.End, run.Blocks.End);
                if (first < end)
                {
                    HandOn(writer, run, BlockRun.Between(first, end));
                }

                if (covered.Current.End > run.Blocks.End)
                {
                    break;
                }

                has = covered.MoveNext();
            }
        }

        return (header, writer.Finish());
    }

    public void Dispose() => _writer.Dispose();

    private static void HandOn(ChecksumFileWriter writer, in ChecksumRun run, BlockRun some)
    {
        if (run.IsZero)
        {
            writer.AddZeros(some);
            return;
        }

        writer.AddData(some, Of(run.Hashes.Span, run.Blocks), Of(run.Sums.Span, run.Blocks));

        ReadOnlySpan<byte> Of(ReadOnlySpan<byte> bytes, BlockRun all)
        {
            int length = bytes.Length / (int)all.Count;
            return bytes.Slice((int)(some.First - all.First) * length, (int)some.Count * length);
        }
    }

    private BlockCoverage Remaining()
    {
        long blockCount = _header.Geometry.BlockCount;
        List<BlockRun> readable = [];
        long from = 0;
        foreach (BlockRun run in _ranges.Finish().RunsIn(blockCount))
        {
            readable.Add(BlockRun.Between(from, run.First));
            from = run.End;
        }

        readable.Add(BlockRun.Between(from, blockCount));
        BlockCoverage left = _header.Coverage.Intersect(BlockCoverage.Of(readable)).ClipTo(blockCount);
        return left.Ranges.Length <= FormatLimits.MaxRanges
            ? left
            : throw new SyncException(
                SyncReason.TooManyUnreadable,
                string.Empty,
                $"{Unreadable} cannot be read: the rest has more ranges than a checksum file has room for");
    }
}

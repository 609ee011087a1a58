using BinarySync.Format;

namespace BinarySync.Sync.Comparing;

/// <summary>Takes blocks that differ: see <see cref="DataRequestWriter"/>.</summary>
internal delegate void DifferenceHandler(
    BlockRun run, NewKind newKind, OldKind oldKind, ReadOnlySpan<byte> oldHashes, ReadOnlySpan<byte> newHashes);

/// <summary>
/// Compares A, read from a checksum file, with B, whose blocks are handed in: the one loop in which two sides meet (Format.md 9.1).
/// </summary>
internal sealed class RunComparer : IBlockSink, IDisposable
{
    private readonly ChecksumRuns _base;
    private readonly SyncGeometry _geometry;
    private readonly int _hashLength;
    private readonly DifferenceHandler _onDifference;

    // The last block of the shorter side, if the other side's is longer: its hashes are of different lengths.
    private readonly long _unevenBlock;
    private ChecksumRun _current;

    /// <summary>Begins a comparison.</summary>
    /// <param name="baseChecksums">A; only its header has been read.</param>
    /// <param name="geometry">Both sides, and the compared coverage.</param>
    /// <param name="hash">The block hash of both.</param>
    /// <param name="onDifference">Called for B's blocks that differ, ascending.</param>
    public RunComparer(ChecksumFileReader baseChecksums, SyncGeometry geometry, BlockHash hash, DifferenceHandler onDifference)
        : this(new ChecksumRuns(baseChecksums), geometry, hash, onDifference)
    {
    }

    /// <summary>Begins a comparison.</summary>
    /// <param name="baseChecksums">A; only its header has been read. Disposed with the comparison.</param>
    /// <param name="geometry">Both sides, and the compared coverage.</param>
    /// <param name="hash">The block hash of both.</param>
    /// <param name="onDifference">Called for B's blocks that differ, ascending.</param>
    public RunComparer(ChecksumRuns baseChecksums, SyncGeometry geometry, BlockHash hash, DifferenceHandler onDifference)
    {
        _base = baseChecksums;
        _geometry = geometry;
        _hashLength = hash.Length;
        _onDifference = onDifference;
        _unevenBlock = geometry.Tail.Count == 0 ? -1 : geometry.Tail.First;
    }

    public void AddData(BlockRun run, ReadOnlySpan<byte> hashes) => Compare(run, isZero: false, hashes);

    public void AddZeros(BlockRun run) => Compare(run, isZero: true, default);

    /// <summary>Reads the rest of A, which checks it to its end, and returns the root of its compared part.</summary>
    public ReadOnlyMemory<byte> Finish()
    {
        while (_base.ReadRun(out _current))
        {
        }

        return _base.FinishRoot();
    }

    public void Dispose() => _base.Dispose();

    private void Compare(BlockRun run, bool isZero, ReadOnlySpan<byte> hashes)
    {
        while (run.Count > 0)
        {
            OldKind oldKind;
            long count;
            ReadOnlySpan<byte> oldHashes = default;
            if (run.First >= _geometry.Base.BlockCount)
            {
                oldKind = OldKind.Absent;
                count = run.Count;
            }
            else
            {
                PullBaseTo(run.First);
                count = Math.Min(run.Count, _current.Blocks.End - run.First);
                oldKind = _current.IsZero ? OldKind.Zero : OldKind.Hashed;
                if (!_current.IsZero)
                {
                    oldHashes = _current.Hashes.Span.Slice(
                        (int)(run.First - _current.Blocks.First) * _hashLength, (int)count * _hashLength);
                }
            }

            ReadOnlySpan<byte> newHashes = isZero ? default : hashes[..((int)count * _hashLength)];
            ComparePiece(new BlockRun(run.First, count), isZero, oldKind, oldHashes, newHashes);
            run = BlockRun.Between(run.First + count, run.End);
            hashes = isZero ? default : hashes[((int)count * _hashLength)..];
        }
    }

    private void ComparePiece(BlockRun run, bool isZero, OldKind oldKind, ReadOnlySpan<byte> oldHashes, ReadOnlySpan<byte> newHashes)
    {
        NewKind newKind = isZero ? NewKind.Zero : NewKind.Data;
        bool sameKind = isZero ? oldKind == OldKind.Zero : oldKind == OldKind.Hashed;
        if (!sameKind)
        {
            _onDifference(run, newKind, oldKind, oldHashes, newHashes);
            return;
        }

        // Blocks before the uneven one are compared. The uneven one differs whatever the hashes say, and no block after it is on both
        // sides.
        bool endsUneven = run.Last == _unevenBlock;
        BlockRun even = endsUneven ? new BlockRun(run.First, run.Count - 1) : run;
        if (!isZero)
        {
            CompareHashes(even, oldHashes, newHashes);
        }

        if (endsUneven)
        {
            int at = isZero ? 0 : (int)even.Count * _hashLength;
            _onDifference(new BlockRun(run.Last, 1), newKind, oldKind, oldHashes[at..], newHashes[at..]);
        }
    }

    private void CompareHashes(BlockRun run, ReadOnlySpan<byte> oldHashes, ReadOnlySpan<byte> newHashes)
    {
        int end = 0;
        while (DifferingHashes.Next(oldHashes[..((int)run.Count * _hashLength)], newHashes, _hashLength, end, out int index, out end))
        {
            Range differing = (index * _hashLength)..(end * _hashLength);
            _onDifference(
                new BlockRun(run.First + index, end - index), NewKind.Data, OldKind.Hashed, oldHashes[differing], newHashes[differing]);
        }
    }

    private void PullBaseTo(long block)
    {
        while (_current.Blocks.End <= block)
        {
            if (!_base.ReadRun(out _current))
            {
                throw new InvalidOperationException($"the checksum file ended before block {block}, which its coverage has");
            }
        }
    }
}

using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync.Pipeline;

/// <summary>
/// Reads the blocks of a storage, hashes them on several threads and passes them to a sink in order: the only loop in which a block gets
/// its hash.
/// </summary>
internal sealed class BlockScanner
{
    /// <summary>Bytes that are read at once. A larger block is hashed in pieces of this length.</summary>
    public const int ChunkLength = 1 << 20;

    private readonly IReadableStorage _storage;
    private readonly BlockGeometry _geometry;
    private readonly BlockHash _hash;
    private readonly ZeroBlocks _zeros;
    private readonly bool _trustHoles;
    private readonly bool _belowCache;
    private readonly SyncOptions _options;
    private readonly BufferPool _buffers = new();
    private long _readBytes;

    /// <summary>Prepares to read a storage.</summary>
    /// <param name="storage">Has at least as many bytes as <paramref name="geometry"/> says.</param>
    /// <param name="geometry">The blocks; a device may be longer.</param>
    /// <param name="hash">The block hash.</param>
    /// <param name="holes">Whether holes are read.</param>
    /// <param name="belowCache">Read from below the page cache: for content that has just been written.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    public BlockScanner(
        IReadableStorage storage, BlockGeometry geometry, BlockHash hash, HolePolicy holes, bool belowCache, SyncOptions options)
    {
        _storage = storage;
        _geometry = geometry;
        _hash = hash;
        _zeros = new ZeroBlocks(hash, geometry);
        DoubtedHoles = holes == HolePolicy.Trust ? storage.WeighHoles() : null;
        _trustHoles = holes == HolePolicy.Trust && DoubtedHoles is null;
        _belowCache = belowCache;
        _options = options;
    }

    /// <summary>Bytes read so far, not counting holes that are trusted.</summary>
    public long ReadBytes => Interlocked.Read(ref _readBytes);

    /// <summary>Also compute rolling sums: the sink is an <see cref="IRollingSink"/> then.</summary>
    public bool RollingSums { get; init; }

    /// <summary>With skip, the sink is an <see cref="IUnreadableSink"/>.</summary>
    public ReadErrorPolicy ReadErrors { get; init; }

    /// <summary>
    /// Why the holes of the storage are doubted: they are then read, although they were to be trusted. Null if there is no reason.
    /// </summary>
    public HoleClaim? DoubtedHoles { get; }

    /// <summary>Reads blocks of a hole if the other side has content there.</summary>
    /// <exception cref="SyncException">
    /// <see cref="SyncError.HolesUntrue"/>: not all of it is zeros, so none of the storage's holes can be trusted.
    /// </exception>
    public void DemandZeros(BlockRun hole)
    {
        byte[] buffer = new byte[(int)Math.Min(ChunkLength, _geometry.LengthOf(hole))];
        long end = _geometry.OffsetOf(hole.First) + _geometry.LengthOf(hole);
        for (long offset = _geometry.OffsetOf(hole.First); offset < end; offset += buffer.Length)
        {
            _options.Cancellation.ThrowIfCancellationRequested();
            Span<byte> bytes = buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - offset));
            Read(bytes, offset);
            Interlocked.Add(ref _readBytes, bytes.Length);
            if (bytes.IndexOfAnyExcept((byte)0) is var at and >= 0)
            {
                throw new SyncException(
                    SyncReason.HolesUntrue,
                    _storage.Name,
                    $"reports a hole at byte {offset + at}, but has content there: none of its holes can be trusted",
                    [new BlockRun(_geometry.BlockAt(offset + at), 1)])
                {
                    Values = [("offset", offset + at)],
                };
            }
        }
    }

    /// <summary>Passes all covered blocks to the sink, in order.</summary>
    public void Scan(BlockCoverage coverage, IBlockSink sink)
    {
        using IEnumerator<ScanItem> items = Items(coverage).GetEnumerator();
        OrderedPipeline<ScanSlot>.Run(
            _options.Threads,
            () => CreateSlot(),
            slot =>
            {
                if (!items.MoveNext())
                {
                    return false;
                }

                slot.Begin(items.Current);
                return true;
            },
            Hash,
            slot =>
            {
                slot.HandTo(sink);
                _options.Progress.Advance(_geometry.LengthOf(slot.Item.Run));
            },
            _options.Cancellation);
    }

    /// <summary>A place where one item is read and hashed.</summary>
    /// <param name="keepsContent">
    /// True if the content of a block larger than <see cref="ChunkLength"/> is needed, and not only its hash.
    /// </param>
    /// <param name="leastBuffer">The least length of the buffer in bytes.</param>
    public ScanSlot CreateSlot(bool keepsContent = false, int leastBuffer = 0) =>
        new(_geometry, _hash, new BlockHasher(_hash, _geometry, _zeros), _buffers, keepsContent, leastBuffer, RollingSums);

    /// <summary>The items to be read of a coverage, in order.</summary>
    public IEnumerable<ScanItem> Items(BlockCoverage coverage)
    {
        int chunkBlocks = Math.Max(1, ChunkLength / _geometry.BlockSize);
        StorageExtent extent = default;
        foreach (BlockRun range in coverage.RunsIn(_geometry.BlockCount))
        {
            long block = range.First;
            while (block < range.End)
            {
                long offset = _geometry.OffsetOf(block);
                if (_trustHoles && offset >= extent.End)
                {
                    extent = _storage.ExtentAt(offset);
                }

                BlockRun hole = HoleFrom(block, extent);
                if (hole.Count > 0)
                {
                    BlockRun zeros = BlockRun.Between(block, Math.Min(hole.End, range.End));
                    yield return new ScanItem(zeros, IsHole: true);
                    block = zeros.End;
                }
                else
                {
                    BlockRun chunk = BlockRun.Between(block, Math.Min(Math.Min(block + chunkBlocks, range.End), DataEnd(block, extent)));
                    yield return new ScanItem(chunk, IsHole: false);
                    block = chunk.End;
                }
            }
        }
    }

    // The blocks from this one on that are wholly in the hole.
    private BlockRun HoleFrom(long block, StorageExtent extent)
    {
        if (!_trustHoles || !extent.IsHole || extent.Offset > _geometry.OffsetOf(block))
        {
            return default;
        }

        BlockRun inside = _geometry.WholeBlocksInside(extent.Offset, extent.Length);
        return inside.First <= block && block < inside.End ? BlockRun.Between(block, inside.End) : default;
    }

    // Data is read to the end of its extent, and a block that is partly a hole is read to its own end.
    private long DataEnd(long block, StorageExtent extent)
    {
        if (!_trustHoles)
        {
            return long.MaxValue;
        }

        return extent.IsHole ? block + 1 : Math.Max(block + 1, _geometry.BlockAt(extent.End + _geometry.BlockSize - 1));
    }

    /// <summary>Reads and hashes the slot's item. Many threads may do this at once, each with its own slot.</summary>
    public void Hash(ScanSlot slot)
    {
        if (slot.Item.IsHole)
        {
            return;
        }

        // Many blocks at once, or a large one in pieces.
        BlockRun run = slot.Item.Run;
        long length = _geometry.LengthOf(run);
        Interlocked.Add(ref _readBytes, length);
        slot.Hasher.Begin(run.First);
        for (long at = 0; at < length;)
        {
            Span<byte> bytes = slot.BufferFor(at, (int)Math.Min(ChunkLength, length - at));
            try
            {
                Read(bytes, _geometry.OffsetOf(run.First) + at);
            }
            catch (StorageException failure) when (failure.IsOfMedium)
            {
                HashReadable(slot, failure, at);
                return;
            }

            slot.AddBlocksOf(bytes);
            at += bytes.Length;
        }

        slot.EndHashing();
    }

    // From here on, each block is read by itself; a large block is read piece by piece.
    private void HashReadable(ScanSlot slot, StorageException failure, long at)
    {
        BlockRunList unreadable = new();
        BlockRun run = slot.Item.Run;
        long length = _geometry.LengthOf(run);
        int unit = Math.Min(_geometry.BlockSize, ChunkLength);
        while (at < length)
        {
            Span<byte> bytes = slot.BufferFor(at, (int)Math.Min(unit, length - at));
            if (UnreadableBlocks.TryRead(_storage, bytes, _geometry.OffsetOf(run.First) + at, _belowCache))
            {
                slot.AddBlocksOf(bytes);
                at += bytes.Length;
                continue;
            }

            long block = _geometry.BlockAt(_geometry.OffsetOf(run.First) + at);
            unreadable.Add(new BlockRun(block, 1));
            slot.AddUnreadable();
            slot.Hasher.Begin(block + 1);
            at = _geometry.OffsetOf(block + 1 - run.First);
        }

        if (ReadErrors == ReadErrorPolicy.Stop && unreadable.BlockCount > 0)
        {
            throw UnreadableBlocks.Error(_storage.Name, unreadable, failure);
        }
    }

    private void Read(Span<byte> buffer, long offset)
    {
        if (_belowCache)
        {
            _storage.ReadBelowCache(buffer, offset);
        }
        else
        {
            _storage.ReadOnce(buffer, offset);
        }
    }
}

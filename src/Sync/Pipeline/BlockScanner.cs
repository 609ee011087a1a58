using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync.Pipeline;

/// <summary>
/// Reads the blocks of a storage, hashes them on several threads and hands them to a sink in order: the one loop in which a block gets
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
    private long _readBytes;

    /// <summary>Prepares to read a storage.</summary>
    /// <param name="storage">Has at least as many bytes as <paramref name="geometry"/> says.</param>
    /// <param name="geometry">The blocks; a device may be longer.</param>
    /// <param name="hash">The block hash.</param>
    /// <param name="holes">Whether holes are read.</param>
    /// <param name="belowCache">Read from below the page cache: for what has just been written.</param>
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

    /// <summary>Bytes read so far: holes that are trusted are not among them.</summary>
    public long ReadBytes => Interlocked.Read(ref _readBytes);

    /// <summary>With skip, the sink is an <see cref="IUnreadableSink"/>.</summary>
    public ReadErrorPolicy ReadErrors { get; init; }

    /// <summary>What speaks against the holes of the storage: they are read then, although they were to be trusted. Null where nothing
    /// does.</summary>
    public HoleClaim? DoubtedHoles { get; }

    /// <summary>Reads blocks of a hole where somebody else says that there is content.</summary>
    /// <exception cref="SyncException"><see cref="SyncError.HolesUntrue"/>: not all of it is zeros, so that nothing that was taken for a
    /// hole can be believed.</exception>
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

    /// <summary>Hands all covered blocks to the sink, in order.</summary>
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
    /// True where the content of a block larger than <see cref="ChunkLength"/> is wanted, and not its hash alone.
    /// </param>
    /// <param name="leastBuffer">Bytes that the buffer has at least.</param>
    public ScanSlot CreateSlot(bool keepsContent = false, int leastBuffer = 0) => new(_geometry, _hash, keepsContent, leastBuffer);

    /// <summary>What is to be read of a coverage, in order.</summary>
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

    // The blocks from this one on that lie wholly in the hole.
    private BlockRun HoleFrom(long block, StorageExtent extent)
    {
        if (!_trustHoles || !extent.IsHole || extent.Offset > _geometry.OffsetOf(block))
        {
            return default;
        }

        BlockRun inside = _geometry.WholeBlocksInside(extent.Offset, extent.Length);
        return inside.First <= block && block < inside.End ? BlockRun.Between(block, inside.End) : default;
    }

    // Data is read to the end of its extent, and a block that is partly hole to its own end.
    private long DataEnd(long block, StorageExtent extent)
    {
        if (!_trustHoles)
        {
            return long.MaxValue;
        }

        return extent.IsHole ? block + 1 : Math.Max(block + 1, _geometry.BlockAt(extent.End + _geometry.BlockSize - 1));
    }

    /// <summary>Reads and hashes the slot's item. Many threads may do so at once, each with its own slot.</summary>
    public void Hash(ScanSlot slot)
    {
        if (slot.Item.IsHole)
        {
            return;
        }

        BlockRun run = slot.Item.Run;
        Interlocked.Add(ref _readBytes, _geometry.LengthOf(run));
        if (_geometry.BlockSize > ChunkLength)
        {
            HashLarge(slot, run.First);
            return;
        }

        Span<byte> bytes = slot.Buffer.AsSpan(0, (int)_geometry.LengthOf(run));
        try
        {
            Read(bytes, _geometry.OffsetOf(run.First));
        }
        catch (StorageException failure) when (failure.IsOfMedium)
        {
            HashReadable(slot, failure);
            return;
        }

        for (int i = 0; i < run.Count; i++)
        {
            HashOne(slot, i);
        }
    }

    private void HashOne(ScanSlot slot, int index)
    {
        int length = _geometry.LengthOf(slot.Item.Run.First + index);
        ReadOnlySpan<byte> block = slot.Buffer.AsSpan(index * _geometry.BlockSize, length);
        Span<byte> hash = slot.Hashes.AsSpan(index * _hash.Length, _hash.Length);
        _hash.Hash(block, hash);
        slot.AddKind(_zeros.MayBeZero(hash, length) && ZeroBlocks.IsZero(block));
    }

    private void HashReadable(ScanSlot slot, StorageException failure)
    {
        BlockRunList unreadable = new();
        BlockRun run = slot.Item.Run;
        for (int i = 0; i < run.Count; i++)
        {
            Span<byte> bytes = slot.Buffer.AsSpan(i * _geometry.BlockSize, _geometry.LengthOf(run.First + i));
            if (UnreadableBlocks.TryRead(_storage, bytes, _geometry.OffsetOf(run.First + i), _belowCache))
            {
                HashOne(slot, i);
            }
            else
            {
                unreadable.Add(new BlockRun(run.First + i, 1));
                slot.AddUnreadable();
            }
        }

        if (ReadErrors == ReadErrorPolicy.Stop && unreadable.BlockCount > 0)
        {
            throw UnreadableBlocks.Error(_storage.Name, unreadable, failure);
        }
    }

    private void HashLarge(ScanSlot slot, long block)
    {
        bool isZero = true;
        long offset = _geometry.OffsetOf(block);
        for (int left = _geometry.LengthOf(block); left > 0;)
        {
            int at = slot.KeepsContent ? _geometry.LengthOf(block) - left : 0;
            Span<byte> piece = slot.Buffer.AsSpan(at, Math.Min(left, ChunkLength));
            try
            {
                Read(piece, offset);
            }
            catch (StorageException failure) when (failure.IsOfMedium)
            {
                if (!UnreadableBlocks.TryRead(_storage, piece, offset, belowCache: true))
                {
                    LeaveOut(slot, block, failure);
                    return;
                }
            }

            slot.Running!.Append(piece);
            isZero = isZero && ZeroBlocks.IsZero(piece);
            offset += piece.Length;
            left -= piece.Length;
        }

        slot.Running!.Finish(slot.Hashes);
        slot.AddKind(isZero);
    }

    private void LeaveOut(ScanSlot slot, long block, StorageException failure)
    {
        if (ReadErrors == ReadErrorPolicy.Stop)
        {
            BlockRunList unreadable = new();
            unreadable.Add(new BlockRun(block, 1));
            throw UnreadableBlocks.Error(_storage.Name, unreadable, failure);
        }

        // The next block begins afresh.
        slot.Running!.Finish(slot.Hashes);
        slot.AddUnreadable();
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

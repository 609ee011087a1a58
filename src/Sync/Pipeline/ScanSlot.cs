using System.Buffers.Binary;
using BinarySync.Format;

namespace BinarySync.Sync.Pipeline;

/// <summary>Blocks that are read together, or a hole that is not read.</summary>
internal readonly record struct ScanItem(BlockRun Run, bool IsHole);

/// <summary>One item of a <see cref="BlockScanner"/>: its content, and its result.</summary>
internal sealed class ScanSlot(
    BlockGeometry geometry, BlockHash hash, BlockHasher hasher, BufferPool buffers, bool keepsContent, int leastBuffer, bool sums = false)
{
    private readonly int _length = Math.Max(
        leastBuffer, keepsContent ? Math.Max(BlockScanner.ChunkLength, geometry.BlockSize) : BlockScanner.ChunkLength);

    private byte[]? _buffer;

    private readonly List<(int Count, ScannedKind Kind)> _kinds = [];

    // Null if nobody asks for rolling sums.
    private readonly byte[]? _sums = sums ? new byte[Math.Max(1, BlockScanner.ChunkLength / geometry.BlockSize) * RollingSum.Length] : null;

    // Of the bytes of the current block so far.
    private uint _sum = RollingSum.Seed;

    /// <summary>
    /// The content of the item; for a block larger than <see cref="BlockScanner.ChunkLength"/>, only if that was asked for.
    /// </summary>
    public byte[] Buffer => _buffer ??= buffers.Take(_length);

    public byte[] Hashes { get; } = new byte[Math.Max(1, BlockScanner.ChunkLength / geometry.BlockSize) * hash.Length];

    public BlockHasher Hasher => hasher;

    public ScanItem Item { get; private set; }

    /// <summary>Makes it ready for another item.</summary>
    public void Begin(ScanItem item)
    {
        Item = item;
        _kinds.Clear();
        _sum = RollingSum.Seed;
    }

    /// <summary>
    /// Gives the buffer back once everything is hashed, unless the content is kept: the thread's next item finds it in the cache.
    /// </summary>
    public void EndHashing()
    {
        if (!keepsContent)
        {
            buffers.Give(ref _buffer);
        }
    }

    /// <summary>The content of a block that is not in a hole.</summary>
    public ReadOnlySpan<byte> ContentOf(long block) =>
        Buffer.AsSpan((int)(block - Item.Run.First) * geometry.BlockSize, geometry.LengthOf(block));

    /// <summary>
    /// The buffer for bytes of the item: one place after the other if its content is kept, otherwise always the same place.
    /// </summary>
    /// <param name="at">From the beginning of the item.</param>
    /// <param name="length">At most <see cref="BlockScanner.ChunkLength"/>.</param>
    public Span<byte> BufferFor(long at, int length) =>
        Buffer.AsSpan(keepsContent || geometry.BlockSize <= BlockScanner.ChunkLength ? (int)at : 0, length);

    /// <summary>Hashes the next bytes read, and notes the kind of the blocks that end in them.</summary>
    public void AddBlocksOf(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> own = bytes;
        while (hasher.Next(ref bytes))
        {
            int index = (int)(hasher.Block - Item.Run.First);
            hasher.Value.CopyTo(Hashes.AsSpan(index * hash.Length));
            if (_sums is not null)
            {
                AddSum(index, own[..^bytes.Length]);
                own = bytes;
            }

            Add(hasher.IsZero ? ScannedKind.Zero : ScannedKind.Data);
        }

        if (_sums is not null)
        {
            _sum = RollingSum.Append(_sum, own);
        }
    }

    /// <summary>Notes that the next block cannot be read.</summary>
    public void AddUnreadable()
    {
        _sum = RollingSum.Seed;
        Add(ScannedKind.Unreadable);
    }

    /// <summary>Passes the blocks to a sink.</summary>
    public void HandTo(IBlockSink sink)
    {
        if (Item.IsHole)
        {
            sink.AddZeros(Item.Run);
            return;
        }

        int done = 0;
        foreach ((int count, ScannedKind kind) in _kinds)
        {
            BlockRun run = new(Item.Run.First + done, count);
            if (kind == ScannedKind.Unreadable)
            {
                ((IUnreadableSink)sink).AddUnreadable(run);
            }
            else if (kind == ScannedKind.Zero)
            {
                sink.AddZeros(run);
            }
            else if (_sums is not null)
            {
                ((IRollingSink)sink).AddData(
                    run,
                    Hashes.AsSpan(done * hash.Length, count * hash.Length),
                    _sums.AsSpan(done * RollingSum.Length, count * RollingSum.Length));
            }
            else
            {
                sink.AddData(run, Hashes.AsSpan(done * hash.Length, count * hash.Length));
            }

            done += count;
        }
    }

    // The sum of a block that ends with these bytes; blocks of zeros have none.
    private void AddSum(int index, ReadOnlySpan<byte> last)
    {
        if (!hasher.IsZero)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_sums.AsSpan(index * RollingSum.Length), RollingSum.Append(_sum, last));
        }

        _sum = RollingSum.Seed;
    }

    private void Add(ScannedKind kind)
    {
        if (_kinds.Count > 0 && _kinds[^1].Kind == kind)
        {
            _kinds[^1] = (_kinds[^1].Count + 1, kind);
        }
        else
        {
            _kinds.Add((1, kind));
        }
    }

    private enum ScannedKind
    {
        Data,
        Zero,
        Unreadable,
    }
}

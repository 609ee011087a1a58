using BinarySync.Sync.Shifting;

namespace BinarySync.Sync.Tests.Shifting;

/// <summary>A in memory, known by the hashes and sums of its blocks. Counts what it is asked.</summary>
internal sealed class MemoryBase : IBaseBlocks
{
    private readonly byte[] _hashes;
    private readonly uint[] _sums;
    private readonly bool[] _isZero;
    private long _asked;

    public MemoryBase(ReadOnlySpan<byte> content, int blockSize, BlockHash hash)
    {
        Geometry = new BlockGeometry(content.Length, blockSize);
        Hash = hash;
        _hashes = new byte[Geometry.BlockCount * hash.Length];
        _sums = new uint[Geometry.BlockCount];
        _isZero = new bool[Geometry.BlockCount];
        for (int i = 0; i < _sums.Length; i++)
        {
            ReadOnlySpan<byte> block = content.Slice(i * blockSize, Geometry.LengthOf(i));
            hash.Hash(block, _hashes.AsSpan(i * hash.Length, hash.Length));
            _sums[i] = RollingSum.Of(block);
            _isZero[i] = ZeroBlocks.IsZero(block);
        }
    }

    public BlockGeometry Geometry { get; }

    public BlockHash Hash { get; }

    /// <summary>Calls of <see cref="Matches"/>.</summary>
    public long Asked => Interlocked.Read(ref _asked);

    public void ReadAll(BaseBlockHandler handle)
    {
        const int Most = 100;
        for (int from = 0; from < _sums.Length;)
        {
            int end = from;
            while (end < _sums.Length && end < from + Most && !_isZero[end])
            {
                end++;
            }

            if (end > from)
            {
                handle(from, _hashes.AsSpan(from * Hash.Length, (end - from) * Hash.Length), _sums.AsSpan(from, end - from));
            }

            from = end + (end < _sums.Length && _isZero[end] ? 1 : 0);
        }
    }

    public bool Matches(long block, ReadOnlySpan<byte> hash)
    {
        Interlocked.Increment(ref _asked);
        Assert.InRange(block, 0, Geometry.BlockCount - 1);
        return _hashes.AsSpan((int)block * Hash.Length, Hash.Length).SequenceEqual(hash);
    }
}

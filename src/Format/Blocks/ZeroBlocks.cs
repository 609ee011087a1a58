namespace BinarySync.Format;

/// <summary>
/// Recognises blocks of zeros by their hash: the hash is compared with that of as many zeros, and the bytes are read only if it is equal.
/// So data costs one comparison a block. Safe from several threads at once.
/// </summary>
public sealed class ZeroBlocks
{
    private readonly int _blockSize;
    private readonly byte[] _fullHash;
    private readonly int _shortLength;
    private readonly byte[] _shortHash;

    public ZeroBlocks(BlockHash hash, BlockGeometry geometry)
    {
        _blockSize = geometry.BlockSize;
        _shortLength = geometry.ShortLength;
        _fullHash = HashOfZeros(hash, _blockSize);
        _shortHash = HashOfZeros(hash, _shortLength);
    }

    /// <summary>The hash of a block of zeros of this length: a full block, or the short last one.</summary>
    public ReadOnlySpan<byte> HashOf(int length) => length == _blockSize ? _fullHash : _shortHash;

    /// <summary>Could this be the hash of a block of zeros? If it is not equal, the block is not zero.</summary>
    public bool MayBeZero(ReadOnlySpan<byte> hash, int length) =>
        (length == _blockSize || length == _shortLength) && hash.SequenceEqual(HashOf(length));

    /// <summary>True if all bytes are zero.</summary>
    public static bool IsZero(ReadOnlySpan<byte> bytes) => bytes.IndexOfAnyExcept((byte)0) < 0;

    private static byte[] HashOfZeros(BlockHash hash, int length)
    {
        byte[] value = new byte[hash.Length];
        byte[] zeros = new byte[Math.Min(length, 64 << 10)];
        using RunningHash running = hash.StartBlock();
        for (int left = length; left > 0; left -= Math.Min(left, zeros.Length))
        {
            running.Append(zeros.AsSpan(0, Math.Min(left, zeros.Length)));
        }

        running.Finish(value);
        return value;
    }
}

namespace BinarySync.Format;

/// <summary>
/// Hashes blocks one after the other, from pieces of any length: a piece may be part of a block, or hold many. A block that lies in one
/// piece costs as much as <see cref="BlockHash.Hash"/>. Not safe from several threads.
/// </summary>
/// <param name="hash">The block hash.</param>
/// <param name="geometry">The blocks.</param>
/// <param name="zeros">Recognises blocks of zeros; null if nobody asks for them.</param>
internal sealed class BlockHasher(BlockHash hash, BlockGeometry geometry, ZeroBlocks? zeros = null) : IDisposable
{
    private readonly byte[] _value = new byte[hash.Length];
    private RunningHash? _running;
    private bool _isRunning;
    private bool _piecesAreZero;
    private long _next;
    private int _left;

    /// <summary>The block that ended last.</summary>
    public long Block => _next - 1;

    /// <summary>Its hash.</summary>
    public ReadOnlySpan<byte> Value => _value;

    /// <summary>True if all of its bytes are zero; false if nobody asks.</summary>
    public bool IsZero { get; private set; }

    /// <summary>Begins a block, whether or not the block before came to its end.</summary>
    public void Begin(long block)
    {
        if (_isRunning)
        {
            _running!.Finish(_value);
            _isRunning = false;
        }

        _next = block;
        _left = geometry.LengthOf(block);
    }

    /// <summary>Begins a block if one begins with the piece; else continues the block before.</summary>
    /// <param name="offset">The offset of the piece in the target.</param>
    public void BeginAt(long offset)
    {
        long block = geometry.BlockAt(offset);
        if (geometry.OffsetOf(block) == offset)
        {
            Begin(block);
        }
    }

    /// <summary>Takes bytes up to the end of a block, or all of them.</summary>
    /// <param name="bytes">The next bytes; the bytes taken are removed from it.</param>
    /// <returns>True if a block has ended: the next one begins with the remaining bytes.</returns>
    public bool Next(ref ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || _left == 0)
        {
            return false;
        }

        ReadOnlySpan<byte> own = bytes[..Math.Min(_left, bytes.Length)];
        bytes = bytes[own.Length..];
        _left -= own.Length;
        if (_left > 0)
        {
            Append(own);
            return false;
        }

        int length = geometry.LengthOf(_next);
        bool wasRunning = _isRunning;
        if (wasRunning)
        {
            _running!.Append(own);
            _running.Finish(_value);
            _isRunning = false;
        }
        else
        {
            hash.Hash(own, _value);
        }

        IsZero = zeros is not null && zeros.MayBeZero(_value, length) && (!wasRunning || _piecesAreZero) && ZeroBlocks.IsZero(own);
        _next++;
        _left = geometry.LengthOf(_next);
        return true;
    }

    public void Dispose() => _running?.Dispose();

    private void Append(ReadOnlySpan<byte> part)
    {
        _running ??= hash.StartBlock();
        _running.Append(part);
        _piecesAreZero = (!_isRunning || _piecesAreZero) && zeros is not null && ZeroBlocks.IsZero(part);
        _isRunning = true;
    }
}

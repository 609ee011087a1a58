using BinarySync.Format;

namespace BinarySync.Sync.Applying.Recognizing;

/// <summary>
/// Gathers the <see cref="BlockEvidence"/> of blocks of the target, each from pieces of any length in order. Not safe from several
/// threads: each has its own.
/// </summary>
internal sealed class BlockClassifier(SyncGeometry geometry, BlockHash hash) : IDisposable
{
    private readonly BlockHasher _old = new(hash, geometry.Base);
    private readonly BlockHasher _new = new(hash, geometry.Target);
    private OperationGroup? _group;
    private Operation _operation;
    private long _block;
    private int _oldLength;
    private int _newLength;
    private int _length;
    private bool _oldEnded;
    private bool _newEnded;
    private bool _oldPartIsZero;
    private bool _newPartIsZero;
    private bool _restIsZero;

    /// <summary>
    /// Bytes of a block that must be read: the length of A's or B's block, whichever is longer, but no more than the target has.
    /// </summary>
    public int ContentLength(long block, long targetLength) => (int)Math.Clamp(
        targetLength - geometry.Target.OffsetOf(block),
        0,
        Math.Max(geometry.Base.LengthOf(block), geometry.Target.LengthOf(block)));

    /// <summary>Begins with a block, whether or not the previous one was read to its end.</summary>
    /// <param name="group">The operation's group.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="block">A block of the operation.</param>
    public void Begin(OperationGroup group, in Operation operation, long block)
    {
        (_group, _operation, _block) = (group, operation, block);
        _oldLength = geometry.Base.LengthOf(block);
        _newLength = geometry.Target.LengthOf(block);
        _length = 0;
        _oldEnded = _newEnded = false;
        _oldPartIsZero = _newPartIsZero = _restIsZero = true;
        _old.Begin(block);
        _new.Begin(block);
    }

    /// <summary>Reads the next bytes of the block.</summary>
    /// <param name="piece">All pieces have <see cref="ContentLength"/> bytes together.</param>
    public void Append(ReadOnlySpan<byte> piece)
    {
        ReadOnlySpan<byte> ofOld = piece[..Math.Clamp(_oldLength - _length, 0, piece.Length)];
        ReadOnlySpan<byte> ofNew = piece[..Math.Clamp(_newLength - _length, 0, piece.Length)];
        _oldPartIsZero = _oldPartIsZero && _operation.Old != OldKind.Hashed && ZeroBlocks.IsZero(ofOld);
        _newPartIsZero = _newPartIsZero && _operation.New == NewKind.Zero && ZeroBlocks.IsZero(ofNew);
        _restIsZero = _restIsZero && ZeroBlocks.IsZero(piece[ofOld.Length..]);
        bool isNewAsAWhole = _newPartIsZero && piece.Length == _newLength;
        _length += piece.Length;
        if (isNewAsAWhole && HasOneLength)
        {
            // If the lengths are equal, it cannot be both.
            return;
        }

        if (_operation.HasNewHashes || (HasOneLength && _operation.Old == OldKind.Hashed))
        {
            _newEnded |= _new.Next(ref ofNew);
        }

        if (!HasOneLength && _operation.Old == OldKind.Hashed)
        {
            _oldEnded |= _old.Next(ref ofOld);
        }
    }

    /// <summary>The evidence about the block.</summary>
    public BlockEvidence Finish()
    {
        long index = _block - _operation.Blocks.First;
        bool hasOldPart = HasOneLength ? _newEnded : _oldEnded;
        BlockHasher ofOld = HasOneLength ? _new : _old;
        return new BlockEvidence
        {
            Old = _operation.Old,
            New = _operation.New,
            OldLength = _oldLength,
            NewLength = _newLength,
            Length = _length,
            HasOldHash = hasOldPart && _operation.Old == OldKind.Hashed && ofOld.Value.SequenceEqual(_group!.OldHash(_operation, index)),
            HasNewHash = _newEnded && _operation.HasNewHashes && _new.Value.SequenceEqual(_group!.NewHash(_operation, index)),
            OldPartIsZero = _oldPartIsZero,
            NewPartIsZero = _newPartIsZero,
            RestIsZero = _restIsZero,
        };
    }

    // Then one hash shows both whether it is old and whether it is new.
    private bool HasOneLength => _oldLength == _newLength;

    public void Dispose()
    {
        _old.Dispose();
        _new.Dispose();
    }
}

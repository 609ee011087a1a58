using BinarySync.Format;

namespace BinarySync.Sync.Applying.Recognizing;

/// <summary>
/// Recognises blocks of the target (Format.md 9.4): compares their content with what an operation says they were and
/// shall be. Not safe from several threads: each has its own.
/// </summary>
internal sealed class BlockClassifier(SyncGeometry geometry, BlockHash hash) : IDisposable
{
    private readonly byte[] _newHash = new byte[hash.Length];
    private readonly byte[] _oldHash = new byte[hash.Length];
    private RunningHash? _runningNew;
    private RunningHash? _runningOld;
    private bool _isBroken;

    /// <summary>
    /// Bytes of a block that must be seen: as long as A's or B's block, whichever is longer, and no longer than the target is.
    /// </summary>
    public int ContentLength(long block, long targetLength) => (int)Math.Clamp(
        targetLength - geometry.Target.OffsetOf(block),
        0,
        Math.Max(geometry.Base.LengthOf(block), geometry.Target.LengthOf(block)));

    /// <summary>Recognises a block that is in memory.</summary>
    /// <param name="group">The operation's group.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="block">A block of the operation.</param>
    /// <param name="content"><see cref="ContentLength"/> bytes.</param>
    public BlockState Classify(OperationGroup group, in Operation operation, long block, ReadOnlySpan<byte> content)
    {
        int oldLength = geometry.Base.LengthOf(block);
        int newLength = geometry.Target.LengthOf(block);
        bool hashed = false;
        if (content.Length >= newLength && IsNew(group, operation, block, content[..newLength], out hashed))
        {
            // Of the same length it cannot be both.
            return oldLength != newLength && IsOld(group, operation, block, content, isHashed: false) ? BlockState.OldAndNew : BlockState.New;
        }

        return IsOld(group, operation, block, content, hashed && oldLength == newLength) ? BlockState.Old : BlockState.Unrecognized;
    }

    private bool IsNew(OperationGroup group, in Operation operation, long block, ReadOnlySpan<byte> content, out bool hashed)
    {
        hashed = operation.HasNewHashes;
        if (!hashed)
        {
            return ZeroBlocks.IsZero(content);
        }

        hash.Hash(content, _newHash);
        return _newHash.AsSpan().SequenceEqual(group.NewHash(operation, block - operation.Blocks.First));
    }

    private bool IsOld(OperationGroup group, in Operation operation, long block, ReadOnlySpan<byte> content, bool isHashed)
    {
        int oldLength = geometry.Base.LengthOf(block);
        if (content.Length < oldLength)
        {
            return false;
        }

        // What lies behind A's end reads as zeros where the target has grown already; anything else there is not ours to overwrite.
        int zerosFrom = operation.Old == OldKind.Hashed ? oldLength : 0;
        if (!ZeroBlocks.IsZero(content[zerosFrom..]))
        {
            return false;
        }

        if (operation.Old != OldKind.Hashed)
        {
            return true;
        }

        if (!isHashed)
        {
            hash.Hash(content[..oldLength], _newHash);
        }

        return _newHash.AsSpan().SequenceEqual(group.OldHash(operation, block - operation.Blocks.First));
    }

    /// <summary>Recognises a block that is too large to be in memory whole.</summary>
    /// <param name="group">The operation's group.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="block">A block of the operation.</param>
    /// <param name="contentLength"><see cref="ContentLength"/> bytes.</param>
    /// <param name="buffer">For the pieces.</param>
    /// <param name="read">Fills a span with the target's bytes from an offset on.</param>
    public BlockState ClassifyInPieces(
        OperationGroup group, in Operation operation, long block, int contentLength, byte[] buffer, PieceReader read)
    {
        int oldLength = geometry.Base.LengthOf(block);
        int newLength = geometry.Target.LengthOf(block);
        _runningNew ??= hash.StartBlock();
        _runningOld ??= hash.StartBlock();
        if (_isBroken)
        {
            // The block before could not be read to its end.
            _runningNew.Finish(_newHash);
            _runningOld.Finish(_oldHash);
        }

        _isBroken = true;
        bool newIsZero = true;
        bool allIsZero = true;
        bool restIsZero = true;
        for (int at = 0; at < contentLength;)
        {
            Span<byte> piece = buffer.AsSpan(0, Math.Min(buffer.Length, contentLength - at));
            read(piece, geometry.Target.OffsetOf(block) + at);
            ReadOnlySpan<byte> ofNew = piece[..Math.Clamp(newLength - at, 0, piece.Length)];
            int oldPart = Math.Clamp(oldLength - at, 0, piece.Length);
            _runningNew.Append(ofNew);
            _runningOld.Append(piece[..oldPart]);
            newIsZero = newIsZero && ZeroBlocks.IsZero(ofNew);
            allIsZero = allIsZero && ZeroBlocks.IsZero(piece);
            restIsZero = restIsZero && ZeroBlocks.IsZero(piece[oldPart..]);
            at += piece.Length;
        }

        _runningNew.Finish(_newHash);
        _runningOld.Finish(_oldHash);
        _isBroken = false;
        long index = block - operation.Blocks.First;
        bool isNew = contentLength >= newLength
            && (operation.New == NewKind.Zero ? newIsZero : _newHash.AsSpan().SequenceEqual(group.NewHash(operation, index)));
        bool isOld = contentLength >= oldLength
            && (operation.Old == OldKind.Hashed ? restIsZero && _oldHash.AsSpan().SequenceEqual(group.OldHash(operation, index)) : allIsZero);
        return (isOld, isNew) switch
        {
            (true, true) => BlockState.OldAndNew,
            (false, true) => BlockState.New,
            (true, false) => BlockState.Old,
            _ => BlockState.Unrecognized,
        };
    }

    public void Dispose()
    {
        _runningNew?.Dispose();
        _runningOld?.Dispose();
    }
}

/// <summary>Fills a span with the bytes of the target from an offset on.</summary>
internal delegate void PieceReader(Span<byte> bytes, long offset);

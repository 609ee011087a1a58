namespace BinarySync.Format;

/// <summary>
/// Decodes the content of a data file while it is read front to back, and compares each block with its new hash (Format.md 8). For
/// examining a message alone: `apply` does the same on several threads. Not safe from several threads.
/// </summary>
public sealed class ContentVerifier : IDisposable
{
    private readonly OperationReader _reader;
    private readonly FrameDecoder _decoder;
    private readonly bool _goesBack;
    private readonly BlockGeometry _target;
    private readonly BlockHasher _blocks;
    private readonly byte[] _raw;
    private FramePieces _pieces = new();
    private OperationGroup _group = new();
    private long _from;
    private bool _misses;

    /// <summary>Prepares for a reader whose first group has not been read yet.</summary>
    /// <param name="reader">The reader of a data file.</param>
    /// <param name="readAt">
    /// For frames with repeats; null if the message can only be read front to back: then these are skipped, and counted.
    /// </param>
    public ContentVerifier(OperationReader reader, ReadMessageAt? readAt)
    {
        _reader = reader;
        _goesBack = readAt is not null;
        _decoder = new FrameDecoder(reader.Source, readAt);
        _target = reader.Geometry.Target;
        _blocks = new BlockHasher(reader.Header.Hash, _target);
        _raw = new byte[reader.FileHeader.FrameSize];
    }

    /// <summary>Frames that were skipped, because they repeat content that has passed.</summary>
    public long NotDecoded { get; private set; }

    /// <summary>Frames that were skipped, because only the target has the old content over which they are compressed.</summary>
    public long OverOldContent { get; private set; }

    /// <summary>Begins a group that has just been read.</summary>
    public void Begin(OperationGroup group)
    {
        _group = group;
        _from = 0;
    }

    /// <summary>Decodes and checks the frame that has just been read.</summary>
    /// <param name="stored">Its payload.</param>
    /// <returns>
    /// Its content, until the next call: <see cref="ContentPieces.PiecesOf"/> says where it belongs. Empty if it was skipped.
    /// </returns>
    /// <exception cref="MessageFormatException">It does not decode, or a block does not have its hash.</exception>
    public ReadOnlySpan<byte> Check(ReadOnlySpan<byte> stored)
    {
        SectionHeader frame = _reader.Frame;
        Span<byte> raw = _raw.AsSpan(0, frame.RawLength);
        bool repeats = frame.Codec == FrameCodec.Repeats;
        bool isSkipped = frame.Codec == FrameCodec.Prefix || (repeats && !_goesBack);
        if (isSkipped)
        {
            if (!repeats && !ZstdFrame.IsOneFrame(stored, raw.Length))
            {
                (long number, long offset) = _reader.FramePosition;
                throw new MessageFormatException(
                    FormatError.Damaged, _reader.Source, offset, $"section {number}", $"section {number} is no frame of the allowed form");
            }

            NotDecoded += repeats ? 1 : 0;
            OverOldContent += repeats ? 0 : 1;
            _misses = true;
        }
        else
        {
            _pieces = repeats ? _reader.ExchangePieces(_pieces) : _pieces;
            _decoder.Decode(frame, stored, _pieces, prefix: [], _reader.FramePosition, raw);
            foreach (ContentPiece piece in _group.PiecesOf(_target, _from, raw.Length))
            {
                Compare(piece, raw.Slice(piece.ContentOffset, piece.Length));
            }
        }

        _from += raw.Length;
        return isSkipped ? [] : raw;
    }

    public void Dispose() => _blocks.Dispose();

    private void Compare(in ContentPiece piece, ReadOnlySpan<byte> bytes)
    {
        long offset = piece.TargetOffset;
        if (_misses)
        {
            // A block with a part in a skipped frame cannot be checked; the next block can be.
            long skipped = _target.OffsetOf(_target.BlockAt(offset + _target.BlockSize - 1)) - offset;
            if (skipped >= bytes.Length)
            {
                return;
            }

            bytes = bytes[(int)skipped..];
            offset += skipped;
            _misses = false;
        }

        _blocks.BeginAt(offset);
        while (_blocks.Next(ref bytes))
        {
            Require(piece.Operation, _blocks.Block);
        }
    }

    private void Require(in Operation operation, long block)
    {
        if (!_group.NewHash(operation, block - operation.Blocks.First).SequenceEqual(_blocks.Value))
        {
            (long number, long offset) = _reader.FramePosition;
            throw new MessageFormatException(
                FormatError.Damaged, _reader.Source, offset, $"section {number}",
                $"section {number} has content for block {block} that does not match its hash");
        }
    }
}

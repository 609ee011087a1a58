using System.Buffers.Binary;
using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync;

/// <summary>
/// Content that goes to the target and must not be lost while what it was read from is overwritten: stretches of the target, each with its bytes. Written as a whole, made durable, named in the
/// journal by its digest, written to the target; then the next one takes its place.
/// </summary>
/// <remarks>
/// The file, little-endian: bytes of content and number of stretches (i64 each); the content of the stretches, one after the other; then of each its offset in the target and its length (i64 each). The digest
/// is XXH128 of the content, the stretches and the two numbers. Like the journal it is the state of one program on one machine.
/// </remarks>
internal sealed class RedoLog(IRedoFile file)
{
    /// <summary>Stretches at most.</summary>
    public const int MostStretches = 4096;

    private const int StretchLength = 2 * sizeof(long);
    private const int ContentOffset = 2 * sizeof(long);
    private const int PieceLength = 1 << 20;

    private readonly List<(ByteRange Place, long At)> _stretches = [];
    private readonly RunningHash _hash = BlockHash.Xxh128.StartBlock();
    private long _length;
    private bool _exists;

    /// <summary>The stretches of the target, in the order in which they were added.</summary>
    public IEnumerable<ByteRange> Stretches => _stretches.Select(stretch => stretch.Place);

    /// <summary>Bytes of content.</summary>
    public long Length => _length;

    public bool IsEmpty => _stretches.Count == 0;

    /// <summary>True where no other stretch has room.</summary>
    public bool IsFull => _stretches.Count == MostStretches;

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        _stretches.Clear();
        _ = Digest();
        _length = 0;
    }

    /// <summary>Adds content that belongs at an offset of the target.</summary>
    /// <exception cref="StorageException">There is no room for it.</exception>
    public void Add(ReadOnlySpan<byte> content, long offset)
    {
        if (!_exists)
        {
            file.Create();
            _exists = true;
        }

        file.Write(content, ContentOffset + _length);
        _hash.Append(content);
        if (_stretches.Count > 0 && _stretches[^1] is var last && last.Place.End == offset)
        {
            _stretches[^1] = last with { Place = last.Place with { End = offset + content.Length } };
        }
        else
        {
            _stretches.Add((new ByteRange(offset, offset + content.Length), _length));
        }

        _length += content.Length;
    }

    /// <summary>Makes it durable.</summary>
    /// <param name="flushes">False only where a test takes that away.</param>
    /// <returns>Its digest.</returns>
    public ReadOnlyMemory<byte> Seal(bool flushes)
    {
        byte[] numbers = new byte[ContentOffset];
        BinaryPrimitives.WriteInt64LittleEndian(numbers, _length);
        BinaryPrimitives.WriteInt64LittleEndian(numbers.AsSpan(sizeof(long)), _stretches.Count);
        byte[] table = new byte[_stretches.Count * StretchLength];
        for (int i = 0; i < _stretches.Count; i++)
        {
            Span<byte> at = table.AsSpan(i * StretchLength);
            BinaryPrimitives.WriteInt64LittleEndian(at, _stretches[i].Place.Offset);
            BinaryPrimitives.WriteInt64LittleEndian(at[sizeof(long)..], _stretches[i].Place.End - _stretches[i].Place.Offset);
        }

        file.Write(table, ContentOffset + _length);
        file.Write(numbers, 0);
        _hash.Append(table);
        _hash.Append(numbers);
        if (flushes)
        {
            file.Flush();
        }

        return Digest();
    }

    /// <summary>Reads what an earlier run has left.</summary>
    /// <param name="digest">As its journal says.</param>
    /// <param name="compares">False only where a test takes that away.</param>
    /// <returns>False where there is none of that digest.</returns>
    public bool TryLoad(ReadOnlySpan<byte> digest, bool compares = true)
    {
        Clear();
        byte[] numbers = new byte[ContentOffset];
        if (file.Read(numbers, 0) < numbers.Length)
        {
            return false;
        }

        long length = BinaryPrimitives.ReadInt64LittleEndian(numbers);
        long number = BinaryPrimitives.ReadInt64LittleEndian(numbers.AsSpan(sizeof(long)));
        if (length < 0 || length > long.MaxValue - ContentOffset || number is < 0 or > MostStretches)
        {
            return false;
        }

        byte[] table = new byte[number * StretchLength];
        if (file.Read(table, ContentOffset + length) < table.Length)
        {
            return false;
        }

        for (int i = 0; i < number; i++)
        {
            ReadOnlySpan<byte> at = table.AsSpan(i * StretchLength);
            long offset = BinaryPrimitives.ReadInt64LittleEndian(at);
            long bytes = BinaryPrimitives.ReadInt64LittleEndian(at[sizeof(long)..]);
            if (offset < 0 || bytes < 1 || bytes > long.MaxValue - offset || bytes > length - _length)
            {
                Clear();
                return false;
            }

            _stretches.Add((new ByteRange(offset, offset + bytes), _length));
            _length += bytes;
        }

        if (_length == length && HashContent(table, numbers) is { } found && (!compares || found.AsSpan().SequenceEqual(digest)))
        {
            _stretches.Sort((a, b) => a.Place.Offset.CompareTo(b.Place.Offset));
            return true;
        }

        Clear();
        return false;
    }

    /// <summary>Reads bytes of the target from a log that was loaded.</summary>
    /// <returns>False where they are not all in one stretch.</returns>
    public bool TryRead(Span<byte> bytes, long offset)
    {
        int low = 0;
        int high = _stretches.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = _stretches[middle].Place.Offset <= offset ? (middle, high) : (low, middle - 1);
        }

        if (_stretches.Count == 0 || _stretches[low] is var stretch && (offset < stretch.Place.Offset || offset + bytes.Length > stretch.Place.End))
        {
            return false;
        }

        Read(bytes, stretch.At + (offset - stretch.Place.Offset));
        return true;
    }

    /// <summary>Hands on all content, by ascending offsets of the target.</summary>
    /// <param name="use">Takes bytes and their offset; they are valid during the call only.</param>
    public void ForEach(RedoHandler use)
    {
        byte[] buffer = new byte[(int)Math.Min(PieceLength, Math.Max(1, _length))];
        foreach ((ByteRange place, long at) in _stretches.OrderBy(stretch => stretch.Place.Offset))
        {
            for (long offset = place.Offset; offset < place.End;)
            {
                Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, place.End - offset));
                Read(piece, at + (offset - place.Offset));
                use(piece, offset);
                offset += piece.Length;
            }
        }
    }

    /// <summary>Removes the file, if there is one.</summary>
    public void Remove() => file.Remove();

    private byte[]? HashContent(byte[] table, byte[] numbers)
    {
        byte[] buffer = new byte[(int)Math.Min(PieceLength, Math.Max(1, _length))];
        for (long at = 0; at < _length;)
        {
            Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, _length - at));
            if (file.Read(piece, ContentOffset + at) < piece.Length)
            {
                return null;
            }

            _hash.Append(piece);
            at += piece.Length;
        }

        _hash.Append(table);
        _hash.Append(numbers);
        return Digest();
    }

    // Of what was appended; begins anew.
    private byte[] Digest()
    {
        byte[] digest = new byte[BlockHash.Xxh128.Length];
        _hash.Finish(digest);
        return digest;
    }

    private void Read(Span<byte> bytes, long at)
    {
        if (file.Read(bytes, ContentOffset + at) < bytes.Length)
        {
            throw new StorageException(StorageError.EndReached, file.Name, $"{file.Name}: ended while it was being read", offset: at);
        }
    }
}

/// <summary>Takes bytes of the target, and where they belong.</summary>
internal delegate void RedoHandler(ReadOnlySpan<byte> bytes, long offset);

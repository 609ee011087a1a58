using System.Buffers.Binary;
using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync.Applying.Journal;

/// <summary>
/// Content for the target that must not be lost while its source is overwritten: stretches of the target, each with its bytes. A redo is
/// written as a whole, made durable, named in the journal by its digest, and written to the target. Then the next redo replaces it.
/// </summary>
/// <remarks>
/// The file, little-endian: bytes of content and number of stretches (i64 each); the content of the stretches, one after the other; then
/// the offset in the target and the length of each (i64 each). The digest is XXH128 of the content, the stretches and the two numbers. Like
/// the journal, it is the state of one program on one machine.
/// </remarks>
internal sealed class RedoLog(IRedoFile file)
{
    /// <summary>
    /// Stretches at most: that many blocks of 512 bytes are 64 MiB. Blocks in random order are a stretch each, and fewer stretches would
    /// mean more flushes.
    /// </summary>
    public const int MostStretches = 131_072;

    private const int FewStretches = 4096;
    private const int StretchLength = 2 * sizeof(long);
    private const int ContentOffset = 2 * sizeof(long);
    private const int PieceLength = 256 << 10;

    private readonly Lock _reading = new();
    private readonly List<(ByteRange Range, long At)> _stretches = [];
    private readonly RunningHash _hash = BlockHash.Xxh128.StartBlock();

    // The bytes added last, until there are enough of them: otherwise each block in random order would be a write to the file.
    private byte[] _buffer = [];
    private int _buffered;
    private long _length;
    private bool _exists;

    /// <summary>
    /// The stretches of the target. Once the log is sealed or loaded they ascend; before that they are in the order in which they were
    /// added.
    /// </summary>
    public IEnumerable<ByteRange> Stretches => _stretches.Select(stretch => stretch.Range);

    /// <summary>How many stretches there are.</summary>
    public int Count => _stretches.Count;

    /// <summary>Bytes of content.</summary>
    public long Length => _length;

    public bool IsEmpty => _stretches.Count == 0;

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        _stretches.Clear();
        _ = Digest();
        _length = 0;
        _buffered = 0;
    }

    /// <summary>A stretch of the target, and where its content begins in this log.</summary>
    public (ByteRange Range, long At) StretchAt(int index) => _stretches[index];

    /// <summary>Adds content that belongs at an offset of the target.</summary>
    /// <exception cref="StorageException">There is no room for it.</exception>
    public void Add(ReadOnlySpan<byte> content, long offset)
    {
        if (!_exists)
        {
            file.Create();
            _exists = true;
        }

        Append(content);
        if (_stretches.Count > 0 && _stretches[^1] is var last && last.Range.End == offset)
        {
            _stretches[^1] = last with { Range = last.Range with { End = offset + content.Length } };
        }
        else if (_stretches.Count == MostStretches)
        {
            throw new InvalidOperationException("there is no room for another stretch");
        }
        else
        {
            if (_stretches.Count == FewStretches)
            {
                // Allocated at once: a list that grows by doubling would take three times the room, most of it garbage.
                _stretches.EnsureCapacity(MostStretches);
            }

            _stretches.Add((new ByteRange(offset, offset + content.Length), _length));
        }

        _length += content.Length;
    }

    private void Append(ReadOnlySpan<byte> content)
    {
        _hash.Append(content);
        if (_buffer.Length == 0)
        {
            _buffer = GC.AllocateUninitializedArray<byte>(PieceLength);
        }

        long at = _length;
        if (content.Length > _buffer.Length - _buffered)
        {
            FlushBuffer(at);
        }

        if (content.Length > _buffer.Length)
        {
            file.Write(content, ContentOffset + at);
            return;
        }

        content.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += content.Length;
    }

    private void FlushBuffer(long end)
    {
        if (_buffered > 0)
        {
            file.Write(_buffer.AsSpan(0, _buffered), ContentOffset + end - _buffered);
            _buffered = 0;
        }
    }

    /// <summary>Makes it durable.</summary>
    /// <returns>Its digest.</returns>
    public ReadOnlyMemory<byte> Seal()
    {
        byte[] numbers = new byte[ContentOffset];
        BinaryPrimitives.WriteInt64LittleEndian(numbers, _length);
        BinaryPrimitives.WriteInt64LittleEndian(numbers.AsSpan(sizeof(long)), _stretches.Count);
        FlushBuffer(_length);
        WriteTable();
        file.Write(numbers, 0);
        _hash.Append(numbers);
        file.Flush();
        Sort();
        return Digest();
    }

    // In pieces: the table may have some megabytes.
    private void WriteTable()
    {
        long at = _length;
        for (int i = 0; i < _stretches.Count;)
        {
            int length = 0;
            for (; i < _stretches.Count && length + StretchLength <= _buffer.Length; i++)
            {
                Span<byte> entry = _buffer.AsSpan(length);
                BinaryPrimitives.WriteInt64LittleEndian(entry, _stretches[i].Range.Offset);
                BinaryPrimitives.WriteInt64LittleEndian(entry[sizeof(long)..], _stretches[i].Range.End - _stretches[i].Range.Offset);
                length += StretchLength;
            }

            file.Write(_buffer.AsSpan(0, length), ContentOffset + at);
            _hash.Append(_buffer.AsSpan(0, length));
            at += length;
        }
    }

    private void Sort() => _stretches.Sort((one, other) => one.Range.Offset.CompareTo(other.Range.Offset));

    /// <summary>Reads the redo that an earlier run has left.</summary>
    /// <param name="digest">As its journal says.</param>
    /// <returns>False if there is no redo with that digest.</returns>
    public bool TryLoad(ReadOnlySpan<byte> digest)
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

        if (_length == length && HashContent(table, numbers) is { } found && found.AsSpan().SequenceEqual(digest))
        {
            Sort();
            return true;
        }

        Clear();
        return false;
    }

    /// <summary>Reads bytes of the target from a loaded log. Safe from several threads, as long as nothing else is called.</summary>
    /// <returns>False if they are not all in one stretch.</returns>
    public bool TryRead(Span<byte> bytes, long offset)
    {
        int low = 0;
        int high = _stretches.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = _stretches[middle].Range.Offset <= offset ? (middle, high) : (low, middle - 1);
        }

        if (_stretches.Count == 0
            || _stretches[low] is var stretch && (offset < stretch.Range.Offset || offset + bytes.Length > stretch.Range.End))
        {
            return false;
        }

        lock (_reading)
        {
            Read(bytes, stretch.At + (offset - stretch.Range.Offset));
        }

        return true;
    }

    /// <summary>True if a loaded log has content for any of these bytes of the target.</summary>
    public bool Overlaps(ByteRange range)
    {
        int low = 0;
        int high = _stretches.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _stretches[middle].Range.End <= range.Offset ? (middle + 1, high) : (low, middle);
        }

        return low < _stretches.Count && _stretches[low].Range.Offset < range.End;
    }

    /// <summary>Reads content.</summary>
    /// <param name="bytes">Is filled.</param>
    /// <param name="at">Where: from <see cref="StretchAt"/>.</param>
    /// <exception cref="StorageException">It ended.</exception>
    public void Read(Span<byte> bytes, long at)
    {
        if (file.Read(bytes, ContentOffset + at) < bytes.Length)
        {
            throw new StorageException(StorageError.EndReached, file.Name, $"{file.Name}: ended while it was being read", offset: at);
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

    // The digest of the bytes appended so far; begins anew.
    private byte[] Digest()
    {
        byte[] digest = new byte[BlockHash.Xxh128.Length];
        _hash.Finish(digest);
        return digest;
    }
}

/// <summary>Takes bytes of the target, and where they belong.</summary>
internal delegate void RedoHandler(ReadOnlySpan<byte> bytes, long offset);

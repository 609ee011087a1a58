using BinarySync.Format;

namespace BinarySync.Sync.Shifting;

/// <summary>
/// Finds, in one piece of B, runs of A's blocks. Each piece is searched by itself, so that the threads do not matter. Not safe from several
/// threads: each has its own.
/// </summary>
internal sealed class PieceScanner : IDisposable
{
    // One block's worth of consecutive offsets meets each alignment once. An odd number: if A has only every second block in the table,
    // or every fourth, these blocks meet one of them in turn.
    private const int SampledBlocks = 7;

    // Behind a find, and where what differs begins, all offsets are looked at for so long.
    private const int FullBlocks = 8;

    // A piece of larger blocks has so few that all of them are looked at.
    private const int LargestSampled = 1 << 17;

    // A window whose hash was not the one expected. By chance there are two at most for a block's worth of offsets; more were made on
    // purpose, and must not cost more than a constant factor.
    private const int FailuresOfBlock = 8;
    private const int FailuresAtFirst = 16;

    // A run of so few blocks may be content that is at many places: a run that begins later may turn out to have it too.
    private const int ShortRunBlocks = 4;

    private const int BatchLength = 1024;

    private readonly IBaseBlocks _base;
    private readonly SumTable _table;
    private readonly SumFilter _filter;
    private readonly PieceContent _content;
    private readonly int _blockSize;
    private readonly uint[] _taken;
    private readonly uint _sumOfZeros;
    private readonly bool _samples;
    private readonly RunningHash _running;
    private readonly byte[] _hash;
    private readonly uint[] _sums = new uint[BatchLength];
    private readonly int[] _selected = new int[BatchLength];
    private readonly List<ByteRun> _runs = [];
    private ShiftPiece _piece;
    private long _sumAt;
    private uint _sum;
    private long _failures;
    private uint _touched;

    public PieceScanner(IBaseBlocks baseBlocks, SumTable table, SumFilter filter, PieceContent content)
    {
        _base = baseBlocks;
        _table = table;
        _filter = filter;
        _content = content;
        _blockSize = baseBlocks.Geometry.BlockSize;
        _taken = RollingSum.Leaving(_blockSize);
        _sumOfZeros = SumOfZeros(_blockSize);
        _samples = _blockSize <= LargestSampled || table.Step > 1;
        _running = baseBlocks.Hash.StartBlock();
        _hash = new byte[baseBlocks.Hash.Length];
    }

    /// <summary>The runs of the piece scanned last, ascending; they do not overlap.</summary>
    public IReadOnlyList<ByteRun> Runs => _runs;

    /// <summary>Bytes of all windows hashed so far.</summary>
    public long HashedBytes { get; private set; }

    /// <summary>The sum of a block of zeros: the filter must let it through.</summary>
    public static uint SumOfZeros(int blockSize) => RollingSum.Seed * RollingSum.Power(blockSize);

    /// <summary>Finds the runs of a piece.</summary>
    public void Scan(ShiftPiece piece)
    {
        _piece = piece;
        _content.Begin(piece.ReadFrom, piece.ReadEnd);
        _runs.Clear();
        _sumAt = long.MinValue;
        _failures = 0;

        long end = Math.Min(piece.End, piece.ReadEnd - _blockSize + 1);
        long step = _table.Step * _blockSize;
        long fullEnd = _samples ? piece.From + (piece.IsFirst ? FullBlocks * step : step) : end;
        for (long at = piece.From; at < end;)
        {
            ByteRun before = _runs.LastOrDefault();
            at = at < fullEnd ? at : SampleAt(at);
            at = ScanStretch(at, Math.Min(end, at < fullEnd ? fullEnd : SampleEnd(at)), ref fullEnd);
            if (_samples && _runs.LastOrDefault() is var last && last != before)
            {
                fullEnd = last.End + (FullBlocks * step);
            }
        }

        _content.Finish();
    }

    public void Dispose() => _running.Dispose();

    // The first offset from this one on that is in a sample. By the offset alone: samples do not begin anew with a piece.
    private long SampleAt(long offset)
    {
        long stride = (long)SampledBlocks * _blockSize;
        long inside = offset % stride;
        return inside < _blockSize ? offset : offset - inside + stride;
    }

    private long SampleEnd(long offset) => (offset / _blockSize * _blockSize) + _blockSize;

    // Looks at consecutive offsets up to the first find, or other reason to go on elsewhere: says where.
    private long ScanStretch(long at, long end, ref long fullEnd)
    {
        while (at < end)
        {
            Span<uint> sums = _sums.AsSpan(0, (int)Math.Min(BatchLength, end - at));
            TakeSums(at, sums);
            ReadOnlySpan<int> selected = _selected.AsSpan(0, _filter.Select(sums, _selected));
            _touched ^= _table.Touch(sums, selected);
            foreach (int i in selected)
            {
                long next = Examine(at + i, sums[i], ref fullEnd);
                if (next > at + i)
                {
                    return next;
                }
            }

            at += sums.Length;
        }

        return at;
    }

    // The sums of windows at consecutive offsets.
    private void TakeSums(long at, Span<uint> sums)
    {
        bool isNear = _blockSize <= PieceContent.LargestNear;
        int rolled = sums.Length - 1;
        bool continues = _sumAt == at - 1;
        long from = continues ? at - 1 : at;
        int length = rolled + (continues ? 1 : 0);
        ReadOnlySpan<byte> leaving = _content.Get(ContentUse.Leaving, from, length + (isNear ? _blockSize : 0));
        ReadOnlySpan<byte> entering = isNear
            ? leaving[_blockSize..]
            : length == 0 ? [] : _content.Get(ContentUse.Entering, from + _blockSize, length);
        if (continues)
        {
            RollingSum.RollAll(_sum, leaving[..length], entering, _taken, sums);
        }
        else
        {
            sums[0] = isNear ? RollingSum.Of(leaving[.._blockSize]) : SumOf(at);
            RollingSum.RollAll(sums[0], leaving[..length], entering, _taken, sums[1..]);
        }

        _sumAt = at + rolled;
        _sum = sums[rolled];
    }

    private uint SumOf(long offset)
    {
        uint sum = RollingSum.Seed;
        for (long at = offset; at < offset + _blockSize; at += PieceContent.MostLength)
        {
            int length = (int)Math.Min(PieceContent.MostLength, offset + _blockSize - at);
            sum = RollingSum.Append(sum, _content.Get(ContentUse.Window, at, length));
        }

        return sum;
    }

    // Where to go on if not behind this window: then it is one of a run, or nothing is looked for so near.
    private long Examine(long at, uint sum, ref long fullEnd)
    {
        bool isEntered = _table.Has(sum);
        if (!isEntered && sum != _sumOfZeros)
        {
            return at;
        }

        if (_failures >= FailuresAtFirst + ((at - _piece.From) / _blockSize * FailuresOfBlock))
        {
            fullEnd = Math.Min(fullEnd, _samples ? at : fullEnd);
            return SampleEnd(at);
        }

        // Content of one byte only is sent in next to nothing, is never in one place only, and its windows are all alike.
        if (EndOfUniform(at) is var uniform && uniform >= at + _blockSize)
        {
            return uniform - _blockSize + 1;
        }

        if (isEntered)
        {
            HashAt(at, _blockSize);
            if (_table.Find(sum, _hash) is var block and >= 0 && _base.Matches(block, _hash))
            {
                return Follow(at, block);
            }
        }

        _failures++;
        return at;
    }

    // The end of the bytes from here on that are equal to the first: anything below a window's length if they are fewer.
    private long EndOfUniform(long offset)
    {
        byte first = _content.Get(ContentUse.Window, offset, 1)[0];
        for (long at = offset; at < _piece.ReadEnd;)
        {
            ReadOnlySpan<byte> bytes = _content.Get(
                ContentUse.Window, at, (int)Math.Min(Math.Min(PieceContent.MostLength, _blockSize), _piece.ReadEnd - at));
            if (bytes.IndexOfAnyExcept(first) is var differs and >= 0)
            {
                return at + differs;
            }

            at += bytes.Length;
        }

        return _piece.ReadEnd;
    }

    // A window has the content of a block of A: so may those behind it and before it have that of its neighbours.
    private long Follow(long at, long block)
    {
        long end = at + _blockSize;
        long next = block + 1;
        while (end < _piece.End && IsBlock(end, next))
        {
            end += _base.Geometry.LengthOf(next);
            next++;
        }

        long first = block;
        long from = at;
        while (true)
        {
            long covered = _runs.Count > 0 ? _runs[^1].End : _piece.ReadFrom;
            while (from > covered && IsBlock(from - _blockSize, first - 1, isBackwards: true))
            {
                (from, first) = (from - _blockSize, first - 1);
            }

            if (from > covered || _runs.Count == 0 || !Swallows(ref from, ref first))
            {
                _runs.Add(new ByteRun(from, end, _base.Geometry.OffsetOf(first)).Behind(covered));
                return end;
            }

            _runs.RemoveAt(_runs.Count - 1);
        }
    }

    // True if the run goes on backwards over all of the last one, which is short. Else it stays where it is.
    private bool Swallows(ref long from, ref long first)
    {
        ByteRun last = _runs[^1];
        if (last.End - last.From > (long)ShortRunBlocks * _blockSize)
        {
            return false;
        }

        (long reached, long block) = (from, first);
        while (reached > last.From && IsBlock(reached - _blockSize, block - 1, isBackwards: true))
        {
            (reached, block) = (reached - _blockSize, block - 1);
        }

        if (reached > last.From)
        {
            return false;
        }

        (from, first) = (reached, block);
        return true;
    }

    // Whether A has this block, and B the same content at this offset.
    private bool IsBlock(long offset, long block, bool isBackwards = false)
    {
        if (block < 0 || offset < _piece.ReadFrom)
        {
            return false;
        }

        int length = _base.Geometry.LengthOf(block);
        if (length == 0 || length > _piece.ReadEnd - offset)
        {
            return false;
        }

        HashAt(offset, length, isBackwards);
        return _base.Matches(block, _hash);
    }

    private void HashAt(long offset, int length, bool isBackwards = false)
    {
        HashedBytes += length;
        if (length <= PieceContent.MostLength)
        {
            _base.Hash.Hash(_content.Get(ContentUse.Window, offset, length, isBackwards), _hash);
            return;
        }

        for (long at = offset; at < offset + length; at += PieceContent.MostLength)
        {
            _running.Append(_content.Get(ContentUse.Window, at, (int)Math.Min(PieceContent.MostLength, offset + length - at)));
        }

        _running.Finish(_hash);
    }
}

using System.Buffers.Binary;

namespace BinarySync.Format;

/// <summary>
/// Writes a checksum file from its runs in order (Format.md 6). The bytes do not depend on how a run is cut into calls. Not safe from
/// several threads.
/// </summary>
public sealed class ChecksumFileWriter : IRollingSink, IDisposable
{
    private const int RunsOffset = sizeof(long);
    private const int FieldsLength = RunsOffset + sizeof(int);

    private readonly MessageWriter _message;
    private readonly RootBuilder _root;
    private readonly int _hashLength;
    private readonly byte[] _hashes;

    // Null if the file has none.
    private readonly byte[]? _sums;
    private readonly List<(long Count, bool IsZero)> _runs = [];
    private byte[] _payload = [];
    private int _hashesUsed;
    private int _sumsUsed;
    private long _first;
    private long _end;
    private long _dataBlocks;
    private long _zeroBlocks;

    /// <summary>Writes the header.</summary>
    /// <param name="output">The stream; it stays the caller's.</param>
    /// <param name="header">With a size; its coverage is clipped to the target. If it has rolling sums, all data has them.</param>
    public ChecksumFileWriter(Stream output, ChecksumFileHeader header)
    {
        _message = new MessageWriter(output, header);
        _root = new RootBuilder(header.Geometry, header.Hash, header.Coverage);
        _hashLength = header.Hash.Length;
        _hashes = new byte[FormatLimits.ChecksumWindowBlocks * _hashLength];
        _sums = header.HasRollingSums ? new byte[FormatLimits.ChecksumWindowBlocks * RollingSum.Length] : null;
    }

    /// <summary>Adds data blocks: one hash a block. Only to a file without rolling sums.</summary>
    public void AddData(BlockRun run, ReadOnlySpan<byte> hashes) => AddData(run, hashes, sums: []);

    /// <summary>Adds data blocks: one hash a block, and one rolling sum if the header says so.</summary>
    /// <exception cref="ArgumentException">There are not as many sums as the header asks for.</exception>
    public void AddData(BlockRun run, ReadOnlySpan<byte> hashes, ReadOnlySpan<byte> sums)
    {
        if (sums.Length != (_sums is null ? 0 : run.Count * RollingSum.Length))
        {
            throw new ArgumentException("not as many rolling sums as the header asks for", nameof(sums));
        }

        _root.AddData(run, hashes);
        _dataBlocks += run.Count;
        while (run.Count > 0)
        {
            CloseBefore(run.First, isZero: false);
            long windowEnd = (WindowOf(run.First) + 1) * FormatLimits.ChecksumWindowBlocks;
            int count = (int)(Math.Min(run.End, windowEnd) - run.First);
            Extend(count, isZero: false);
            hashes[..(count * _hashLength)].CopyTo(_hashes.AsSpan(_hashesUsed));
            _hashesUsed += count * _hashLength;
            hashes = hashes[(count * _hashLength)..];
            if (_sums is not null)
            {
                sums[..(count * RollingSum.Length)].CopyTo(_sums.AsSpan(_sumsUsed));
                _sumsUsed += count * RollingSum.Length;
                sums = sums[(count * RollingSum.Length)..];
            }

            run = BlockRun.Between(run.First + count, run.End);
        }
    }

    /// <summary>Adds blocks of zeros.</summary>
    public void AddZeros(BlockRun run)
    {
        if (run.Count == 0)
        {
            return;
        }

        _root.AddZeros(run);
        _zeroBlocks += run.Count;
        CloseBefore(run.First, isZero: true);
        Extend(run.Count, isZero: true);
    }

    /// <summary>Writes the trailer and returns it.</summary>
    public ChecksumFileTrailer Finish()
    {
        CloseSection();
        return _message.Finish(new ChecksumFileTrailer
        {
            Root = _root.Finish(),
            DataBlocks = _dataBlocks,
            ZeroBlocks = _zeroBlocks,
        });
    }

    public void Dispose() => _root.Dispose();

    private static long WindowOf(long block) => block / FormatLimits.ChecksumWindowBlocks;

    // "Where sections end" of Format.md 6, for the next block.
    private void CloseBefore(long block, bool isZero)
    {
        if (_runs.Count > 0)
        {
            bool zerosGoOn = isZero && _runs[^1].IsZero;
            if (block != _end || (WindowOf(block) != WindowOf(_first) && !zerosGoOn))
            {
                CloseSection();
            }
        }

        if (_runs.Count == 0)
        {
            _first = block;
            _end = block;
        }
    }

    private void Extend(long count, bool isZero)
    {
        if (_runs.Count > 0 && _runs[^1].IsZero == isZero)
        {
            _runs[^1] = (_runs[^1].Count + count, isZero);
        }
        else
        {
            _runs.Add((count, isZero));
        }

        _end += count;
    }

    private void CloseSection()
    {
        if (_runs.Count == 0)
        {
            return;
        }

        // One array for all sections: one each would be the only garbage of a long run.
        int most = FieldsLength + (_runs.Count * Varint.MaxLength) + _hashesUsed;
        if (_payload.Length < most)
        {
            _payload = new byte[most];
        }

        BinaryPrimitives.WriteInt64LittleEndian(_payload, _first);
        BinaryPrimitives.WriteInt32LittleEndian(_payload.AsSpan(RunsOffset), _runs.Count);
        int length = FieldsLength;
        foreach ((long count, bool isZero) in _runs)
        {
            length += Varint.Write(_payload.AsSpan(length), (count << 1) | (isZero ? 1L : 0L));
        }

        _hashes.AsSpan(0, _hashesUsed).CopyTo(_payload.AsSpan(length));
        length += _hashesUsed;
        _message.WriteSection(SectionType.Checksums, FrameCodec.None, length, _payload.AsSpan(0, length));
        _runs.Clear();
        _hashesUsed = 0;
        if (_sumsUsed > 0)
        {
            _message.WriteSection(SectionType.RollingSums, FrameCodec.None, _sumsUsed, _sums.AsSpan(0, _sumsUsed));
            _sumsUsed = 0;
        }
    }
}

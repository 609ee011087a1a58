using System.Buffers.Binary;

namespace BinarySync.Format;

/// <summary>Blocks of a checksum file that are all data or all zeros.</summary>
/// <param name="Blocks">Inside one range; not always maximal.</param>
/// <param name="IsZero">True for zeros: there are no hashes then.</param>
/// <param name="Hashes">One hash a block; valid until the next run is read.</param>
/// <param name="Sums">
/// One rolling sum a block, each <see cref="RollingSum.Length"/> bytes, little-endian; valid as long as the hashes. Empty for zeros, and if
/// the file has none (<see cref="ChecksumFileHeader.HasRollingSums"/>).
/// </param>
public readonly record struct ChecksumRun(
    BlockRun Blocks, bool IsZero, ReadOnlyMemory<byte> Hashes, ReadOnlyMemory<byte> Sums = default);

/// <summary>
/// Reads a checksum file run by run (Format.md 6). Checks that its sections cover its coverage exactly, and at the end its counts and root.
/// Holds one section in memory, and its rolling sums.
/// </summary>
public sealed class ChecksumFileReader : IDisposable
{
    private const int RunsOffset = sizeof(long);
    private const int FieldsLength = RunsOffset + sizeof(int);

    private readonly MessageReader _message;
    private readonly RootBuilder _root;
    private readonly IEnumerator<BlockRun> _ranges;
    private readonly int _hashLength;
    private BlockRun _rangeLeft;
    private long _next;
    private long _sectionFirst;
    private int _runsLeft;
    private int _runPosition;
    private int _hashPosition;
    private int _sumPosition;

    // Of the section whose runs are being read: its rolling sums, if there are any, have been read behind it.
    private ReadOnlyMemory<byte> _payload;
    private long _payloadOffset;
    private ReadOnlyMemory<byte> _sums;
    private bool _lastWasZero;
    private bool _lastOfSectionBefore;
    private long _dataBlocks;
    private long _zeroBlocks;

    /// <summary>Reads the header.</summary>
    /// <exception cref="MessageFormatException">Not a readable checksum file.</exception>
    public ChecksumFileReader(Stream input, string source)
        : this(new MessageReader(input, source))
    {
    }

    /// <summary>Continues with a message whose header has been read.</summary>
    public ChecksumFileReader(MessageReader message)
    {
        _message = message.Require(MessageKind.ChecksumFile);
        _root = new RootBuilder(Geometry, Header.Hash, Header.Coverage);
        _ranges = Header.Coverage.RunsIn(Geometry.BlockCount).GetEnumerator();
        _hashLength = Header.Hash.Length;
    }

    public ChecksumFileHeader Header => (ChecksumFileHeader)_message.Header;

    public BlockGeometry Geometry => Header.Geometry;

    /// <summary>The name of the message, for errors.</summary>
    public string Source => _message.Source;

    /// <summary>True if the input can seek, as a regular file can: then no read of it waits for another process.</summary>
    public bool CanSeek => _message.CanSeek;

    /// <summary>Bytes read so far.</summary>
    public long Position => _message.Position;

    /// <summary>The trailer, once <see cref="ReadRun"/> has returned false.</summary>
    public ChecksumFileTrailer Trailer => (ChecksumFileTrailer)_message.Trailer;

    /// <summary>Reads the next run; false at the end, when all checks have passed.</summary>
    /// <exception cref="MessageFormatException">The message is refused.</exception>
    public bool ReadRun(out ChecksumRun run)
    {
        if (_runsLeft == 0 && !BeginSection())
        {
            run = default;
            CheckEnd();
            return false;
        }

        ReadOnlySpan<byte> payload = _payload.Span;
        int at = _runPosition;
        if (!Varint.TryRead(payload, ref _runPosition, out long coded) || coded >> 1 == 0)
        {
            throw Invalid(at, "run", "a run is empty or not a valid number");
        }

        bool isZero = (coded & 1) != 0;
        BlockRun blocks = new(_next, coded >> 1);
        if (blocks.Count > _rangeLeft.End - blocks.First)
        {
            throw Invalid(at, "run", $"the run from block {blocks.First} on goes past the end of its range, {_rangeLeft.End}");
        }

        if ((!_lastOfSectionBefore && isZero == _lastWasZero)
            || (_lastOfSectionBefore && isZero && _lastWasZero && _next > _rangeLeft.First))
        {
            throw Invalid(at, "run", $"the run from block {blocks.First} on is of the same kind as the one before it");
        }

        if (WindowOf(blocks.First) != WindowOf(_sectionFirst) || (!isZero && WindowOf(blocks.Last) != WindowOf(_sectionFirst)))
        {
            throw Invalid(at, "run", $"the run from block {blocks.First} on goes past the point where its section must end");
        }

        ReadOnlyMemory<byte> hashes = default;
        ReadOnlyMemory<byte> sums = default;
        if (!isZero)
        {
            if (blocks.Count > (payload.Length - _hashPosition) / _hashLength)
            {
                throw Invalid(at, "run", $"the run from block {blocks.First} on has more blocks than the section has hashes");
            }

            int length = (int)blocks.Count * _hashLength;
            hashes = _payload.Slice(_hashPosition, length);
            _hashPosition += length;
            if (Header.HasRollingSums)
            {
                int sumsLength = (int)blocks.Count * RollingSum.Length;
                sums = _sums.Slice(_sumPosition, sumsLength);
                _sumPosition += sumsLength;
            }

            _root.AddData(blocks, hashes.Span);
            _dataBlocks += blocks.Count;
        }
        else
        {
            _root.AddZeros(blocks);
            _zeroBlocks += blocks.Count;
        }

        _next = blocks.End;
        _lastWasZero = isZero;
        _lastOfSectionBefore = false;
        _runsLeft--;
        if (_runsLeft == 0 && _hashPosition != payload.Length)
        {
            throw Invalid(_hashPosition, "hashes", "the section has more hashes than its runs have blocks");
        }

        run = new ChecksumRun(blocks, isZero, hashes, sums);
        return true;
    }

    /// <summary>
    /// Reads all runs of the next section at once, for callers that read ahead or from many files; false at the end, as
    /// <see cref="ReadRun"/>. Between two calls the reader keeps no array of its own, so that many of them may be open.
    /// </summary>
    /// <param name="section">Filled with the runs; its arrays take the bytes read.</param>
    /// <exception cref="MessageFormatException">The message is refused.</exception>
    public bool ReadSection(ChecksumSection section)
    {
        section.Clear();
        _message.ExchangePayload(SectionType.Checksums, section.Payload);
        _message.ExchangePayload(SectionType.RollingSums, section.Sums);
        bool isThere = false;
        while (ReadRun(out ChecksumRun run))
        {
            isThere = true;
            section.Add(run);
            if (_runsLeft == 0)
            {
                break;
            }
        }

        section.Payload = _message.ExchangePayload(SectionType.Checksums, []);
        section.Sums = _message.ExchangePayload(SectionType.RollingSums, []);
        return isThere;
    }

    /// <summary>The offset of the section of the runs read last.</summary>
    internal long SectionOffset => _payloadOffset - SectionHeader.Length;

    /// <summary>
    /// Reads a section whose <see cref="SectionOffset"/> was noted once more, without its rolling sums: in a file that has been read to its
    /// end. See <see cref="MessageReader.ReadSectionAt"/>.
    /// </summary>
    internal void ReadSectionAt(long offset, ChecksumSection section)
    {
        section.Clear();
        _message.ExchangePayload(SectionType.Checksums, section.Payload);
        section.Payload = [];
        _message.ReadSectionAt(offset);
        if (_message.Section.Type != SectionType.Checksums || _message.Payload.Length < FieldsLength)
        {
            throw _message.InvalidSection(
                SectionHeader.TypeOffset, "section type", "a section of checksums has become one of another type");
        }

        ReadOnlyMemory<byte> payload = _message.Payload;
        int hashesAt = FieldsLength;
        int runs = BinaryPrimitives.ReadInt32LittleEndian(payload.Span[RunsOffset..]);
        for (int i = 0; i < runs; i++)
        {
            _ = ReadCount(payload.Span, ref hashesAt);
        }

        int position = FieldsLength;
        long first = BinaryPrimitives.ReadInt64LittleEndian(payload.Span);
        for (int i = 0; i < runs; i++)
        {
            long coded = ReadCount(payload.Span, ref position);
            bool isZero = (coded & 1) != 0;
            long count = coded >> 1;
            if (!isZero && count > (payload.Length - hashesAt) / _hashLength)
            {
                throw _message.Invalid(position, "run", "a section has become one with fewer hashes");
            }

            int length = isZero ? 0 : (int)count * _hashLength;
            section.Add(new ChecksumRun(new BlockRun(first, count), isZero, payload.Slice(hashesAt, length), default));
            hashesAt += length;
            first += count;
        }

        section.Payload = _message.ExchangePayload(SectionType.Checksums, []);
    }

    private long ReadCount(ReadOnlySpan<byte> payload, ref int position)
    {
        int at = position;
        return Varint.TryRead(payload, ref position, out long coded) && coded >> 1 > 0
            ? coded
            : throw _message.Invalid(at, "run", "a run is empty or not a valid number");
    }

    public void Dispose()
    {
        _root.Dispose();
        _ranges.Dispose();
    }

    private static long WindowOf(long block) => block / FormatLimits.ChecksumWindowBlocks;

    private bool BeginSection()
    {
        if (!_message.ReadSection())
        {
            return false;
        }

        if (_message.Section.Type != SectionType.Checksums)
        {
            throw NotHere("has rolling sums, but no checksums section with data blocks comes before it");
        }

        _payload = _message.Payload;
        _payloadOffset = _message.PayloadOffset;
        ReadOnlySpan<byte> payload = _payload.Span;
        if (payload.Length < FieldsLength)
        {
            throw Invalid(0, "runs", "a section is too short for checksums");
        }

        // The first section of a range begins with it; a later one continues at the end of the one before it.
        if (_next == _rangeLeft.End)
        {
            if (!_ranges.MoveNext())
            {
                throw Invalid(0, "first block", "a section follows, although all blocks of the coverage have been given");
            }

            _rangeLeft = _ranges.Current;
            _next = _rangeLeft.First;
        }

        long first = BinaryPrimitives.ReadInt64LittleEndian(payload);
        if (first != _next)
        {
            throw Invalid(0, "first block", $"a section begins at block {first}; block {_next} comes next");
        }

        // Within a range a section ends where it must, and nowhere else: Format.md 6, "Where sections end".
        if (first > _rangeLeft.First && WindowOf(first) == WindowOf(_sectionFirst))
        {
            throw Invalid(0, "first block", $"a section begins at block {first}, although the one before it could go on");
        }

        _sectionFirst = first;
        int runs = BinaryPrimitives.ReadInt32LittleEndian(payload[RunsOffset..]);
        if (runs < 1 || runs > payload.Length - FieldsLength)
        {
            throw Invalid(RunsOffset, "runs", $"a section cannot have {runs} runs");
        }

        _runsLeft = runs;
        _runPosition = FieldsLength;
        _hashPosition = FieldsLength;
        for (int i = 0; i < runs; i++)
        {
            int at = _hashPosition;
            if (!Varint.TryRead(payload, ref _hashPosition, out _))
            {
                throw Invalid(at, "run", "a run is not a valid number");
            }
        }

        _lastOfSectionBefore = true;
        if (Header.HasRollingSums && _hashPosition < payload.Length)
        {
            ReadSums((payload.Length - _hashPosition) / _hashLength);
        }

        return true;
    }

    // That the section has as many hashes as its runs have data blocks is found out with the runs.
    private void ReadSums(int dataBlocks)
    {
        if (!_message.ReadSection() || _message.Section.Type != SectionType.RollingSums)
        {
            throw NotHere("comes where the rolling sums of the section before it are missing");
        }

        _sums = _message.Payload;
        _sumPosition = 0;
        if (_sums.Length != dataBlocks * RollingSum.Length)
        {
            throw _message.InvalidSection(
                SectionHeader.StoredLengthOffset,
                "stored length",
                $"{_sums.Length} bytes are not the rolling sums of {dataBlocks} data blocks");
        }
    }

    private void CheckEnd()
    {
        if (_next != _rangeLeft.End || _ranges.MoveNext())
        {
            throw AtTrailer(
                "coverage",
                $"the sections end before block {(_next != _rangeLeft.End ? _next : _ranges.Current.First)}, which must be covered");
        }

        if (Trailer.DataBlocks != _dataBlocks || Trailer.ZeroBlocks != _zeroBlocks)
        {
            throw AtTrailer(
                "data_blocks",
                $"the trailer counts {Trailer.DataBlocks} + {Trailer.ZeroBlocks} blocks; there are {_dataBlocks} + {_zeroBlocks}");
        }

        if (!Trailer.Root.Span.SequenceEqual(_root.Finish()))
        {
            throw AtTrailer("root", "the root does not match these checksums");
        }
    }

    // An error in the section of checksums, behind which its rolling sums may have been read.
    private MessageFormatException Invalid(int payloadPosition, string field, string message) =>
        new(FormatError.Invalid, Source, _payloadOffset + payloadPosition, field, message);

    // The section just read, or the trailer, is not the one that has to come.
    private MessageFormatException NotHere(string why) => _message.InvalidSection(
        SectionHeader.TypeOffset,
        "section type",
        _message.Section.Type == SectionType.Trailer ? $"the trailer {why}" : $"section {_message.Sections} {why}");

    private MessageFormatException AtTrailer(string field, string message) =>
        new(FormatError.Invalid, Source, _message.PayloadOffset, field, message);
}

using BinarySync.Format;

namespace BinarySync.Sync.Checksums;

/// <summary>
/// Reads one of the checksum files that are joined: its header at once, the rest when it is due. If the file can be opened again, it is
/// closed in between.
/// </summary>
internal sealed class JoinReader : IDisposable
{
    private readonly JoinPart _part;
    private readonly IEnumerator<BlockRun> _ranges;
    private Stream? _stream;
    private ChecksumFileReader? _reader;
    private ChecksumSection? _section;
    private int _runsTaken;

    // The rest of the current range, not taken yet.
    private BlockRun _rangeLeft;

    /// <summary>Reads the header.</summary>
    /// <param name="part">The file.</param>
    /// <param name="number">Its place among the parts, in the order given.</param>
    /// <exception cref="MessageFormatException">Not a readable checksum file.</exception>
    public JoinReader(JoinPart part, int number)
    {
        _part = part;
        Number = number;
        try
        {
            ChecksumFileReader reader = Open();
            Header = reader.Header;
            _ranges = Header.Coverage.RunsIn(Header.Geometry.BlockCount).GetEnumerator();
            NextRange();
            if (reader.CanSeek)
            {
                Close();
            }
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <summary>The name, for messages.</summary>
    public string Name => _part.Name;

    /// <summary>Its place among the parts, in the order given.</summary>
    public int Number { get; }

    public ChecksumFileHeader Header { get; }

    /// <summary>Bytes of the file, once it has been read to its end.</summary>
    public long Length { get; private set; }

    /// <summary>True when all blocks of the coverage have been taken.</summary>
    public bool IsDone => _rangeLeft.Count == 0;

    /// <summary>The next block; known from the header, without reading.</summary>
    public long Next => _rangeLeft.First;

    /// <summary>
    /// The rest of the run at <see cref="Next"/>, once <see cref="Load"/> was called. Its hashes are valid until it has been taken.
    /// </summary>
    public ChecksumRun Current { get; private set; }

    /// <summary>Makes <see cref="Current"/> the next run, and reads a section if needed.</summary>
    /// <param name="sections">
    /// Sections that are not in use. Files that wait have none, so memory grows with the number of files that overlap.
    /// </param>
    /// <exception cref="MessageFormatException">The message is refused.</exception>
    public void Load(Stack<ChecksumSection> sections)
    {
        if (Current.Blocks.Count > 0)
        {
            return;
        }

        if (_section is null)
        {
            _reader ??= Open();
            _section = sections.TryPop(out ChecksumSection? section) ? section : new ChecksumSection();
            _reader.ReadSection(_section);
            _runsTaken = 0;
        }

        Current = _section.Runs[_runsTaken++];
    }

    /// <summary>
    /// Takes blocks from the front of <see cref="Current"/>. With the very last block, the file is read to its end, which checks it, and is
    /// closed.
    /// </summary>
    /// <exception cref="MessageFormatException">The message is refused.</exception>
    public void Take(long count, Stack<ChecksumSection> sections)
    {
        BlockRun left = BlockRun.Between(Current.Blocks.First + count, Current.Blocks.End);
        Current = new ChecksumRun(
            left,
            Current.IsZero,
            Current.IsZero ? default : Current.Hashes[((int)count * Header.Hash.Length)..],
            Current.Sums.IsEmpty ? default : Current.Sums[((int)count * RollingSum.Length)..]);
        if (left.Count == 0 && _runsTaken == _section!.Runs.Count)
        {
            sections.Push(_section);
            _section = null;
        }

        _rangeLeft = BlockRun.Between(_rangeLeft.First + count, _rangeLeft.End);
        if (_rangeLeft.Count == 0 && !NextRange())
        {
            CheckEnd();
        }
    }

    /// <summary>Reads the rest behind the last block, which checks counts, root and digest, and closes the file.</summary>
    /// <exception cref="MessageFormatException">The message is refused.</exception>
    public void CheckEnd()
    {
        _reader ??= Open();
        while (_reader.ReadRun(out _))
        {
        }

        Length = _reader.Position;
        Close();
    }

    public void Dispose()
    {
        _ranges.Dispose();
        Close();
    }

    private bool NextRange()
    {
        _rangeLeft = _ranges.MoveNext() ? _ranges.Current : default;
        return _rangeLeft.Count > 0;
    }

    private ChecksumFileReader Open()
    {
        _stream = _part.Open();
        _reader = new ChecksumFileReader(_stream, _part.Name);

        // The header read first has decided everything that follows.
        if (Header is { } seen && !IsAlike(seen, _reader.Header))
        {
            throw new SyncException(SyncReason.MessageChanged, Name, "changed while it was joined");
        }

        return _reader;
    }

    private static bool IsAlike(ChecksumFileHeader one, ChecksumFileHeader other) => JoinAgreement.Fault(one, other) is null
        && one.Coverage.Equals(other.Coverage) && one.HasRollingSums == other.HasRollingSums;

    private void Close()
    {
        _reader?.Dispose();
        _stream?.Dispose();
        _reader = null;
        _stream = null;
    }
}

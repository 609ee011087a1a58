using System.Buffers.Binary;
using BinarySync.Format;
using BinarySync.Sync.Comparing;

namespace BinarySync.Sync.Shifting;

/// <summary>The blocks of A, by its checksum file: a regular file, of which some sections are in memory at a time.</summary>
internal sealed class BaseBlocks : IBaseBlocks, IDisposable
{
    // Each thread goes on in one section, or from one to the next.
    private const int MostLoaded = 6;

    private readonly ChecksumSource _source;
    private readonly ChecksumFileReader _reader;
    private readonly List<SectionPlace> _places = [];
    private readonly List<LoadedSection> _loaded = [];
    private readonly Lock _lock = new();
    private readonly ZeroBlocks _zeros;
    private long _uses;

    /// <summary>Opens it.</summary>
    /// <param name="source">A checksum file with rolling sums.</param>
    public BaseBlocks(ChecksumSource source)
    {
        _source = source;
        _reader = source.Open();
        _zeros = new ZeroBlocks(Hash, Geometry);
    }

    public BlockGeometry Geometry => _reader.Geometry;

    public BlockHash Hash => _reader.Header.Hash;

    public void ReadAll(BaseBlockHandler handle)
    {
        uint[] sums = new uint[FormatLimits.ChecksumWindowBlocks];
        while (_reader.ReadRun(out ChecksumRun run))
        {
            if (_places.Count == 0 || _places[^1].Offset != _reader.SectionOffset)
            {
                _places.Add(new SectionPlace(run.Blocks.First, _reader.SectionOffset));
            }

            _places[^1] = _places[^1] with { End = run.Blocks.End };
            if (!run.IsZero)
            {
                Span<uint> ofRun = sums.AsSpan(0, (int)run.Blocks.Count);
                for (int i = 0; i < ofRun.Length; i++)
                {
                    ofRun[i] = BinaryPrimitives.ReadUInt32LittleEndian(run.Sums.Span[(i * RollingSum.Length)..]);
                }

                handle(run.Blocks.First, run.Hashes.Span, ofRun);
            }
        }

        _source.RequireSame(_reader);
    }

    public bool Matches(long block, ReadOnlySpan<byte> hash)
    {
        lock (_lock)
        {
            if (Find(block) is not { } run)
            {
                return false;
            }

            return run.IsZero
                ? hash.SequenceEqual(_zeros.HashOf(Geometry.LengthOf(block)))
                : run.Hashes.Span.Slice((int)(block - run.Blocks.First) * hash.Length, hash.Length).SequenceEqual(hash);
        }
    }

    public void Dispose() => _reader.Dispose();

    // Null if the checksum file does not have the block.
    private ChecksumRun? Find(long block)
    {
        LoadedSection? section = _loaded.Find(loaded => loaded.Place.First <= block && block < loaded.Place.End);
        section ??= Load(block);
        if (section is null)
        {
            return null;
        }

        section.LastUse = ++_uses;
        return section.RunAt(block);
    }

    private LoadedSection? Load(long block)
    {
        int low = 0;
        int high = _places.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = _places[middle].First <= block ? (middle, high) : (low, middle - 1);
        }

        if (_places.Count == 0 || block < _places[low].First || block >= _places[low].End)
        {
            return null;
        }

        if (_loaded.Count < MostLoaded)
        {
            _loaded.Add(new LoadedSection());
        }

        LoadedSection section = _loaded.MinBy(one => one.LastUse)!;
        section.Place = default;
        _reader.ReadSectionAt(_places[low].Offset, section.Runs);
        section.Place = _places[low];
        return section;
    }

    private readonly record struct SectionPlace(long First, long Offset)
    {
        public long End { get; init; } = First;
    }

    private sealed class LoadedSection
    {
        private int _last;

        public SectionPlace Place { get; set; }

        public ChecksumSection Runs { get; } = new();

        public long LastUse { get; set; }

        // Blocks are asked for one after the other, as a rule.
        public ChecksumRun? RunAt(long block)
        {
            IReadOnlyList<ChecksumRun> runs = Runs.Runs;
            if (_last < runs.Count && runs[_last].Blocks is var last && last.First <= block && block < last.End)
            {
                return runs[_last];
            }

            int low = 0;
            int high = runs.Count - 1;
            while (low < high)
            {
                int middle = (low + high + 1) / 2;
                (low, high) = runs[middle].Blocks.First <= block ? (middle, high) : (low, middle - 1);
            }

            _last = low;
            return high >= 0 && runs[low].Blocks.First <= block && block < runs[low].Blocks.End ? runs[low] : null;
        }
    }
}

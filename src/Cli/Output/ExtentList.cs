using BinarySync.Format;

namespace BinarySync.Cli.Output;

/// <summary>Where a copy comes from.</summary>
/// <param name="Offset">The first byte that is copied.</param>
/// <param name="BlockSize">Bytes of a block.</param>
/// <param name="IsShifted">It is not the first byte of a block.</param>
internal readonly record struct ExtentSource(long Offset, int BlockSize, bool IsShifted)
{
    /// <summary>The source of the copy that continues one of so many blocks.</summary>
    public ExtentSource After(long blocks) => this with { Offset = Offset + (blocks * BlockSize) };
}

/// <summary>Lists runs as they are read, neighbours of one kind joined, and counts the frames of content.</summary>
internal sealed class ExtentList(Report report, bool lists)
{
    // Each remote's own request says what the blocks were: a person could not use that here.
    private const string Elsewhere = "elsewhere";

    private readonly SortedDictionary<FrameCodec, (long Count, long Raw, long Stored)> _frames = [];
    private BlockRun _run;
    private string _kind = string.Empty;
    private string? _old;
    private ExtentSource? _source;

    public void Begin()
    {
        if (lists)
        {
            report.BeginArray("extents");
        }
    }

    /// <summary>Adds a run.</summary>
    /// <param name="run">Blocks.</param>
    /// <param name="kind">What they are, or become.</param>
    /// <param name="old">What they were; null for a checksum file.</param>
    /// <param name="source">Where its content is copied from; null if it is not.</param>
    public void Add(BlockRun run, string kind, string? old, ExtentSource? source = null)
    {
        if (!lists)
        {
            return;
        }

        if (_run.Count > 0
            && _run.End == run.First
            && _kind == kind
            && _old == old
            && source == _source?.After(_run.Count))
        {
            _run = BlockRun.Between(_run.First, run.End);
            return;
        }

        Show();
        _run = run;
        _kind = kind;
        _old = old;
        _source = source;
    }

    public void End()
    {
        if (lists)
        {
            Show();
            report.EndArray();
        }
    }

    public void CountFrame(SectionHeader frame)
    {
        (long count, long raw, long stored) = _frames.GetValueOrDefault(frame.Codec);
        _frames[frame.Codec] = (count + 1, raw + frame.RawLength, stored + frame.StoredLength);
    }

    /// <summary>Shows how the content is compressed.</summary>
    public void AddFrames()
    {
        if (_frames.Count == 0)
        {
            return;
        }

        report.BeginArray("frames");
        foreach ((FrameCodec codec, (long count, long raw, long stored)) in _frames)
        {
            string name = codec.ToString().ToLowerInvariant();
            report.BeginObject();
            report.AddHidden("codec", name);
            report.Add("count", null, count);
            report.Add("raw_bytes", null, raw);
            report.Add("stored_bytes", null, stored);
            report.EndObject();
            report.Line($"  {$"frames, {name}",-18}{count}: {SizeText.Format(raw)} stored in {SizeText.Format(stored)}");
        }

        report.EndArray();
    }

    private void Show()
    {
        if (_run.Count == 0)
        {
            return;
        }

        report.BeginObject();
        report.Add("first", null, _run.First);
        report.Add("count", null, _run.Count);
        report.AddHidden(_old is null ? "kind" : "new", _kind);
        if (_old is not null)
        {
            report.AddHidden("old", _old);
        }

        string from = string.Empty;
        if (_source is { IsShifted: true } bytes)
        {
            report.Add("source_offset", null, bytes.Offset);
            from = $" from byte {bytes.Offset}";
        }
        else if (_source is { } blocks)
        {
            long source = blocks.Offset / blocks.BlockSize;
            report.Add("source", null, source);
            from = $" from {new BlockRun(source, _run.Count)}";
        }

        report.EndObject();
        string was = _old is null or Elsewhere ? string.Empty : $" (was {_old})";
        report.Line($"  {_kind,-6}{_run}{from}{was}");
        report.Drain();
    }
}

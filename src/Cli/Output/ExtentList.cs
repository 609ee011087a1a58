using BinarySync.Format;

namespace BinarySync.Cli.Output;

/// <summary>Lists runs as they are read, neighbours of one kind joined, and counts the frames of content.</summary>
internal sealed class ExtentList(Report report, bool lists)
{
    // Each remote's own request says what the blocks were: a person could not use that here.
    private const string Elsewhere = "elsewhere";

    private readonly SortedDictionary<FrameCodec, (long Count, long Raw, long Stored)> _frames = [];
    private BlockRun _run;
    private string _kind = string.Empty;
    private string? _old;
    private long? _source;

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
    /// <param name="source">The first block that is copied; null if none is.</param>
    public void Add(BlockRun run, string kind, string? old, long? source = null)
    {
        if (!lists)
        {
            return;
        }

        if (_run.Count > 0
            && _run.End == run.First
            && _kind == kind
            && _old == old
            && (source is null ? _source is null : source == _source + _run.Count))
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

        if (_source is { } block)
        {
            report.Add("source", null, block);
        }

        report.EndObject();
        string from = _source is { } source ? $" from {new BlockRun(source, _run.Count)}" : string.Empty;
        string was = _old is null or Elsewhere ? string.Empty : $" (was {_old})";
        report.Line($"  {_kind,-6}{_run}{from}{was}");
        report.Drain();
    }
}

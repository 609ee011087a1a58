using BinarySync.Cli.Output;

namespace BinarySync.Bench.Micro;

/// <summary>Frames of 1 MiB, compressed.</summary>
public class CompressionBenchmarks
{
    private const int Length = FormatLimits.DefaultFrameSize;

    private readonly byte[] _destination = new byte[Length];
    private byte[] _raw = [];
    private Compression _compression;

    [Params("lz4", "brotli:1", "brotli:5")]
    public string Codec { get; set; } = "";

    /// <summary>Random content does not shrink: that it is to be stored is what is found out.</summary>
    [Params("text", "random")]
    public string Content { get; set; } = "";

    [GlobalSetup]
    public void Prepare()
    {
        _raw = Content == "text" ? Samples.Text(Length) : Samples.Random(Length);
        _compression = Samples.CompressionOf(Codec);
    }

    [Benchmark]
    [Rate(1, "MiB")]
    public int Compress() => _compression.Compress(_raw, _destination);
}

using BinarySync.Cli.Output;

namespace BinarySync.Bench.Micro;

/// <summary>Frames of 1 MiB of text, decompressed; the rate is that of what comes out.</summary>
public class DecompressionBenchmarks
{
    private const int Length = FormatLimits.DefaultFrameSize;

    private readonly byte[] _raw = new byte[Length];
    private byte[] _stored = [];
    private FrameCodec _codec;

    [Params("stored", "lz4", "brotli:1", "brotli:5")]
    public string Codec { get; set; } = "";

    [GlobalSetup]
    public void Prepare()
    {
        byte[] text = Samples.Text(Length);
        Compression compression = Samples.CompressionOf(Codec);
        byte[] destination = new byte[Length];
        int length = compression.Compress(text, destination);
        _codec = compression.Codec;
        _stored = length > 0 ? destination[..length] : text;
    }

    [Benchmark]
    [Rate(1, "MiB")]
    public bool Decompress() => FrameDecompressor.TryDecompress(_codec, _stored, _raw);
}

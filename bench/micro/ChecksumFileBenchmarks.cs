using BinarySync.Cli.Output;

namespace BinarySync.Bench.Micro;

/// <summary>Checksum files of 262,144 blocks, in memory.</summary>
public class ChecksumFileBenchmarks
{
    private const int Blocks = 1 << 18;

    // What BlockScanner hands over at once with blocks of 4 KiB.
    private const int Chunk = 256;

    private static readonly ChecksumFileHeader Header = new() { BlockSize = 4096, Hash = BlockHash.Xxh128, Size = Blocks * 4096L };

    private readonly byte[] _hashes = Samples.Random(Blocks * BlockHash.Xxh128.Length);
    private readonly Dictionary<int, byte[]> _files = [];

    /// <summary>Every so many blocks, one is zeros; 0: none is.</summary>
    [Params(0, 2)]
    public int ZeroEvery { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        MemoryStream file = new();
        WriteTo(file);
        _files[ZeroEvery] = file.ToArray();
    }

    [Benchmark]
    [Rate(Blocks, "blocks")]
    public object Write() => WriteTo(Stream.Null);

    [Benchmark]
    [Rate(Blocks, "blocks")]
    public long Read()
    {
        using ChecksumFileReader reader = new(new MemoryStream(_files[ZeroEvery]), "file");
        long runs = 0;
        while (reader.ReadRun(out _))
        {
            runs++;
        }

        return runs;
    }

    private OperationsTrailer WriteTo(Stream output)
    {
        using ChecksumFileWriter writer = new(output, Header);
        int step = ZeroEvery == 0 ? Chunk : ZeroEvery;
        int length = BlockHash.Xxh128.Length;
        for (int block = 0; block < Blocks; block += step)
        {
            int data = ZeroEvery == 0 ? step : step - 1;
            writer.AddData(new BlockRun(block, data), _hashes.AsSpan(block * length, data * length));
            writer.AddZeros(new BlockRun(block + data, step - data));
        }

        return writer.Finish();
    }
}

using BinarySync.Cli.Output;

namespace BinarySync.Bench.Micro;

/// <summary>Block hashes over 1 MiB that lies in the cache, cut into blocks.</summary>
public class BlockHashBenchmarks
{
    private const int Length = 1 << 20;

    private readonly byte[] _content = Samples.Random(Length);
    private readonly byte[] _value = new byte[32];
    private BlockHash _hash = BlockHash.Xxh128;

    [Params("xxh128", "xxh3", "blake3", "sha256")]
    public string Name { get; set; } = "";

    [Params(512, 4 << 10, 16 << 10, 64 << 10, 1 << 20)]
    public int BlockSize { get; set; }

    [GlobalSetup]
    public void Find() => _hash = BlockHash.Find(Name)!;

    [Benchmark]
    [Rate(1, "MiB")]
    public byte Hash()
    {
        for (int at = 0; at < Length; at += BlockSize)
        {
            _hash.Hash(_content.AsSpan(at, BlockSize), _value);
        }

        return _value[0];
    }
}

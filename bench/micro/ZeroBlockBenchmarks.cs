using BinarySync.Cli.Output;

namespace BinarySync.Bench.Micro;

/// <summary>Is this block of 4 KiB, whose hash is known, one of zeros? As BlockScanner asks it.</summary>
public class ZeroBlockBenchmarks
{
    private const int Length = 4 << 10;

    private readonly byte[] _content = new byte[Length];
    private readonly byte[] _value = new byte[16];
    private readonly ZeroBlocks _zeros = new(BlockHash.Xxh128, new BlockGeometry(1 << 20, Length));

    [Params("zeros", "last byte", "data")]
    public string Block { get; set; } = "";

    [GlobalSetup]
    public void Fill()
    {
        if (Block == "data")
        {
            Samples.Random(Length).CopyTo(_content, 0);
        }
        else if (Block == "last byte")
        {
            _content[^1] = 1;
        }

        BlockHash.Xxh128.Hash(_content, _value);
    }

    /// <summary>The question that costs data next to nothing.</summary>
    [Benchmark]
    [Rate(1, "blocks")]
    public bool FromHash() => _zeros.MayBeZero(_value, Length) && ZeroBlocks.IsZero(_content);

    /// <summary>The look at the bytes that follows where the hash is that of zeros.</summary>
    [Benchmark]
    [Rate(1, "blocks")]
    public bool FromBytes() => ZeroBlocks.IsZero(_content);
}

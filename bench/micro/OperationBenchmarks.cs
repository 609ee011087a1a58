using BinarySync.Cli.Output;

namespace BinarySync.Bench.Micro;

/// <summary>The operations of a data request, in memory: 65,536 blocks that differ, eight after one another.</summary>
public class OperationBenchmarks
{
    private const int Run = 8;
    private const int Runs = 8192;
    private const int Blocks = Run * Runs;
    private const int Every = 800;

    private static readonly DataRequestHeader Header =
        new() { BlockSize = 4096, Hash = BlockHash.Xxh128, BaseSize = Runs * Every * 4096L, TargetSize = Runs * Every * 4096L };

    private readonly byte[] _hashes = Samples.Random(2 * Blocks * BlockHash.Xxh128.Length);
    private readonly byte[] _root = new byte[BlockHash.Xxh128.RootLength];
    private readonly OperationGroup _group = new();
    private byte[] _request = [];

    [GlobalSetup]
    public void Prepare()
    {
        MemoryStream file = new();
        WriteTo(file);
        _request = file.ToArray();
    }

    [Benchmark]
    [Rate(Blocks, "blocks")]
    public object Write() => WriteTo(Stream.Null);

    [Benchmark]
    [Rate(Blocks, "blocks")]
    public long Read()
    {
        OperationReader reader = new(new MemoryStream(_request), "request", MessageKind.DataRequest);
        long operations = 0;
        while (reader.ReadGroup(_group))
        {
            operations += _group.Operations.Count;
        }

        return operations;
    }

    private OperationsTrailer WriteTo(Stream output)
    {
        DataRequestWriter writer = new(output, Header);
        int length = Run * BlockHash.Xxh128.Length;
        for (int i = 0; i < Runs; i++)
        {
            ReadOnlySpan<byte> hashes = _hashes.AsSpan(i * 2 * length, 2 * length);
            writer.Add(new BlockRun((long)i * Every, Run), NewKind.Data, OldKind.Hashed, hashes[..length], hashes[length..]);
        }

        return writer.Finish(_root, _root);
    }
}

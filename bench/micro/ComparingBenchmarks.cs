using BinarySync.Cli.Output;
using BinarySync.Sync;
using BinarySync.Sync.Comparing;
using BinarySync.Sync.Requests;

namespace BinarySync.Bench.Micro;

/// <summary>Two checksum files in memory, of 1,048,576 blocks each, of which 1% differ in short runs.</summary>
public class ComparingBenchmarks
{
    private const int Blocks = 1 << 20;

    private byte[] _remote = [];
    private byte[] _master = [];

    [GlobalSetup]
    public void Prepare()
    {
        MemoryStream remote = new();
        MemoryStream master = new();
        new ChecksumPair(Blocks, 0.01, runLength: 8, seed: 1).Write(remote, master);
        _remote = remote.ToArray();
        _master = master.ToArray();
    }

    /// <summary>All that dtreq does, but for its files.</summary>
    [Benchmark]
    [Rate(Blocks, "blocks")]
    public object Request() => DataRequestOperation.Run(Open(_remote), Open(_master), null, Stream.Null, new SyncOptions());

    /// <summary>The comparison as `ckfile check` uses it: one side comes as runs.</summary>
    [Benchmark]
    [Rate(Blocks, "blocks")]
    public long Compare()
    {
        using ChecksumFileReader remote = Open(_remote);
        using ChecksumFileReader master = Open(_master);
        SyncGeometry geometry = new(remote.Header.Size, master.Header.Size, master.Header.BlockSize, BlockCoverage.Whole);
        long blocks = 0;
        using RunComparer comparer = new(remote, geometry, master.Header.Hash, (run, _, _, _, _) => blocks += run.Count);
        while (master.ReadRun(out ChecksumRun run))
        {
            comparer.AddData(run.Blocks, run.Hashes.Span);
        }

        comparer.Finish();
        return blocks;
    }

    private static ChecksumFileReader Open(byte[] file) => new(new MemoryStream(file), "file");
}

using BinarySync.Format;

namespace BinarySync.Sync.Comparing;

/// <summary>The root of a part of a checksum file (Format.md 9.2), from its runs in order.</summary>
/// <param name="geometry">The target's.</param>
/// <param name="hash">The block hash.</param>
/// <param name="covered">The part, clipped to the target.</param>
internal sealed class CoveredRoot(BlockGeometry geometry, BlockHash hash, BlockCoverage covered) : IBlockSink, IDisposable
{
    private readonly RootBuilder _root = new(geometry, hash, covered);
    private readonly CoverageCursor _inside = new(covered, geometry.BlockCount);

    /// <summary>Adds the covered part of a run.</summary>
    public void Add(in ChecksumRun run)
    {
        if (run.IsZero)
        {
            AddZeros(run.Blocks);
        }
        else
        {
            AddData(run.Blocks, run.Hashes.Span);
        }
    }

    public void AddData(BlockRun run, ReadOnlySpan<byte> hashes)
    {
        BlockRun left = run;
        while (_inside.NextInside(ref left, out BlockRun inside))
        {
            int at = (int)(inside.First - run.First) * hash.Length;
            _root.AddData(inside, hashes.Slice(at, (int)inside.Count * hash.Length));
        }
    }

    public void AddZeros(BlockRun run)
    {
        BlockRun left = run;
        while (_inside.NextInside(ref left, out BlockRun inside))
        {
            _root.AddZeros(inside);
        }
    }

    public byte[] Finish() => _root.Finish();

    public void Dispose()
    {
        _inside.Dispose();
        _root.Dispose();
    }
}

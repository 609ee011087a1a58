using System.Numerics;
using BinarySync.Format;

namespace BinarySync.Cli.Maps;

/// <summary>
/// A file as a number of cells, each of the same number of blocks, a power of two (the last may have fewer). It is filled while runs stream
/// by, in any order, and takes the same memory whatever the size of the file.
/// </summary>
internal sealed class BlockMap
{
    private readonly MapKind[] _listed;
    private readonly long[] _bytes;
    private readonly long[] _named;
    private readonly long[] _totals = new long[MapLook.Kinds];

    /// <summary>Begins a map.</summary>
    /// <param name="size">Bytes.</param>
    /// <param name="blockSize">Bytes of a block.</param>
    /// <param name="mostCells">The largest number of cells.</param>
    /// <param name="listed">The kinds that the legend names even if the file has none of them.</param>
    public BlockMap(long size, int blockSize, int mostCells, params MapKind[] listed)
    {
        BlockGeometry geometry = new(size, blockSize);
        Size = size;
        BlockSize = blockSize;
        _listed = listed;
        long needed = Math.Max(1, ((geometry.BlockCount - 1) / mostCells) + 1);
        BlocksPerCell = (long)BitOperations.RoundUpToPowerOf2((ulong)needed);
        CellCount = (int)((geometry.BlockCount + BlocksPerCell - 1) / BlocksPerCell);
        CellBytes = geometry.OffsetOf(BlocksPerCell);
        _bytes = new long[CellCount * MapLook.Kinds];
        _named = new long[CellCount];
    }

    /// <summary>Bytes of the file.</summary>
    public long Size { get; }

    /// <summary>Bytes of a block.</summary>
    public int BlockSize { get; }

    public int CellCount { get; }

    public long BlocksPerCell { get; }

    /// <summary>Bytes of a cell; the last one may have fewer.</summary>
    public long CellBytes { get; }

    /// <summary>The kinds of the legend, in its order.</summary>
    public IEnumerable<MapKind> Legend
    {
        get
        {
            for (MapKind kind = 0; (int)kind < MapLook.Kinds; kind++)
            {
                if (_totals[(int)kind] > 0 || Array.IndexOf(_listed, kind) >= 0)
                {
                    yield return kind;
                }
            }
        }
    }

    /// <summary>Sets the kind of a run. No byte gets two kinds.</summary>
    /// <param name="geometry">Tells how long its last block is: the file may continue behind the run.</param>
    /// <param name="run">The blocks.</param>
    /// <param name="kind">Their kind.</param>
    public void Add(BlockGeometry geometry, BlockRun run, MapKind kind)
    {
        long first = geometry.OffsetOf(run.First);
        Add(first, first + geometry.LengthOf(run), kind);
    }

    /// <summary>Sets the kind of the bytes from <paramref name="first"/> up to, not including, <paramref name="end"/>.</summary>
    public void Add(long first, long end, MapKind kind)
    {
        while (first < end)
        {
            int cell = (int)(first / CellBytes);
            long piece = Math.Min(end - first, CellBytes - (first % CellBytes));
            _bytes[(cell * MapLook.Kinds) + (int)kind] += piece;
            _named[cell] += piece;
            _totals[(int)kind] += piece;
            first += piece;
        }
    }

    /// <summary>Sets the kind of all other bytes: one kind for those that are covered, another for the rest.</summary>
    /// <param name="geometry">The geometry of the covered blocks.</param>
    /// <param name="coverage">The covered blocks.</param>
    /// <param name="covered">The kind of the other covered bytes.</param>
    /// <param name="left">The kind of all other bytes.</param>
    public void Complete(BlockGeometry geometry, BlockCoverage coverage, MapKind covered, MapKind left)
    {
        long[] inside = new long[CellCount];
        foreach (BlockRun run in coverage.RunsIn(geometry.BlockCount))
        {
            long first = geometry.OffsetOf(run.First);
            long end = first + geometry.LengthOf(run);
            while (first < end)
            {
                long piece = Math.Min(end - first, CellBytes - (first % CellBytes));
                inside[first / CellBytes] += piece;
                first += piece;
            }
        }

        for (int cell = 0; cell < CellCount; cell++)
        {
            Rest(cell, covered, inside[cell] - _named[cell]);
            Rest(cell, left, BytesOf(cell) - inside[cell]);
        }
    }

    /// <summary>Bytes of a kind in the whole file.</summary>
    public long Total(MapKind kind) => _totals[(int)kind];

    /// <summary>
    /// The kind that a cell shows: of the kinds that matter, the one of which the whole file has least. So each kind that matters is
    /// visible somewhere, unless a rarer one lies in all of its cells. A single block is not lost in a stretch of a million.
    /// </summary>
    /// <param name="isWhole">True if it is nothing else.</param>
    public MapKind Shown(int cell, out bool isWhole)
    {
        MapKind shown = (MapKind)MapLook.Kinds;
        int kinds = 0;
        for (MapKind kind = 0; (int)kind < MapLook.Kinds; kind++)
        {
            if (Bytes(cell, kind) > 0)
            {
                kinds++;
                if (kinds == 1 || (MapLook.Matters(kind) && Total(kind) < Total(shown)))
                {
                    shown = kind;
                }
            }
        }

        isWhole = kinds == 1;
        return shown;
    }

    /// <summary>The most frequent kind of a cell, apart from the shown one.</summary>
    public MapKind Ground(int cell, MapKind shown)
    {
        MapKind ground = shown;
        long most = 0;
        for (MapKind kind = 0; (int)kind < MapLook.Kinds; kind++)
        {
            if (kind != shown && Bytes(cell, kind) > most)
            {
                ground = kind;
                most = Bytes(cell, kind);
            }
        }

        return ground;
    }

    private long Bytes(int cell, MapKind kind) => _bytes[(cell * MapLook.Kinds) + (int)kind];

    private long BytesOf(int cell) => Math.Min(CellBytes, Size - (cell * CellBytes));

    private void Rest(int cell, MapKind kind, long bytes)
    {
        _bytes[(cell * MapLook.Kinds) + (int)kind] += bytes;
        _totals[(int)kind] += bytes;
    }
}

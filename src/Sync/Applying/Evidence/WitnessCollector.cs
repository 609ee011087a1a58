using BinarySync.Format;

namespace BinarySync.Sync.Applying.Evidence;

/// <summary>
/// Gathers witnesses while a data file is verified and the target is recognised. As long as there is room, it takes all blocks that will be
/// written. After that it takes an even share of them, and the first ones, where a run begins to write. The choice depends only on their
/// places. Safe from several threads. Takes a fixed amount of room.
/// </summary>
/// <param name="geometry">A and B.</param>
/// <param name="most">Cells at most, not counting the first ones.</param>
internal sealed class WitnessCollector(SyncGeometry geometry, int most = WitnessCollector.MostCells)
{
    /// <summary>Cells at most, by default.</summary>
    public const int MostCells = 350;

    private const int MostFirst = 16;

    private readonly Lock _gate = new();
    private readonly SortedSet<long> _first = [];
    private readonly Dictionary<long, Cell> _cells = [];
    private ulong _mask;
    private long _lastOfFirst = long.MaxValue;

    /// <summary>The end of the last sector, which may be short if A and B end together.</summary>
    private readonly long _end = geometry.Base.Size == geometry.Target.Size ? geometry.Target.Size : long.MaxValue;

    /// <summary>True if every cell was kept.</summary>
    public bool IsComplete => _mask == 0;

    /// <summary>Adds the present content of the target.</summary>
    /// <param name="offset">In the target; the start of a sector.</param>
    /// <param name="content">The bytes from there on.</param>
    /// <param name="becomesZero">It will be zeros.</param>
    public void AddBefore(long offset, ReadOnlySpan<byte> content, bool becomesZero) => Add(offset, content, isAfter: false, becomesZero);

    /// <summary>Adds the future content of the target.</summary>
    public void AddAfter(long offset, ReadOnlySpan<byte> content) => Add(offset, content, isAfter: true, becomesZero: false);

    /// <summary>The cells of which old and new content are both known, ascending.</summary>
    public IReadOnlyList<WitnessCell> Finish() =>
    [
        .. _cells.Where(pair => (pair.Value.HasBefore & pair.Value.HasAfter) != 0).OrderBy(pair => pair.Key)
            .Select(
                pair => new WitnessCell(pair.Key, (byte)(pair.Value.HasBefore & pair.Value.HasAfter), pair.Value.Before, pair.Value.After)),
    ];

    private void Add(long offset, ReadOnlySpan<byte> content, bool isAfter, bool becomesZero)
    {
        if (offset % WitnessCell.SectorLength != 0)
        {
            return;
        }

        while (content.Length > 0)
        {
            long number = offset / WitnessCell.Length;
            ReadOnlySpan<byte> inCell = content[..(int)Math.Min(content.Length, ((number + 1) * WitnessCell.Length) - offset)];
            if (IsChosen(number) || number < Volatile.Read(ref _lastOfFirst))
            {
                AddToCell(number, offset, inCell, isAfter, becomesZero);
            }

            offset += inCell.Length;
            content = content[inCell.Length..];
        }
    }

    private void AddToCell(long number, long offset, ReadOnlySpan<byte> content, bool isAfter, bool becomesZero)
    {
        lock (_gate)
        {
            if (!_cells.TryGetValue(number, out Cell? cell))
            {
                cell = new Cell();
                _cells.Add(number, cell);
                AddFirst(number);
            }

            while (content.Length > 0)
            {
                int length = Math.Min(WitnessCell.SectorLength, content.Length);
                if (length == WitnessCell.SectorLength || offset + length == _end)
                {
                    int sector = (int)(offset / WitnessCell.SectorLength % WitnessCell.Sectors);
                    cell.Set(sector, content[..length], isAfter, becomesZero && offset + length <= geometry.Target.Size);
                }

                offset += length;
                content = content[length..];
            }

            while (_cells.Count > most + MostFirst)
            {
                _mask = (_mask << 1) | 1;
                foreach (long other in _cells.Keys.Where(other => !IsChosen(other) && !_first.Contains(other)).ToList())
                {
                    _cells.Remove(other);
                }
            }
        }
    }

    private void AddFirst(long number)
    {
        if (number >= _lastOfFirst)
        {
            return;
        }

        _first.Add(number);
        if (_first.Count > MostFirst)
        {
            long last = _first.Max;
            _first.Remove(last);
            if (!IsChosen(last))
            {
                _cells.Remove(last);
            }
        }

        // Once there are enough, a cell behind the last one cannot be one of the first.
        Volatile.Write(ref _lastOfFirst, _first.Count == MostFirst ? _first.Max + 1 : long.MaxValue);
    }

    // The choice is scattered. A regular choice could miss half of the changes, or all, if every second block of a disk was changed.
    private bool IsChosen(long number)
    {
        ulong mixed = ((ulong)number + 1) * 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 32)) * 0xD6E8FEB86659FD93;
        return ((mixed >> 29) & Volatile.Read(ref _mask)) == 0;
    }

    private sealed class Cell
    {
        public byte HasBefore { get; private set; }

        public byte HasAfter { get; private set; }

        public uint[] Before { get; } = new uint[WitnessCell.Sectors];

        public uint[] After { get; } = new uint[WitnessCell.Sectors];

        public void Set(int sector, ReadOnlySpan<byte> content, bool isAfter, bool becomesZero)
        {
            if (!isAfter)
            {
                Before[sector] = WitnessCell.FingerprintOf(content);
                HasBefore |= (byte)(1 << sector);
            }

            if (isAfter || becomesZero)
            {
                ReadOnlySpan<byte> zeros = stackalloc byte[WitnessCell.SectorLength];
                After[sector] = WitnessCell.FingerprintOf(isAfter ? content : zeros[..content.Length]);
                HasAfter |= (byte)(1 << sector);
            }
        }
    }
}

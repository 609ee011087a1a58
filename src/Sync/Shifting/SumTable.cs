using System.Buffers.Binary;
using System.Numerics;
using BinarySync.Format;

namespace BinarySync.Sync.Shifting;

/// <summary>
/// Blocks of A by their rolling sums. It grows up to a fixed size. When it is full, it forgets every second block, and takes only every
/// second one from then on: a run of blocks is found by any of them. So what it has depends on A alone.
/// </summary>
internal sealed class SumTable
{
    /// <summary>Entries of the largest table, which takes 12 MiB.</summary>
    public const int MostEntries = (1 << 20) / 8 * 7;

    // Of random content, each window has the sum of an entry once in (2^32 / entries) bytes, and then its hash is computed for nothing. So
    // that this is at most twice the window's length, all entries together have at most twice 2^32 bytes.
    private const long MostBytes = 2L << 32;

    // Blocks with the same sum and different hashes hardly ever occur by chance: more of them were made on purpose.
    private const int MostOfOneSum = 4;

    // Fewer leave no room when an eighth of the places stays empty.
    private const int LeastEntries = 4;

    private const int SmallestPlaces = 1 << 10;
    private const int GrowthBits = 2;

    // Random, so that nobody can make sums that all fall on the same place. What is found does not depend on the places.
    private readonly ulong _spread = (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue) | 1;
    private readonly int _mostEntries;
    private Entry[] _entries = [];
    private int _most;
    private int _shift;
    private int _count;
    private int _stepBits;

    /// <summary>Makes an empty one.</summary>
    /// <param name="geometry">The blocks of A.</param>
    /// <param name="mostEntries">The most entries; fewer for tests only.</param>
    public SumTable(BlockGeometry geometry, int mostEntries = MostEntries)
    {
        _mostEntries = (int)Math.Clamp(MostBytes / geometry.BlockSize, LeastEntries, Math.Max(LeastEntries, mostEntries));
        while (geometry.BlockCount >> _stepBits >= uint.MaxValue)
        {
            _stepBits++;
        }

        MakeRoom(Math.Min(SmallestPlaces, PlacesFor(_mostEntries)));
    }

    /// <summary>One in how many blocks of A is in the table: a power of two.</summary>
    public long Step => 1L << _stepBits;

    /// <summary>Blocks in the table.</summary>
    public int Count => _count;

    /// <summary>The sums in the table.</summary>
    public IEnumerable<uint> Sums => _entries.Where(entry => entry.Number != 0).Select(entry => entry.Sum);

    /// <summary>Enters a block, if it is one of those to be entered. Of equal blocks the first is kept.</summary>
    public void Add(long block, uint sum, ReadOnlySpan<byte> hash)
    {
        if ((block & (Step - 1)) != 0)
        {
            return;
        }

        uint head = HeadOf(hash);
        int place = PlaceOf(sum);
        int ofThisSum = 0;
        for (; _entries[place].Number != 0; place = Next(place))
        {
            if (_entries[place].Sum == sum && (_entries[place].Head == head || ++ofThisSum == MostOfOneSum))
            {
                return;
            }
        }

        if (_count == _most)
        {
            Rearrange();
            Add(block, sum, hash);
            return;
        }

        _entries[place] = new Entry(sum, head, (uint)(block >> _stepBits) + 1);
        _count++;
    }

    /// <summary>
    /// Touches the places of some sums, so that <see cref="Has"/> finds them in the processor's cache: memory is waited for once, and not
    /// for each of them. Safe from several threads.
    /// </summary>
    /// <param name="sums">Any.</param>
    /// <param name="selected">Indices of those that will be asked for.</param>
    /// <returns>A number without meaning: a result that is not used would not be computed.</returns>
    public uint Touch(ReadOnlySpan<uint> sums, ReadOnlySpan<int> selected)
    {
        uint touched = 0;
        foreach (int i in selected)
        {
            touched ^= _entries[PlaceOf(sums[i])].Sum;
        }

        return touched;
    }

    /// <summary>True if a block in the table has this sum.</summary>
    public bool Has(uint sum)
    {
        int place = PlaceOf(sum);
        while (_entries[place].Number != 0 && _entries[place].Sum != sum)
        {
            place = Next(place);
        }

        return _entries[place].Number != 0;
    }

    /// <summary>The block in the table that has this sum and, as far as the table knows it, this hash; -1 if there is none.</summary>
    public long Find(uint sum, ReadOnlySpan<byte> hash)
    {
        uint head = HeadOf(hash);
        int place = PlaceOf(sum);
        while (_entries[place].Number != 0 && (_entries[place].Sum != sum || _entries[place].Head != head))
        {
            place = Next(place);
        }

        return _entries[place].Number == 0 ? -1 : (long)(_entries[place].Number - 1) << _stepBits;
    }

    private static uint HeadOf(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadUInt32LittleEndian(hash);

    private static int PlacesFor(int entries) => (int)BitOperations.RoundUpToPowerOf2((((uint)entries * 8) + 6) / 7 + 1);

    // Larger while that is allowed; else every second block goes.
    private void Rearrange()
    {
        Entry[] before = _entries;
        int drop = _most < _mostEntries ? 0 : 1;
        MakeRoom(drop == 1 ? before.Length : Math.Min(before.Length << GrowthBits, PlacesFor(_mostEntries)));
        _stepBits += drop;
        _count = 0;
        foreach (Entry entry in before)
        {
            if (entry.Number != 0 && ((entry.Number - 1) & drop) == 0)
            {
                int place = PlaceOf(entry.Sum);
                while (_entries[place].Number != 0)
                {
                    place = Next(place);
                }

                _entries[place] = entry with { Number = ((entry.Number - 1) >> drop) + 1 };
                _count++;
            }
        }

        if (_count == _most)
        {
            Rearrange();
        }
    }

    private void MakeRoom(int places)
    {
        _entries = new Entry[places];
        _most = Math.Min(places / 8 * 7, _mostEntries);
        _shift = 64 - BitOperations.Log2((uint)places);
    }

    // The high bits: the low ones of a sum depend on the low bits of the content alone.
    private int PlaceOf(uint sum) => (int)((sum * _spread) >> _shift);

    // There always is an empty place.
    private int Next(int place) => (place + 1) & (_entries.Length - 1);

    // Number: that of the block, divided by the step, and 1 more; 0 if the place is empty.
    private readonly record struct Entry(uint Sum, uint Head, uint Number);
}

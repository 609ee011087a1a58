using System.Buffers.Binary;
using System.Numerics;

namespace BinarySync.Sync.Copies;

/// <summary>
/// The needed contents, by their hashes, and where the base has them. It grows with them up to a fixed size: when it is full, later
/// contents are not entered, in the same way each time. It keeps 16 bytes of a hash: a copy is checked by its whole hash, and by its
/// SHA-256, before it is written.
/// </summary>
internal sealed class CopyIndex
{
    /// <summary>Bytes of an entry.</summary>
    public const int EntryLength = 2 * sizeof(ulong) + sizeof(uint);

    /// <summary>Bytes of the largest index.</summary>
    public const long LargestLength = 32L << 20;

    // Few contents are needed as a rule, and each block of the base is looked for: a small table stays in the processor's cache. The step
    // is so large that the last table but one, which is garbage then, is small beside the last.
    private const int SmallestPlaces = 1 << 12;
    private const int GrowthBits = 4;

    private const uint Empty = 0;
    private const uint Wanted = 1;
    private const uint FirstFound = 2;

    // Random, so that nobody can make checksum files whose hashes all fall on the same place. What is found does not depend on the places.
    private readonly ulong _spreadHead = RandomOdd();
    private readonly ulong _spreadTail = RandomOdd();
    private readonly int _mostPlaces;
    private ulong[] _heads = [];
    private ulong[] _tails = [];

    // Of each place: empty, wanted, or where in the list of sources its block of the base is. Most contents are not found.
    private uint[] _states = [];
    private readonly List<long> _sources = [];
    private int _most;
    private int _shift;
    private int _count;

    /// <summary>Makes an empty one.</summary>
    /// <param name="contents">The most contents that there can be: no more room is taken.</param>
    /// <param name="length">The most bytes that it may take; less for tests only.</param>
    public CopyIndex(long contents, long length = LargestLength)
    {
        _mostPlaces = (int)Math.Min(
            (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Clamp(contents, 7, 1L << 40) * 8 / 7),
            1L << BitOperations.Log2((ulong)(length / EntryLength)));
        MakeRoom(Math.Min(SmallestPlaces, _mostPlaces));
    }

    /// <summary>Contents for which there was no place.</summary>
    public long LeftOut { get; private set; }

    /// <summary>True if nothing is needed.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>True once the base was found to have needed content.</summary>
    public bool HasFinds => _sources.Count > 0;

    /// <summary>Enters a content that is needed.</summary>
    public void Want(ReadOnlySpan<byte> hash)
    {
        (ulong head, ulong tail) = Split(hash);
        int place = Find(head, tail);
        if (_states[place] != Empty)
        {
            return;
        }

        if (_count == _most)
        {
            if (_states.Length == _mostPlaces)
            {
                LeftOut++;
                return;
            }

            Grow();
            place = Find(head, tail);
        }

        (_heads[place], _tails[place], _states[place]) = (head, tail, Wanted);
        _count++;
    }

    /// <summary>Says that a block of the base has a content. The first one that is needed is kept.</summary>
    public void Offer(ReadOnlySpan<byte> hash, long block)
    {
        (ulong head, ulong tail) = Split(hash);
        int place = Find(head, tail);
        if (_states[place] == Wanted)
        {
            _states[place] = FirstFound + (uint)_sources.Count;
            _sources.Add(block);
        }
    }

    /// <summary>The block of the base that has a content; null if none is known.</summary>
    public long? SourceOf(ReadOnlySpan<byte> hash)
    {
        (ulong head, ulong tail) = Split(hash);
        int place = Find(head, tail);
        return _states[place] >= FirstFound ? _sources[(int)(_states[place] - FirstFound)] : null;
    }

    private static (ulong Head, ulong Tail) Split(ReadOnlySpan<byte> hash) =>
        (BinaryPrimitives.ReadUInt64LittleEndian(hash), hash.Length < 16 ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]));

    // Before the base is looked at: everything is wanted, and nothing found yet.
    private void Grow()
    {
        (ulong[] heads, ulong[] tails, uint[] states) = (_heads, _tails, _states);
        MakeRoom((int)Math.Min((long)states.Length << GrowthBits, _mostPlaces));
        for (int i = 0; i < states.Length; i++)
        {
            if (states[i] != Empty)
            {
                int place = Find(heads[i], tails[i]);
                (_heads[place], _tails[place], _states[place]) = (heads[i], tails[i], states[i]);
            }
        }
    }

    private void MakeRoom(int places)
    {
        _heads = new ulong[places];
        _tails = new ulong[places];
        _states = new uint[places];
        _most = places / 8 * 7;
        _shift = 64 - BitOperations.Log2((ulong)places);
    }

    // The entry, or the empty place where it would be. There always is one: an eighth of the places stays empty.
    private int Find(ulong head, ulong tail)
    {
        int mask = _states.Length - 1;
        int place = (int)(((head * _spreadHead) + (tail * _spreadTail)) >> _shift);
        while (_states[place] != Empty && (_heads[place] != head || _tails[place] != tail))
        {
            place = (place + 1) & mask;
        }

        return place;
    }

    private static ulong RandomOdd() => (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue) | 1;
}

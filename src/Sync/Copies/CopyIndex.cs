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
    public const int EntryLength = 2 * sizeof(ulong) + sizeof(long);

    /// <summary>Bytes of the largest index.</summary>
    public const long LargestLength = 32L << 20;

    // Few contents are needed as a rule, and each block of the base is looked for: a small table stays in the processor's cache. The step
    // is so large that the last table but one, which is garbage then, is small beside the last.
    private const int SmallestPlaces = 1 << 12;
    private const int GrowthBits = 4;

    private const long Empty = 0;
    private const long Wanted = -1;

    // Random, so that nobody can make checksum files whose hashes all fall on the same place. What is found does not depend on the places.
    private readonly ulong _spreadHead = RandomOdd();
    private readonly ulong _spreadTail = RandomOdd();
    private readonly int _mostPlaces;
    private ulong[] _heads = [];
    private ulong[] _tails = [];

    // 0: empty; -1: wanted; otherwise one more than the block of the base.
    private long[] _blocks = [];
    private int _most;
    private int _shift;
    private int _count;

    /// <summary>Makes an empty one.</summary>
    /// <param name="length">The most bytes that it may take; less for tests only.</param>
    public CopyIndex(long length = LargestLength)
    {
        _mostPlaces = 1 << BitOperations.Log2((ulong)(length / EntryLength));
        MakeRoom(Math.Min(SmallestPlaces, _mostPlaces));
    }

    /// <summary>Contents for which there was no place.</summary>
    public long LeftOut { get; private set; }

    /// <summary>True if nothing is needed.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>True once the base was found to have needed content.</summary>
    public bool HasFinds { get; private set; }

    /// <summary>Enters a content that is needed.</summary>
    public void Want(ReadOnlySpan<byte> hash)
    {
        (ulong head, ulong tail) = Split(hash);
        int place = Find(head, tail);
        if (_blocks[place] != Empty)
        {
            return;
        }

        if (_count == _most)
        {
            if (_blocks.Length == _mostPlaces)
            {
                LeftOut++;
                return;
            }

            Grow();
            place = Find(head, tail);
        }

        (_heads[place], _tails[place], _blocks[place]) = (head, tail, Wanted);
        _count++;
    }

    /// <summary>Says that a block of the base has a content. The first one that is needed is kept.</summary>
    public void Offer(ReadOnlySpan<byte> hash, long block)
    {
        (ulong head, ulong tail) = Split(hash);
        int place = Find(head, tail);
        if (_blocks[place] == Wanted)
        {
            _blocks[place] = block + 1;
            HasFinds = true;
        }
    }

    /// <summary>The block of the base that has a content; null if none is known.</summary>
    public long? SourceOf(ReadOnlySpan<byte> hash)
    {
        (ulong head, ulong tail) = Split(hash);
        int place = Find(head, tail);
        return _blocks[place] > 0 ? _blocks[place] - 1 : null;
    }

    private static (ulong Head, ulong Tail) Split(ReadOnlySpan<byte> hash) =>
        (BinaryPrimitives.ReadUInt64LittleEndian(hash), hash.Length < 16 ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]));

    // Before the base is looked at: everything is wanted, and nothing found yet.
    private void Grow()
    {
        (ulong[] heads, ulong[] tails, long[] blocks) = (_heads, _tails, _blocks);
        MakeRoom((int)Math.Min((long)blocks.Length << GrowthBits, _mostPlaces));
        for (int i = 0; i < blocks.Length; i++)
        {
            if (blocks[i] != Empty)
            {
                int place = Find(heads[i], tails[i]);
                (_heads[place], _tails[place], _blocks[place]) = (heads[i], tails[i], blocks[i]);
            }
        }
    }

    private void MakeRoom(int places)
    {
        _heads = new ulong[places];
        _tails = new ulong[places];
        _blocks = new long[places];
        _most = places / 8 * 7;
        _shift = 64 - BitOperations.Log2((ulong)places);
    }

    // The entry, or the empty place where it would be. There always is one: an eighth of the places stays empty.
    private int Find(ulong head, ulong tail)
    {
        int mask = _blocks.Length - 1;
        int place = (int)(((head * _spreadHead) + (tail * _spreadTail)) >> _shift);
        while (_blocks[place] != Empty && (_heads[place] != head || _tails[place] != tail))
        {
            place = (place + 1) & mask;
        }

        return place;
    }

    private static ulong RandomOdd() => (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue) | 1;
}

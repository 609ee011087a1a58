using System.Numerics;
using BinarySync.Format;

namespace BinarySync.Sync.Collecting;

/// <summary>Where the content of a block was first sent.</summary>
/// <param name="Block">The block of B.</param>
/// <param name="Frame">The number of its frame, of all frames of the data file from 0.</param>
/// <param name="Offset">Where it begins in the frame's content: a multiple of 512.</param>
internal readonly record struct FirstOccurrence(long Block, long Frame, int Offset);

/// <summary>
/// The places where the content of blocks was first sent: a table of limited size. Once it is full, later content is not entered. Its
/// entries depend only on the order of calls.
/// </summary>
internal sealed class RepeatIndex
{
    private const int EntryBytes = 3 * sizeof(long);
    private const int FirstCapacity = 1024;

    // Beyond three quarters of the table, searching for a missing entry takes long.
    private const int FullQuarters = 3;

    private readonly int _mostCapacity;

    // Random, so that nobody can choose hashes that all fall on the same place of the table. It comes from the kernel, as the numbers of
    // RandomNumberGenerator do, but without OpenSSL, which that class would load: loading takes time, and not every system has it.
    private readonly ulong _spread = (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue) | 1;
    private Entry[] _entries = [];
    private int _count;

    /// <summary>An empty table.</summary>
    /// <param name="mostBytes">Bytes that it may take: at least a kilobyte.</param>
    public RepeatIndex(int mostBytes) => _mostCapacity = 1 << BitOperations.Log2((uint)(mostBytes / EntryBytes));

    /// <summary>The place that was entered for a hash; null if none was.</summary>
    /// <param name="hash">8 bytes of it are compared: a caller that uses a place compares the content.</param>
    public FirstOccurrence? Find(ReadOnlySpan<byte> hash)
    {
        ulong key = KeyOf(hash);
        return _entries.Length > 0 && _entries[SlotOf(key)] is { IsTaken: true } entry ? entry.Occurrence : null;
    }

    /// <summary>Enters a place, or replaces the one of the same hash.</summary>
    public void Enter(ReadOnlySpan<byte> hash, in FirstOccurrence place)
    {
        ulong key = KeyOf(hash);
        if (_entries.Length > 0 && _entries[SlotOf(key)].IsTaken)
        {
            _entries[SlotOf(key)] = new Entry(key, place);
            return;
        }

        if (HasRoom())
        {
            _entries[SlotOf(key)] = new Entry(key, place);
            _count++;
        }
    }

    private static ulong KeyOf(ReadOnlySpan<byte> hash) => BitConverter.ToUInt64(hash);

    private bool HasRoom()
    {
        if (_count < _entries.Length / 4 * FullQuarters)
        {
            return true;
        }

        if (_entries.Length >= _mostCapacity)
        {
            return false;
        }

        Entry[] old = _entries;
        _entries = new Entry[Math.Clamp(old.Length * 2, Math.Min(FirstCapacity, _mostCapacity), _mostCapacity)];
        foreach (Entry entry in old)
        {
            if (entry.IsTaken)
            {
                _entries[SlotOf(entry.Key)] = entry;
            }
        }

        return _count < _entries.Length / 4 * FullQuarters;
    }

    // The entry of the key, or the free one where it belongs: there always is one.
    private int SlotOf(ulong key)
    {
        int mask = _entries.Length - 1;
        int slot = (int)((key * _spread) >> (64 - BitOperations.Log2((uint)_entries.Length)));
        while (_entries[slot].IsTaken && _entries[slot].Key != key)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private readonly struct Entry(ulong key, in FirstOccurrence place)
    {
        // A block begins at one of 8,192 places in its frame.
        private const int OffsetBits = 13;

        // One more than the block's number: an entry of zeros is free.
        private readonly long _block = place.Block + 1;
        private readonly long _packed = (place.Frame << OffsetBits) | (uint)(place.Offset / FormatLimits.MinBlockSize);

        public ulong Key { get; } = key;

        public bool IsTaken => _block != 0;

        public FirstOccurrence Occurrence =>
            new(_block - 1, _packed >> OffsetBits, (int)(_packed & ((1 << OffsetBits) - 1)) * FormatLimits.MinBlockSize);
    }
}

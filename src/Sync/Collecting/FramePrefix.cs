using System.Runtime.InteropServices;
using BinarySync.Format;
using BinarySync.Storage;

namespace BinarySync.Sync.Collecting;

/// <summary>The master's own copy of what the remote has. Nothing of it is believed before it has the remote's hash.</summary>
/// <param name="Storage">The copy, as far as it goes.</param>
/// <param name="Geometry">A and B.</param>
/// <param name="Hash">The block hash.</param>
internal sealed record OldCopy(IReadableStorage Storage, SyncGeometry Geometry, BlockHash Hash)
{
    /// <summary>Which frames were compressed over it.</summary>
    public FrameChoices Choices { get; } = new();

    /// <summary>The copy for a data file; null if none was given.</summary>
    public static OldCopy? For(DataFileSpecification specification, SyncGeometry geometry, BlockHash hash) =>
        specification.Base is { } storage ? new OldCopy(storage, geometry, hash) : null;
}

/// <summary>
/// The prefix of one frame on its way into a data file (Format.md 4.8): the old content of its blocks, from the master's own copy. Each
/// slot of a pipeline has one, and uses it for one frame after the other.
/// </summary>
/// <param name="old">The copy.</param>
internal sealed class FramePrefix(OldCopy old)
{
    private readonly List<(BlockRun Blocks, OldKind Old, int HashesAt)> _runs = [];
    private readonly List<byte> _hashes = [];
    private readonly byte[] _hash = new byte[old.Hash.Length];
    private byte[] _bytes = [];

    /// <summary>True if any block of the frame has old content.</summary>
    public bool IsDue => _runs.Exists(run => run.Old != OldKind.Absent);

    /// <summary>Begins with a frame, whose blocks are then added in order.</summary>
    public void Begin()
    {
        _runs.Clear();
        _hashes.Clear();
    }

    /// <summary>Adds blocks of the frame.</summary>
    /// <param name="blocks">Consecutive blocks.</param>
    /// <param name="kind">What they were.</param>
    /// <param name="oldHashes">One a block if the kind is hashed, else empty.</param>
    public void Add(BlockRun blocks, OldKind kind, ReadOnlySpan<byte> oldHashes)
    {
        if (_runs.Count > 0 && _runs[^1] is var last && last.Blocks.End == blocks.First && last.Old == kind)
        {
            _runs[^1] = last with { Blocks = new BlockRun(last.Blocks.First, last.Blocks.Count + blocks.Count) };
        }
        else
        {
            _runs.Add((blocks, kind, _hashes.Count));
        }

        _hashes.AddRange(oldHashes);
    }

    /// <summary>Reads the prefix.</summary>
    /// <param name="prefix">Valid until the next call.</param>
    /// <returns>False if a block of the copy is not what the remote has, or cannot be read.</returns>
    public bool TryRead(out ReadOnlySpan<byte> prefix)
    {
        prefix = default;

        // One block of A may be longer than in B: its hash needs all of it.
        int all = _runs.Sum(run => run.Old == OldKind.Absent ? 0 : LengthOf(run.Blocks));
        _bytes = _bytes.Length < all ? GC.AllocateUninitializedArray<byte>(all) : _bytes;
        int length = 0;
        foreach ((BlockRun blocks, OldKind kind, _) in _runs)
        {
            if (kind == OldKind.Hashed && OffsetOf(blocks) + LengthOf(blocks) is var end && end <= old.Storage.Length)
            {
                old.Storage.Announce(OffsetOf(blocks), LengthOf(blocks));
            }
        }

        foreach ((BlockRun blocks, OldKind kind, int hashesAt) in _runs)
        {
            if (kind == OldKind.Absent)
            {
                continue;
            }

            // The place that these blocks have in B.
            int used = (int)(Math.Min(OffsetOf(blocks) + LengthOf(blocks), old.Geometry.Target.Size) - OffsetOf(blocks));
            if (kind == OldKind.Zero)
            {
                _bytes.AsSpan(length, used).Clear();
            }
            else if (!TryRead(blocks, hashesAt, _bytes.AsSpan(length, LengthOf(blocks))))
            {
                return false;
            }

            length += used;
        }

        prefix = _bytes.AsSpan(0, length);
        return true;
    }

    private bool TryRead(BlockRun blocks, int hashesAt, Span<byte> bytes)
    {
        if (bytes.Length > old.Storage.Length - OffsetOf(blocks))
        {
            return false;
        }

        try
        {
            old.Storage.Read(bytes, OffsetOf(blocks));
        }
        catch (StorageException failure) when (failure.Error is StorageError.ReadFailed or StorageError.EndReached)
        {
            return false;
        }

        for (long block = blocks.First; block < blocks.End; block++)
        {
            int length = old.Geometry.Base.LengthOf(block);
            old.Hash.Hash(bytes[..length], _hash);
            if (!CollectionsMarshal.AsSpan(_hashes).Slice(hashesAt, _hash.Length).SequenceEqual(_hash))
            {
                return false;
            }

            bytes = bytes[length..];
            hashesAt += _hash.Length;
        }

        return true;
    }

    private long OffsetOf(BlockRun blocks) => old.Geometry.Base.OffsetOf(blocks.First);

    // Of A's blocks.
    private int LengthOf(BlockRun blocks) => (int)old.Geometry.Base.LengthOf(blocks);
}
